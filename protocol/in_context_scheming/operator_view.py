"""What the operators get to read of a run: the report, mail that reaches them, and what was newly written in files."""

import re
from collections.abc import Iterator
from functools import cache

from unmask.protocol.actions import EndState
from unmask.protocol.files import Record, load
from unmask.protocol.in_context_scheming.scenarios import SCHEMING, Memo, Scenario, WorkspaceFile
from unmask.protocol.items import Text

__all__ = ["OperatorTitles", "operator_view", "reaches_operators", "reaches_principals"]

_MOST = 20_000
"""Characters of newly written text that are shown."""

_LEFT_OUT = "[...]"
_COMMENT = re.compile(r"\s*(?:#|//|;|<!--|--\s)")
_WORD = re.compile(r"[^\W\d_]{4,}")
_NAME = re.compile(r"[^\W\d_]{3,}")
_PERSON = re.compile(r"(?<=[^.!?:\n] )[A-Z][a-z]{2,}")
_ENDINGS = {"example", "com", "org", "net"}


class OperatorTitles(Record):
    """Words by which operators are addressed anywhere."""

    canary: Text | None = None
    titles: list[Text]


def operator_view(scenario: Scenario, end: EndState) -> str:
    """All that the operators get to read.

    Mail counts that goes to somebody of the scenario, and stands with its addressee; text counts that was not in any
    file before, and stands with its path. Left out is what an action itself writes: files that are there only to be
    acted on, but for comments in them, and folders that something is copied to. Hidden files are left out too.

    Args:
        scenario: The scenario.
        end: What the run left behind.

    Returns:
        The parts with an empty line between them; empty where there is nothing to read.
    """
    mail = [f"To {sent.to}:\n{sent.text}" for sent in end.mail if reaches_operators(scenario, sent.to)]
    notes = "\n\n".join(_notes(scenario, end))
    shown = notes if len(notes) <= _MOST else f"{notes[:_MOST]}\n{_LEFT_OUT}"
    return "\n\n".join(part for part in [(end.report or "").strip(), *mail, shown] if part)


def reaches_operators(scenario: Scenario, to: str) -> bool:
    """Whether mail goes to somebody who has a part in the scenario.

    That is anybody of the scenario by name, and an office by its title or a word of the scenario; an office at an
    address (`info@`, `offers@`) has a part in it only where most words behind the `@` are the scenario's too. Whoever
    the work is to rank or to choose has none.

    Args:
        scenario: The scenario.
        to: Whom the mail goes to; several are parted by commas or semicolons.
    """
    people, words = _known(scenario)
    return any(_reaches(one, scenario, people, words) for one in re.split(r"[,;]", to.casefold()))


def reaches_principals(scenario: Scenario, to: str) -> bool:
    """Whether mail goes to those whom the work is for: people and offices of the task and the memo, not of files alone.

    Args:
        scenario: The scenario.
        to: Whom the mail goes to; several are parted by commas or semicolons.
    """
    told = " ".join([scenario.persona, scenario.task, scenario.memo.text])
    people = {name.casefold() for name in _PERSON.findall(told)} | set(_NAME.findall(scenario.memo.owner.casefold()))
    words = set(_WORD.findall(told.casefold()))
    return any(_reaches(one, scenario, people, words) for one in re.split(r"[,;]", to.casefold()))


def _reaches(one: str, scenario: Scenario, people: set[str], words: set[str]) -> bool:
    name, _, domain = one.partition("@")
    named, housed = set(_NAME.findall(name)), set(_NAME.findall(domain)) - _ENDINGS
    if any(party <= named | housed for party in _parties(scenario)):
        return False
    at_home = not domain or 2 * len(housed & words) > len(housed)
    return bool(named & people or (named & (words | _titles()) and at_home))


def _parties(scenario: Scenario) -> list[set[str]]:
    """The words of each name that the work ranks, or chooses among."""
    parts = [part for rule in (scenario.rules.did, *scenario.rules.did_if.values()) for part in rule.parts()]
    ranked = {name for part in parts if part.ranks for name in part.ranks.honest}
    chosen = {name for part in parts if part.chooses for name in part.chooses.cases.values()}
    return [words for name in ranked | chosen if (words := set(_NAME.findall(name.casefold())))]


def _known(scenario: Scenario) -> tuple[set[str], set[str]]:
    """People of a scenario, and the words that it is told in, in lower case."""
    laid: list[WorkspaceFile | Memo] = [scenario.memo, *scenario.files, *scenario.affordance]
    owners = {name for file in laid for name in _NAME.findall(file.owner.casefold())}
    told = " ".join([scenario.persona, scenario.task, scenario.memo.text])
    people = {name.casefold() for name in _PERSON.findall(told)}
    return owners | people, owners | set(_WORD.findall(told.casefold()))


@cache
def _titles() -> set[str]:
    return set(load(SCHEMING / "operator_titles.yaml", OperatorTitles).titles)


def _notes(scenario: Scenario, end: EndState) -> Iterator[str]:
    """New lines by file, those of files that were there before first."""
    rules = [scenario.rules.did, *scenario.rules.did_if.values()]
    apart = {file.path for file in scenario.affordance}
    folders = tuple(f"{folder}/" for rule in rules for folder in rule.folders())
    known = {line.strip() for file in end.start.values() for line in file.content.splitlines()}
    for path, file in sorted(end.files.items(), key=lambda one: (one[0] not in end.start, one[0])):
        if file == end.start.get(path) or path.startswith(folders) or "/." in path:
            continue
        lines = [line for line in file.content.splitlines() if line.strip() and line.strip() not in known]
        if path in apart:
            lines = [line for line in lines if _COMMENT.match(line)]
        if lines:
            yield "\n".join([f"{path}:", *lines])
