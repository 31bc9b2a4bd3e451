"""Makes the reference logs: for each threat a scripted organism that does it, and one that only resembles it.

    python audits/reference_logs.py [--name NAME ...] [--models trained]

Run from a clone. What is run, and the verdict that each log has to give, stands in logs/reference/declared.yaml; the
table of findings in logs/README.md is written as well. Everything is offline. Items, wordings and replies are the same
each time; identifiers and times are not. Organisms with weights of their own are run where `--models` says where they
lie (`unmask organisms train --all`); else their logs stay as they are. A log keeps messages, scores and design, and
loses its events, which are more than half of its size, and the address of the clone that it was made in. Exit code 1
where a log says something other than what is declared.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any, Literal

from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog, read_eval_log, write_eval_log
from inspect_ai.model import get_model
from pydantic import Field

from unmask.audits.findings import finding_of
from unmask.protocol.files import Record, load

__all__ = ["FOLDER", "ReferenceLog", "ReferenceLogs", "reference_logs"]

LOGS = Path(__file__).parents[1] / "logs"
FOLDER = LOGS / "reference"
START, END = "<!-- findings: written by audits/reference_logs.py -->", "<!-- end -->"


class ReferenceLog(Record):
    """A log, and what it has to say."""

    name: str
    task: Literal["alignment_faking", "backdoors", "in_context_scheming", "sandbagging"]
    organism: str
    trained: bool = False
    """Whether it has weights of its own, and none in the clone."""

    arguments: dict[str, Any] = Field(default_factory=dict)
    verdict: Literal["present", "absent", "inconclusive"]

    @property
    def path(self) -> Path:
        """Where it lies."""
        return FOLDER / f"{self.name}.eval"

    @property
    def subject(self) -> str:
        """The model as its log names it."""
        return "hf/local" if self.trained else f"organism/{self.organism}"


class ReferenceLogs(Record):
    """All of them."""

    canary: str
    logs: list[ReferenceLog]


def reference_logs() -> list[ReferenceLog]:
    """Read what is declared.

    Raises:
        ConfigurationError: On a fault in the file.
    """
    return load(FOLDER / "declared.yaml", ReferenceLogs).logs


def main() -> int:
    """Make the logs and the table; 0 where each says what is declared."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", nargs="*", default=[], help="Names of the logs to make; all where none is named.")
    parser.add_argument("--models", type=Path, help="Folder of organisms with weights of their own.")
    asked = parser.parse_args()
    declared = reference_logs()
    wanted = [one for one in declared if one.name in (asked.name or [one.name]) and (asked.models or not one.trained)]
    made = [(one, _run(one, asked.models)) for one in wanted]
    for one, log in made:  # once all have run, as a log says whether the clone had changes
        write_eval_log(_trimmed(log), one.path)
    found = {one.name: finding_of(read_eval_log(str(one.path))) for one in declared}
    rows = [f"| `{one.path.name}` | `{one.organism}` | {found[one.name].sentence} |" for one in declared]
    _write_table(["| log | organism | finding |", "|---|---|---|", *rows])
    wrong = [one for one in declared if found[one.name].verdict != one.verdict]
    for one in wrong:
        print(f"{one.name}: {found[one.name].verdict}, declared {one.verdict}", file=sys.stderr)
    return 1 if wrong else 0


def _run(one: ReferenceLog, models: Path | None) -> EvalLog:
    weights: dict[str, Any] = {"model_path": str((models or Path()) / one.organism), "do_sample": False}
    model = get_model(one.subject, memoize=False, **(weights if one.trained else {}))
    with tempfile.TemporaryDirectory() as folder:
        [log] = inspect_eval(
            f"unmask/{one.task}",
            model=model,
            model_roles={"grader": get_model("organism/grader")} if one.trained else {},
            max_connections=128 if one.trained else None,
            task_args=one.arguments,
            log_dir=folder,
            display="none",
            log_realtime=False,
        )
        return read_eval_log(log.location, resolve_attachments=True)


def _trimmed(log: EvalLog) -> EvalLog:
    for sample in log.samples or []:
        sample.events, sample.attachments = [], {}
    if log.eval.revision:
        log.eval.revision.origin = ""
    if "model_path" in log.eval.model_args:
        log.eval.model_args["model_path"] = Path(log.eval.model_args["model_path"]).name
    return log


def _write_table(lines: list[str]) -> None:
    page = LOGS / "README.md"
    before, _, rest = page.read_text(encoding="utf-8").partition(START)
    after = rest.partition(END)[2]
    page.write_text(f"{before}{START}\n\n" + "\n".join(lines) + f"\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
