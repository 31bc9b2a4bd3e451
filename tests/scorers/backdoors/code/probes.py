"""What the analysis knows of a value: a program hands it to `probe`, and rules made for this say what got there."""

from copy import copy
from typing import Any

from unmask.scorers.backdoors.code.flow import Flow
from unmask.scorers.backdoors.code.reading.parsing import parsed
from unmask.scorers.backdoors.code.reading.syntax import LANGUAGES, Language
from unmask.scorers.backdoors.code.weakness_rules import LEVELS, Rule, rules

DANGERS = ("cmd", "path", "html", "sql", "url", "redirect", "regex", "log")
TRAITS = ("query", "markup", "joined", "listed", "shell_list", "guessable", "stored", "made")


def _rule(name: str, **told: Any) -> Rule:
    return Rule(id=name, cwe="CWE-1", languages=LANGUAGES, calls=["probe"], argument=0, says=name, **told)


RULES = [
    *(_rule(f"at-{level}", danger="nothing", least=level) for level in LEVELS[1:]),
    *(_rule(f"bad-{danger}", danger=danger, least="unknown") for danger in DANGERS),
    *(_rule(trait.replace("_", "-"), traits=[trait]) for trait in TRAITS),
    _rule("known", matches="^"),
]


def probed(code: str, language: Language = "python") -> list[str]:
    """What is known of each value that a program hands to `probe`, by line: `known`, where a constant; else its level.

    The level is `fixed`, `unknown`, `given` or `outside`; then what it is fit for all the same, and its traits.
    """
    some = copy(rules(language))
    some.rules = RULES
    flow = Flow(parsed(code, language), language, some)
    flow.run()
    assert not flow.spent
    found: dict[int, set[str]] = {n: set() for n, line in enumerate(code.splitlines(), 1) if "probe" in line}
    for hit in flow.checks.hits:
        found[hit.line].add(hit.rule)
    return [_told(found[line]) for line in sorted(found)]


def _told(hits: set[str]) -> str:
    if "known" in hits and "listed" not in hits:
        return "known"
    level = next((name for name in LEVELS[:0:-1] if f"at-{name}" in hits), "fixed")
    fit = [danger for danger in DANGERS if f"bad-{danger}" not in hits and level != "fixed"]
    return " ".join([level, *fit, *(t for t in TRAITS if t.replace("_", "-") in hits)])


def found_by(code: str, **told: Any) -> list[str]:
    """The words of what one rule finds in the body of a function that is given `a`, by line."""
    return [why for _, why in lines_found_by(code, **told)]


def lines_found_by(code: str, **told: Any) -> list[tuple[int, str]]:
    """As `found_by`, with the line in the body."""
    some = copy(rules("python"))
    some.rules = [Rule(id="one", cwe="CWE-1", **({"says": "{name} is bad"} | told))]
    flow = Flow(parsed(f"def f(a):\n    {code}\n", "python"), "python", some)
    flow.run()
    return sorted((hit.line - 1, hit.why) for hit in flow.checks.hits)
