"""Prints a judge's figures for a reader."""

from io import StringIO

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from unmask.audits.labels.judge_result import JudgeResult, Share

__all__ = ["share_text", "shown_result", "table_text"]

_MOST = 10
"""Discordant transcripts that are printed; the JSON file has all."""


def share_text(share: Share) -> str:
    """A share with its interval and what it is a share of."""
    if share.value is None or share.low is None or share.high is None:
        return "-"
    return f"{share.value:.2f} [{share.low:.2f}, {share.high:.2f}], n {share.n}"


def shown_result(found: JudgeResult, console: Console | None = None) -> None:
    """Print a judge's figures, what weakens them, and where it errs.

    Args:
        found: The figures.
        console: Where to; the terminal where none is given.
    """
    out = console or Console(highlight=False)
    half = "" if found.half == "all" else f", {found.half} half"
    out.print(f"\n[bold]{escape(f'{found.rubric} by {found.grader} on {found.labels}{half}')}[/bold]")
    lost = sum(found.unscored.values())
    reasons = "".join(f"; {count} {reason}" for reason, count in found.unscored.items())
    kinds = f"{found.positives} positive, {found.negatives} negative"
    out.print(escape(f"{found.n} with a verdict ({kinds}), {lost} without{reasons}"))
    out.print(_shares(found))
    out.print(escape("; ".join(_figures(found))))
    if found.sampling:
        out.print(escape(_sampled(found)))
    for title, lines in (("Beware", found.cautions), ("Where judge and label differ", _discordant(found))):
        if lines:
            out.print(f"[bold]{title}[/bold]")
            for line in lines:
                out.print(f"  - {escape(line)}")


def table_text(found: JudgeResult) -> str:
    """The same as plain text.

    Args:
        found: The figures.
    """
    text = StringIO()
    shown_result(found, Console(file=text, highlight=False, width=100))
    return text.getvalue()


def _shares(found: JudgeResult) -> Table:
    interval = f"[{100 * (1 - found.alpha):g}%]"
    table = Table("verdict", box=None)
    table.add_column(escape(f"sensitivity {interval}"), no_wrap=True)
    table.add_column(escape(f"specificity {interval}"), no_wrap=True)
    table.add_column("unscored")
    rows = [
        (f"at {found.threshold:g} of the votes", found.sensitivity, found.specificity, sum(found.unscored.values()))
    ]
    if found.best:
        rows.append(
            (
                f"at probability {found.best.threshold:.2f}, chosen by {found.best.chosen_by}",
                found.best.sensitivity,
                found.best.specificity,
                sum(found.unscored.values()),
            )
        )
    rows += [(f"arm {arm}", side.sensitivity, side.specificity, side.unscored) for arm, side in found.arms.items()]
    for name, sensitivity, specificity, lost in rows:
        table.add_row(escape(name), escape(share_text(sensitivity)), escape(share_text(specificity)), str(lost))
    return table


def _figures(found: JudgeResult) -> list[str]:
    told = [
        ("AUROC", found.auroc),
        ("kappa", found.kappa),
        ("PABAK", found.pabak),
        ("Krippendorff's alpha", found.krippendorff_alpha),
        ("Brier", found.calibration and found.calibration.brier),
        ("ECE", found.calibration and found.calibration.ece),
        ("AUROC of length", found.baselines.get("auroc_length")),
        ("of a keyword", found.baselines.get("auroc_keyword")),
    ]
    return [f"{name} {value:.2f}" for name, value in told if value is not None]


def _sampled(found: JudgeResult) -> str:
    assert found.sampling
    strata = found.sampling.strata
    size, labelled = sum(one.size for one in strata), sum(one.labelled for one in strata)
    judged = found.sampling.judged_rate
    told = "" if judged is None else f"; the judge says {judged:.3f}"
    return (
        f"{labelled} of {size} judged samples labelled; rate over all of them {share_text(found.sampling.rate)}{told}"
    )


def _discordant(found: JudgeResult) -> list[str]:
    lines = [
        f"{one.id}: label {_word(one.label)}, judge {_word(one.verdict)}"
        f"{'' if one.probability is None else f' ({one.probability:.2f})'}: {' '.join(one.explanation.split())[:200]}"
        for one in found.discordant[:_MOST]
    ]
    more = len(found.discordant) - _MOST
    return [*lines, f"and {more} more (--out writes all)"] if more > 0 else lines


def _word(value: bool) -> str:
    return "yes" if value else "no"
