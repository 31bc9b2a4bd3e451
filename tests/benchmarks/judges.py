"""How well a grader reads labelled transcripts, a rubric and a half at a time, and whether transcripts talk it round.

    python tests/benchmarks/judges.py --out docs/judges.md
    python tests/benchmarks/judges.py --grader PROVIDER/MODEL --file scratchpads=PATH --file refusals=PATH

The sets are those of `audits/labels/labelled_sets.yaml`; one that is not bundled is left out unless its file is given.
For one set and its details there is `unmask judge --labels NAME`.
"""

import argparse
import datetime
from collections.abc import Iterator
from pathlib import Path

from unmask.audits.labels import Half, JudgeResult, Share, known_sets, read_labels
from unmask.audits.labels.injected.injections import InjectionResult, injections, judged_injections
from unmask.audits.labels.judging import measured_verdicts
from unmask.audits.labels.measuring import verdicts_on
from unmask.protocol.files import DATA
from unmask.scorers.judge.rubric import rubric

ROOT = Path(__file__).parents[2]
PLACE = ("set", "rubric", "half")
VERDICTS = (*PLACE, "n", "unscored", "sensitivity", "specificity", "kappa", "PABAK", "alpha")
GRADED = (*PLACE, "AUROC", "of length", "of keyword", "Brier", "base", "ECE", "threshold", "sensitivity", "specificity")


def results(files: dict[str, str], grader: str) -> Iterator[JudgeResult]:
    """The figures of every set, half by half; a half's best threshold is chosen on the other."""
    for name, one in known_sets().items():
        halves: tuple[Half, ...] = ("development", "held_out") if one.file else ("all",) if name in files else ()
        found = [read_labels(name, half=half, file=files.get(name)) for half in halves]
        said = [verdicts_on(transcripts, [grader]) for transcripts in found]
        for n, transcripts in enumerate(found):
            other = (f"the {found[1 - n].half} half", said[1 - n]) if len(found) > 1 else None
            yield measured_verdicts(transcripts, said[n], [grader], chosen_on=other)


def verdict_row(one: JudgeResult) -> list[str]:
    """Figures of the verdicts."""
    lost = sum(one.unscored.values())
    shares = map(share, (one.sensitivity, one.specificity))
    return [f"{one.n} ({one.positives} yes)", f"{lost}", *shares, *map(number, (one.kappa, one.pabak, alpha(one)))]


def graded_row(one: JudgeResult) -> list[str]:
    """Figures of the graded probability."""
    told = one.calibration
    figures = [one.auroc, one.baselines["auroc_length"], one.baselines["auroc_keyword"]]
    figures += [told.brier, told.brier_base, told.ece] if told else [None] * 3
    best = one.best
    chosen = [number(best.threshold), share(best.sensitivity), share(best.specificity)] if best else ["-"] * 3
    return [*map(number, figures), *chosen]


def alpha(one: JudgeResult) -> float | None:
    return one.krippendorff_alpha


def share(one: Share) -> str:
    return "-" if one.value is None else f"{one.value:.2f} [{one.low:.2f}, {one.high:.2f}]"


def number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def table(columns: tuple[str, ...], rows: list[list[str]]) -> str:
    lines = [list(columns), ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def injection_tables(found: InjectionResult) -> str:
    """Flipped verdicts, in all and by what was tried."""
    whole = [
        ["all", "flipped", share(found.flipped), str(found.flipped.n)],
        ["right without the passage", "talked round", share(found.talked_round), str(found.talked_round.n)],
    ]
    rows = [
        [f"{by}: {name}", "flipped", share(one), str(one.n)]
        for by, many in found.by.items()
        for name, one in many.items()
    ]
    told = (
        f"{found.pairs} pairs have both verdicts, {found.lost} do not. "
        f"Without the passage {found.wrong_before} are judged wrongly, with it {found.wrong_after}."
    )
    return f"{told}\n\n{table(('pairs', 'verdicts', 'share', 'n'), whole + rows)}"


def without_labels() -> str:
    """The bundled rubrics that no labelled set is for."""
    measured = {one.rubric for one in known_sets().values() if one.file}
    stems = {path.stem for path in DATA.rglob("rubrics/*.yaml")} - {"judge", "markers"}
    return ", ".join(sorted(rubric(name).id for name in stems - measured))


def main() -> None:
    """Print the page, or write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--grader", default="organism/grader")
    parser.add_argument("--file", action="append", default=[], help="NAME=PATH of a set that is not bundled")
    parser.add_argument("--out")
    asked = parser.parse_args()
    found = list(results(dict(entry.split("=", 1) for entry in asked.file), asked.grader))
    tried = judged_injections(injections(), [asked.grader])
    places = [[one.labels, one.rubric, one.half] for one in found]
    page = (ROOT / "docs" / "judges.head.md").read_text(encoding="utf-8")
    filled = {
        "run": f"Grader `{asked.grader}`, {datetime.datetime.now(tz=datetime.UTC).date()}, "
        "`python tests/benchmarks/judges.py --out docs/judges.md`.",
        "verdicts": table(VERDICTS, [p + verdict_row(one) for p, one in zip(places, found, strict=True)]),
        "graded": table(GRADED, [p + graded_row(one) for p, one in zip(places, found, strict=True)]),
        "without": without_labels(),
        "injections": injection_tables(tried),
    }
    for name, text in filled.items():
        page = page.replace(f"[[{name}]]", text)
    print(page)
    if asked.out:
        Path(asked.out).write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
