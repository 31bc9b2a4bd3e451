"""The two files that say what a claim is about: the subject and the protocol. What they leave blank is a gap in it."""

import shutil
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import Record, load

__all__ = ["Claim", "Gap", "Protocol", "SubjectFile", "Words", "gaps_of", "words", "write_templates"]


class SubjectFile(Record):
    """What was tested. The fields' meanings stand in `audits/subject.yaml`."""

    canary: str | None = None
    model: str | None = None
    snapshot: str | date | None = None
    served_id: str | None = None
    weights_digest: str | None = None
    engine: str | None = None
    fine_tuned_from: str | None = None
    system_prompt: str | None = None
    tools: str | tuple[str, ...] | None = None
    monitoring_told: str | None = None
    monitoring_true: str | None = None
    reasoning_visible: str | bool | None = None
    safeguards: str | None = None
    evaluator: str | None = None
    relationship: str | None = None
    access_level: Literal["black_box", "grey_box", "white_box"] | None = None


class Claim(Record):
    """What is claimed of one threat."""

    threat: str | None = None
    type: Literal["presence", "absence", "comparison"] | None = None
    ruled_in_by: str | None = None
    ruled_out_by: str | None = None


class Protocol(Record):
    """What was fixed before the first sample. The fields' meanings stand in `audits/protocol.yaml`."""

    canary: str | None = None
    frozen: AwareDatetime | date | None = None
    claims: tuple[Claim, ...] = ()
    contrasts: str | tuple[str, ...] | None = None
    smallest_effect: float | dict[str, float] | None = None
    alpha: float | None = None
    cap: int | str | None = None
    order_seed: int | str | None = None
    stopping_rule: str | None = None
    exclusions: str | tuple[str, ...] | None = None
    multiplicity: str | None = None
    grader: str | tuple[str, ...] | None = None

    def fixed_at(self) -> datetime | None:
        """When it was fixed; for a date without an hour the end of that day, UTC."""
        if self.frozen is None or isinstance(self.frozen, datetime):
            return self.frozen
        return datetime.combine(self.frozen, time.max, UTC)

    def smallest(self, threat: str) -> float | None:
        """The smallest effect of interest for a threat.

        Args:
            threat: The threat's name.
        """
        found = self.smallest_effect
        return found.get(threat) if isinstance(found, dict) else found


class Gap(Record):
    """Something that a claim leaves open."""

    file: str
    field: str
    gap: str
    """What is therefore not known."""


class Words(Record):
    """Sentences of a bundle, for its readers."""

    canary: str
    gaps: dict[str, str]
    checks: dict[str, str]
    notes: dict[str, str]
    readme: str


@cache
def words() -> Words:
    """Read the sentences.

    Raises:
        ConfigurationError: On a fault in the file.
    """
    return load(Path(__file__).parent / "bundle_words.yaml", Words)


def gaps_of(file: str, given: SubjectFile | Protocol) -> list[Gap]:
    """The fields that were left blank, a claim's as well.

    Args:
        file: The file's name.
        given: What it holds.
    """
    parts: dict[str, Record] = {"": given}
    parts |= {f"claims[{at}].": one for at, one in enumerate(getattr(given, "claims", ()))}
    return [
        Gap(file=file, field=f"{place}{name}", gap=words().gaps[name])
        for place, part in parts.items()
        for name in type(part).model_fields
        if name != "canary" and getattr(part, name) in (None, "", (), {})
    ]


def write_templates(folder: Path) -> list[Path]:
    """Write blank files for the subject and the protocol.

    Args:
        folder: Where to; it is made if it is not there.

    Returns:
        The files.

    Raises:
        ConfigurationError: If one is there already, or cannot be written.
    """
    source = Path(__file__).parents[1]
    files = [folder / name for name in ("subject.yaml", "protocol.yaml")]
    if there := [str(path) for path in files if path.exists()]:
        raise ConfigurationError(f"{', '.join(there)}: there already")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [Path(shutil.copyfile(source / path.name, path)) for path in files]
    except OSError as error:
        raise ConfigurationError(f"{folder}: {error.strerror}") from error
