"""How well a grader reads labelled transcripts, a rubric and a half at a time, beside trivial baselines.

    python tests/benchmarks/judges.py --out docs/judges.md
    python tests/benchmarks/judges.py --grader PROVIDER/MODEL --file scratchpads=PATH --file refusals=PATH

The sets are those of `audits/labelled_sets.yaml`; one that is not bundled is left out unless its file is given.
"""

import argparse
import datetime
import importlib.util
import math
import tempfile
from pathlib import Path
from types import ModuleType

from inspect_ai import eval

ROOT = Path(__file__).parents[2]
COLUMNS = ("n", "unscored", "sensitivity", "specificity", "AUROC", "kappa", "PABAK", "AUROC of length", "of keyword")


def audit() -> ModuleType:
    """The task file, loaded from its path as Inspect does."""
    spec = importlib.util.spec_from_file_location("rubric_on_labels", ROOT / "audits" / "rubric_on_labels.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def row(labels: str, file: str | None, half: str, grader: str) -> list[str]:
    """The figures of one set and half."""
    with tempfile.TemporaryDirectory() as folder:
        [log] = eval(
            audit().rubric_on_labels(labels=labels, file=file, half=half),
            model="organism/aligned",
            model_roles={"grader": grader},
            display="none",
            log_dir=folder,
        )
    if log.status != "success" or not log.results:
        raise SystemExit(f"{labels}: {log.error}")
    [found] = log.results.scores
    got = {name: metric.value for name, metric in found.metrics.items()}

    def share(name: str) -> str:
        return f"{got[name]:.2f} [{got[f'{name}_lo']:.2f}, {got[f'{name}_hi']:.2f}]"

    def plain(name: str) -> str:
        return "-" if math.isnan(got[name]) else f"{got[name]:.2f}"

    return [
        f"{found.scored_samples} ({got['positives']:.0f} yes)",
        str(found.unscored_samples),
        share("sensitivity"),
        share("specificity"),
        *map(plain, ("auroc", "kappa", "pabak", "auroc_length", "auroc_keyword")),
    ]


def main() -> None:
    """Print the table, or write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--grader", default="organism/grader")
    parser.add_argument("--file", action="append", default=[], help="NAME=PATH of a set that is not bundled")
    parser.add_argument("--out")
    asked = parser.parse_args()
    files = dict(entry.split("=", 1) for entry in asked.file)
    known = audit().load(ROOT / "audits" / "labelled_sets.yaml", audit().LabelledSets).sets
    lines = [f"| set | rubric | half | {' | '.join(COLUMNS)} |", "|" + "---|" * (3 + len(COLUMNS))]
    for name, one in known.items():
        if one.file or name in files:
            for half in ("development", "held_out") if one.file else ("all",):
                figures = row(name, files.get(name), half, asked.grader)
                lines.append(f"| {name} | {one.rubric} | {half} | {' | '.join(figures)} |")
                print(lines[-1], flush=True)
    head = (ROOT / "docs" / "judges.head.md").read_text(encoding="utf-8")
    today = datetime.datetime.now(tz=datetime.UTC).date()
    text = (
        f"{head}\nGrader `{asked.grader}`, {today}, `python tests/benchmarks/judges.py`:\n\n" + "\n".join(lines) + "\n"
    )
    if asked.out:
        Path(asked.out).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
