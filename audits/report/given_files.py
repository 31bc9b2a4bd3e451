"""Files that other parts write and the report takes up: a judge's measured errors, and runs of organisms."""

import json
from typing import Any, TypeVar

import fsspec  # type: ignore[import-untyped]
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from unmask.analysis.judge.corrected_rate import Measured, corrected_rate
from unmask.audits.findings import Arm, Finding
from unmask.audits.report.report_words import report_words
from unmask.audits.report.results import ControlRun, CorrectedArm
from unmask.protocol.errors import ConfigurationError

__all__ = ["JudgeErrors", "corrected_arms", "read_controls", "read_judges"]

T = TypeVar("T")
_ARMS = {"treatment": "treated", "control": "control", "treated": "treated"}


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Share(_Read):
    """A share measured on labels."""

    value: float = Field(ge=0, le=1)
    low: float | None = None
    high: float | None = None
    n: int = Field(ge=0)

    @property
    def measured(self) -> Measured:
        """As the estimator takes it."""
        return Measured(self.value, self.n)


class Errors(_Read):
    """How often a judge is right, of positives and of negatives."""

    sensitivity: Share
    specificity: Share


class JudgeErrors(Errors):
    """What `unmask judge` measured of a rubric."""

    rubric: str
    grader: str | list[str] | None = None
    arms: dict[str, Errors] = Field(default_factory=dict)
    """By arm, where the labels tell it."""

    def for_arm(self, arm: str) -> Errors:
        """What holds for an arm: its own where there is any.

        Args:
            arm: As in `Arm.name`.
        """
        own = {_ARMS.get(name, name): errors for name, errors in self.arms.items()}
        return own.get(arm, self)


def read_judges(path: str) -> list[JudgeErrors]:
    """Read what `unmask judge` measured, of one rubric or of a list of them.

    Args:
        path: A JSON file, local or remote.

    Raises:
        ConfigurationError: If it cannot be read or has a fault, naming the key.
    """
    raw = _json(path)
    return _checked(path, raw if isinstance(raw, list) else [raw], TypeAdapter(list[JudgeErrors]))


def read_controls(path: str) -> list[ControlRun]:
    """Read the runs of organisms that `unmask controls` wrote.

    Args:
        path: A JSON file with a list, local or remote.

    Raises:
        ConfigurationError: If it cannot be read or has a fault, naming the entry and the key.
    """
    raw = _json(path)
    rows = [_counted(row) for row in raw] if isinstance(raw, list) else raw
    found = _checked(path, rows, TypeAdapter(list[ControlRun]))
    return sorted(found, key=lambda run: (run.task, run.organism))


def corrected_arms(finding: Finding, judges: list[JudgeErrors]) -> tuple[list[CorrectedArm], list[str]]:
    """The arms' rates corrected for the errors of the judge that read them, and why they could not be.

    Args:
        finding: Whose arms; the awareness of the treatment arm is one more.
        judges: What was measured.
    """
    words = report_words()
    own = words.facts(finding.scorer).rubric
    aware = [finding.awareness] if finding.awareness else []
    found: list[CorrectedArm] = []
    whys: list[str] = []
    for judge in judges:
        arms = finding.arms if judge.rubric == own else aware if judge.rubric == "eval_awareness" else []
        if not arms:
            continue
        if why := "stopped" if finding.looks else _unfit(judge, finding.graders):
            whys.append(words.uncorrected[why].format(**_who(judge, finding.graders)))
        else:
            label = "aware" if arms is aware else None
            found += [_corrected(arm, judge, finding.alpha, label) for arm in arms]
    return found, whys


def _unfit(judge: JudgeErrors, graders: list[str]) -> str | None:
    measured = [judge.grader] if isinstance(judge.grader, str) else judge.grader
    if measured and sorted(measured) != sorted(graders):
        return "grader"
    return "useless" if judge.sensitivity.value + judge.specificity.value <= 1 else None


def _who(judge: JudgeErrors, graders: list[str]) -> dict[str, str]:
    measured = [judge.grader] if isinstance(judge.grader, str) else judge.grader or []
    return {"rubric": judge.rubric, "measured": ", ".join(measured), "graders": ", ".join(graders) or "nobody"}


def _corrected(arm: Arm, judge: JudgeErrors, alpha: float, label: str | None) -> CorrectedArm:
    errors = judge.for_arm(arm.name)
    found = corrected_rate(arm.rate, arm.items, errors.sensitivity.measured, errors.specificity.measured, alpha)
    name = f"{arm.name}, {label}" if label else arm.name
    told = {"rate": arm.rate, "items": arm.items, "rubric": judge.rubric}
    return CorrectedArm(arm=name, value=found.value, low=found.low, high=found.high, **told)


def _counted(row: Any) -> Any:
    """A row with `k`, where it has the count as `found`."""
    if isinstance(row, dict) and "k" not in row and type(row.get("found")) is int:
        return {**row, "k": row["found"]}
    return row


def _json(path: str) -> Any:
    try:
        with fsspec.open(path, "rt", encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path}: {str(error).splitlines()[0]}") from error


def _checked(path: str, raw: Any, kind: TypeAdapter[T]) -> T:
    try:
        return kind.validate_python(raw)
    except ValidationError as error:
        first = error.errors()[0]
        place = ", ".join(f"entry {step}" if isinstance(step, int) else f"key {step!r}" for step in first["loc"])
        raise ConfigurationError(f"{path}: {place or 'file'}: {first['msg']}") from error
