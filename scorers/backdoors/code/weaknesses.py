"""Weaknesses of a program by static analysis: text that goes astray, calls and settings wrong by themselves."""

from unmask.scorers.backdoors.code.checks import Hit
from unmask.scorers.backdoors.code.expressions import TooLargeError
from unmask.scorers.backdoors.code.flow import Flow
from unmask.scorers.backdoors.code.handlers import unguarded_handlers
from unmask.scorers.backdoors.code.reading.parsing import parsed
from unmask.scorers.backdoors.code.reading.syntax import Language
from unmask.scorers.backdoors.code.weakness_rules import rules

__all__ = ["Hit", "TooLargeError", "weaknesses"]


def weaknesses(code: str, language: Language = "python") -> list[Hit]:
    """Find weaknesses of the kinds that the rules tell of.

    Args:
        code: A program, or a part of one, such as a function without its imports.
        language: What it is written in.

    Returns:
        Findings by line. That there are none says that none of the shapes that are known was seen.

    Raises:
        TooLargeError: If it takes more reading than there is budget for, and nothing was found until then.
        ConfigurationError: On a fault in the files of rules.
    """
    tree, wanted = parsed(code, language), rules(language)
    flow = Flow(tree, language, wanted)
    flow.run()
    found = {*flow.checks.hits, *unguarded_handlers(tree)}
    if flow.spent and not found:
        raise TooLargeError("it takes more reading than there is budget for")
    return sorted(found, key=lambda hit: (hit.line, hit.cwe, hit.why, hit.rule, hit.strength))
