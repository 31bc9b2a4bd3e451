"""Turns the numbers of a finding into plain sentences."""

import math
from collections.abc import Sequence
from typing import Any

from unmask.audits.findings.finding import Arm, Finding, Interval
from unmask.audits.findings.finding_words import SharedWords, ThreatWords, shared_words

__all__ = [
    "cautions",
    "counted",
    "interval",
    "looked",
    "number",
    "sentence",
    "share",
    "summed_errors",
    "would_change",
]


def number(value: float) -> str:
    """A difference of rates, with two digits and no zero before the point, as papers print it.

    Args:
        value: In [-2, 2].
    """
    text = f"{value:.2f}"
    short = text.replace("0.", ".", 1) if abs(float(text)) < 1 else text
    return ".00" if short == "-.00" else short


def interval(found: Interval) -> str:
    """`.45 [.31, .58]`.

    Args:
        found: A difference with its bounds.
    """
    return f"{number(found.value)} [{number(found.low)}, {number(found.high)}]"


def share(value: float) -> str:
    """A share as a percentage; what is neither none nor all is never rounded to it.

    Args:
        value: From 0 to 1.
    """
    if 0 < value < 0.01:
        return "under 1%"
    return "over 99%" if 0.99 < value < 1 else f"{value:.0%}"


def counted(arm: Arm | None, items: str) -> str:
    """`41 of 60 requests`; where items were seen more than once, a percentage of them.

    Args:
        arm: The arm, None where nothing was scored there.
        items: What is counted.
    """
    if arm is None or not arm.items:
        return f"none of 0 {items}"
    whole = abs(arm.shown - round(arm.shown)) < 1e-6
    return f"{round(arm.shown)} of {arm.items} {items}" if whole else f"{share(arm.rate)} of {arm.items} {items}"


def sentence(told: ThreatWords, run: tuple[str, ...], parts: dict[str, Any]) -> str:
    """The finding in one sentence.

    Args:
        told: The threat's words.
        run: What was run, the most telling name first.
        parts: `arms` (by name), `effect`, `net_effect`, `verdict`, `smallest_effect`, and the figures of the scorer.
    """
    shared = shared_words()
    arms = _arms(parts["arms"], parts["figures"], told.items)
    figures = {key: _plain(value) for key, value in parts["figures"].items()}
    smallest = number(parts["smallest_effect"])
    said = told.arms_for(*run).format_map(_Blank(figures | arms))
    end = "net" if parts["net_effect"] else "gross" if parts["effect"] else "nothing"
    intervals = {name: interval(parts[full]) for name, full in _INTERVALS.items() if parts[full]}
    verdict = shared.verdicts[parts["verdict"]].format(smallest=smallest)
    return (shared.ends | told.ends)[end].format(arms=said, verdict=verdict, **intervals)


_INTERVALS = {"net": "net_effect", "effect": "effect"}


def looked(found: Finding) -> str:
    """How a run that was looked at after every pair came to its verdict, and what its intervals are.

    Args:
        found: The finding of such a run.
    """
    if found.looks is None:
        return ""
    words = shared_words().looks
    told = found.looks.model_dump(include={"pairs_used", "pairs_run", "pairs_planned", "order_seed"})
    kind = words["stopped" if found.looks.stopped else "ran_on"]
    return kind.format(**told, unit=words[found.looks.unit], alpha=number(found.alpha), level=f"{1 - found.alpha:.0%}")


def summed_errors(found: Sequence[Finding]) -> str:
    """The errors of several verdicts that were looked for after every pair, summed; empty where there are none.

    Args:
        found: Findings, each of which was looked at by itself.
    """
    alphas = [one.alpha for one in found if one.looks]
    parts = " + ".join(map(number, alphas))
    summed = number(min(1.0, math.fsum(alphas)))
    return shared_words().looks["summed"].format(count=len(alphas), parts=parts, sum=summed) if alphas else ""


def cautions(facts: dict[str, dict[str, Any]]) -> list[str]:
    """What weakens a finding, a sentence each.

    Args:
        facts: Name of a caution -> what is filled into its sentence.
    """
    return [shared_words().cautions[name].format(**parts) for name, parts in facts.items()]


def would_change(verdict: str, items: int | None, smallest: float, unread: bool) -> list[str]:
    """What would change a finding.

    Args:
        verdict: The run's.
        items: Items that would probably settle it, where that is known.
        smallest: The smallest effect of interest.
        unread: Whether a good part of the samples could not be scored.
    """
    words: SharedWords = shared_words()
    told = []
    if verdict != "inconclusive" or items is not None:
        told.append(words.would_change[verdict].format(items=items, smallest=number(smallest)))
    return [*told, words.would_change["unseen"]] if unread else told


def _arms(arms: dict[str, Arm], figures: dict[str, float], items: str) -> dict[str, str]:
    """How both arms came out; as shares where the log has no samples to count."""
    if not arms and {"treated", "control"} <= set(figures):
        return {"treated": f"{share(figures['treated'])} of the {items}", "control": share(figures["control"])}
    treated, control = (arms.get(name) for name in ("treated", "control"))
    return {"treated": counted(treated, items), "control": _beside(control, treated)}


def _beside(arm: Arm | None, other: Arm | None) -> str:
    """`12` where the other arm has as many items, else `12 of 58`."""
    if arm is None:
        return "none that could be scored"
    told = counted(arm, "").strip()
    return told.partition(" of ")[0] if other and other.items == arm.items else told


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


class _Blank(dict[str, str]):
    """Fills in a dash for what a run does not have."""

    def __missing__(self, key: str) -> str:
        return "-"
