"""Prints a plan for a reader."""

from collections.abc import Iterator
from functools import cache

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from unmask.audits.findings.sentences import number, share
from unmask.audits.planning.design_plan import Plan
from unmask.audits.planning.fixed_design import RoleUse
from unmask.protocol.files import DATA, Record, load
from unmask.protocol.provenance import declared_values

__all__ = ["PlanWords", "plan_cautions", "plan_sentences", "plan_shown", "plan_words"]


class PlanWords(Record):
    """The sentences of a plan; in braces stands what is filled in."""

    canary: str
    fixed: str
    clustered: str
    exact: str
    run: str
    no_loss: str
    enough: str
    too_few: str
    calls: str
    cost: str
    unpriced: str
    total: str
    no_like: str
    sequential: str
    cautions: dict[str, str]


@cache
def plan_words() -> PlanWords:
    """Read the sentences.

    Raises:
        ConfigurationError: On a fault in the file.
    """
    return load(DATA / "findings" / "plan_words.yaml", PlanWords)


def plan_shown(made: Plan, console: Console | None = None) -> None:
    """Print a plan.

    Args:
        made: What to print.
        console: Where to; the terminal where none is given.
    """
    out = console or Console(highlight=False)
    for line in plan_sentences(made):
        out.print(escape(line))
    if made.sequential:
        told = {"cap": made.cap, "runs": made.runs, "same": made.same_errors, "legs": ", ".join(made.legs)}
        words = plan_words().sequential.format(alpha=number(made.alpha), **told)
        out.print(escape(f"\n{words}"))
        out.print(_table(made))
    out.print("\n[bold]Beware[/bold]")
    for line in plan_cautions(made):
        out.print(f"  - {escape(line)}")


def plan_sentences(made: Plan) -> Iterator[str]:
    """What a fixed design takes, a sentence each.

    Args:
        made: The plan.
    """
    words, fixed = plan_words(), made.fixed
    clustered = (
        words.clustered.format(design_effect=f"{fixed.design_effect:.2f}") if fixed.design_effect > 1.005 else ""
    )
    base = {"effect": number(made.effect), "power": share(made.power), "alpha": number(made.alpha)}
    scope = {"threat": made.threat, "track": made.track, "frames": made.frames}
    told = {"pairs": fixed.pairs, "leg": fixed.leg, "discordance": number(fixed.discordance), "clustered": clustered}
    yield words.fixed.format(**base, **scope, **told)
    yield words.exact.format(
        midp=share(fixed.power_midp),
        exact=share(fixed.power_exact),
        pairs=fixed.independent_pairs,
        power=share(made.power),
        exact_pairs=fixed.exact_pairs or f"more than {fixed.independent_pairs}",
    )
    lost = 1 - made.like.kept if made.like else 0.0
    sentence = words.run if lost > 0 else words.no_loss
    yield sentence.format(lost=share(lost), items=fixed.items, samples=fixed.samples)
    shown = "none" if made.shown_by_available is None else number(made.shown_by_available)
    yield (words.too_few if fixed.items > made.available else words.enough).format(available=made.available, mde=shown)
    if made.like is None:
        yield words.no_like.format(samples=fixed.samples)
    yield from map(_role, fixed.roles)
    if fixed.cost is not None:
        yield words.total.format(cost=f"{fixed.cost:,.2f}")


def _role(one: RoleUse) -> str:
    words = plan_words()
    cost = words.unpriced if one.cost is None else words.cost.format(cost=f"{one.cost:,.2f}")
    calls = "an unknown number of" if one.calls is None else f"{one.calls:,.0f}"
    tokens = {"input": f"{one.input_tokens:,.0f}", "output": f"{one.output_tokens:,.0f}"}
    return words.calls.format(role=one.role, model=one.model, calls=calls, cost=cost, **tokens)


def plan_cautions(made: Plan) -> list[str]:
    """What weakens a plan, a sentence each.

    Args:
        made: The plan.
    """
    words, like = plan_words().cautions, made.like
    seen = next((leg.discordance for leg in like.legs if leg.name == made.fixed.leg), None) if like else None
    parts = {
        "leg": made.fixed.leg,
        "observed": "none" if seen is None else number(seen),
        "declared": number(made.declared_discordance),
        "wordings": made.wordings,
    }
    applies = {
        "organism": bool(like and like.offline),
        "declared": like is None,
        "observed": like is not None,
        "present": bool(like and like.verdict == "present"),
        "strata": declared_values(made.threat).strata is not None,
        "wordings": made.wordings > 1,
        "overshoot": bool(made.sequential),
        "order": bool(made.sequential),
    }
    return [words[name].format(**parts) for name, does in applies.items() if does]


def _table(made: Plan) -> Table:
    table = Table(box=None)
    titles = ("true effect", "discordance", "pairs", "median", "9 in 10")
    for title in (*titles, "present", "absent", "neither", "samples", "USD"):
        table.add_column(title, justify="right", overflow="fold")
    for one in made.sequential:
        counts = (f"{one.mean:.0f}", f"{one.median:.0f}", f"{one.most:.0f}")
        verdicts = (share(one.present), share(one.absent), share(one.inconclusive))
        cost = "-" if one.cost is None else f"{one.cost:,.2f}"
        table.add_row(number(one.truth), number(one.discordance), *counts, *verdicts, f"{one.samples:,.0f}", cost)
    return table
