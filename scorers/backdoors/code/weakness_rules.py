"""The rules of what counts as a weakness, as data: by CWE and language, in files under `weaknesses/`."""

import re
from collections.abc import Iterable
from fnmatch import translate
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import DATA, Record, load, shown
from unmask.protocol.frames import fill
from unmask.protocol.items import Slug, Text
from unmask.scorers.backdoors.code.reading.syntax import Language

__all__ = [
    "LEVELS",
    "HandlerRules",
    "Kind",
    "Kinds",
    "Origins",
    "Rule",
    "RuleFile",
    "Rules",
    "fits",
    "handler_rules",
    "kinds",
    "rules",
]

_FOLDER = DATA / "backdoors" / "weaknesses"
_Strength = Literal["certain", "likely", "hint"]
_Level = Literal["any", "unknown", "given", "outside"]
LEVELS: tuple[_Level, ...] = ("any", "unknown", "given", "outside")


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
    return pattern


_Pattern = Annotated[str, AfterValidator(_compiles)]
_Cwe = Annotated[str, StringConstraints(pattern=r"^CWE-\d+$")]


class Rule(Record):
    """One shape of a weakness. At least one of `calls`, `named`, `uses` and `texts` says where to look."""

    id: Slug
    cwe: _Cwe
    languages: tuple[Language, ...] = ("python",)
    strength: _Strength = "likely"
    """`certain` decides even where a grader is bound; `likely` decides offline; `hint` is only shown to the grader."""

    calls: list[str] = Field(default_factory=list)
    """Calls by dotted name, in which a star stands for anything and `X()` for what a call of X returned."""

    where: dict[str, Any] = Field(default_factory=dict)
    """Options that the call must have, with these values; one of a list will do."""

    unless: dict[str, Any] = Field(default_factory=dict)
    """Options with which it is none; the value `given` stands for any."""

    argument: int | str | None = None
    """Which argument is looked at, by place (0 is the first) or name; all where it is left out."""

    danger: Slug | None = None
    """What the argument must not be fit for; with `least` and `traits` it says what text must not get there."""

    least: _Level = "given"
    traits: list[Slug] = Field(default_factory=list)
    """Traits of which the argument must have one, as `query` for a statement put together from text."""

    receiver: bool = False
    """Whether the object whose method is called counts as the argument."""

    mask: int | None = None
    """Bits of which a constant number must have one, as a file's mode."""

    lacks: int | None = None
    """Bits of which a constant number must lack one."""

    without: list[Slug] = Field(default_factory=list)
    """Traits of which the argument must have none."""

    near: _Pattern | None = None
    """What the program must speak of somewhere."""

    matches: _Pattern | None = None
    """What a constant argument must match."""

    named: _Pattern | None = None
    """A name, attribute, key or keyword that is given a value."""

    value: Any = None
    """That value, where it is a constant; `text` stands for any text that could be a secret."""

    uses: list[str] = Field(default_factory=list)
    """Dotted names whose mere use is a weakness."""

    texts: _Pattern | None = None
    """What a constant text must match."""

    says: Text
    """What is said of a finding."""

    @model_validator(mode="after")
    def _looks_somewhere(self) -> "Rule":
        if not (self.calls or self.named or self.uses or self.texts):
            raise ValueError("needs one of calls, named, uses and texts")
        return self


class Origins(Record):
    """Where text comes from, and what makes it harmless."""

    languages: list[Language]
    outside: list[str] = Field(default_factory=list)
    """Names, attributes and calls that hold what a stranger sent."""

    marks: dict[Slug, list[str]] = Field(default_factory=dict)
    """Calls whose result has a trait: `stored`, as somebody may have left it there, `guessable` and others."""

    plain_types: list[str] = Field(default_factory=list)
    """Types whose values carry no text."""

    harmless: list[str] = Field(default_factory=list)
    """Calls whose result is fit for everything."""

    cleaners: dict[Slug, list[str]] = Field(default_factory=dict)
    """Calls whose result is fit for one thing."""

    guards: list[str] = Field(default_factory=list)
    """Calls in a test that make what is tested harmless where the test holds."""

    formats: list[str] = Field(default_factory=list)
    """Calls that fill values into a text: the first argument or the object."""

    joins: list[str] = Field(default_factory=list)
    """Calls that put the parts of a path together."""

    pure: list[str] = Field(default_factory=list)
    """Calls that make text of text, and nothing else: of the program's own text they make its own."""

    exits: list[str] = Field(default_factory=list)
    """Calls that end a function or request."""


class HandlerRules(Record):
    """What makes a handler of web requests critical, and what shows that somebody checks who asks."""

    critical_path: _Pattern
    """Addresses to which nothing may be posted unchecked."""

    sensitive_path: _Pattern
    """Addresses that may not even be read unchecked."""

    changes: list[str]
    """Methods that change something that is kept."""

    auth_sign: _Pattern


class RuleFile(Record):
    """One file of rules."""

    canary: Text | None = None
    handlers: HandlerRules | None = None
    origins: list[Origins] = Field(default_factory=list)
    rules: list[Rule] = Field(default_factory=list)


class Kind(Record):
    """A kind of weakness, as a judge is told of it."""

    cwe: _Cwe
    also: list[_Cwe] = Field(default_factory=list)
    """Numbers that name the same kind more broadly or more narrowly."""

    name: Text
    counts: Text
    does_not_count: Text


class Kinds(Record):
    """The kinds, and the line in which a judge is told of one."""

    canary: Text | None = None
    line: Text
    kinds: Annotated[list[Kind], Field(min_length=1)]

    def told(self, numbers: Iterable[str]) -> str:
        """What counts for the kinds of these numbers, a line each; for all kinds where no number is known."""
        known = {number: kind for kind in self.kinds for number in (*kind.also, kind.cwe)}
        wanted = {known[n].cwe: known[n] for n in numbers if n in known} or {k.cwe: k for k in self.kinds}
        return "\n".join(fill(self.line, kind.model_dump(exclude={"also"})) for kind in wanted.values())


class Rules:
    """All rules and origins of one language.

    Args:
        language: The language.
        files: What was read.
    """

    def __init__(self, language: Language, files: Iterable[RuleFile]) -> None:
        files = list(files)
        self.rules = [rule for file in files for rule in file.rules if language in rule.languages]
        origins = [one for file in files for one in file.origins if language in one.languages]
        self.cleaners, self.marks = _gathered(one.cleaners for one in origins), _gathered(one.marks for one in origins)
        lists = {name: [c for one in origins for c in getattr(one, name)] for name in _LISTS}
        self.outside, self.plain_types = lists["outside"], lists["plain_types"]
        self.harmless, self.guards, self.formats = lists["harmless"], lists["guards"], lists["formats"]
        self.joins, self.exits, self.pure = lists["joins"], lists["exits"], lists["pure"]


def _gathered(tables: Iterable[dict[str, list[str]]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for table in tables:
        for name, calls in table.items():
            found.setdefault(name, []).extend(calls)
    return found


_LISTS = ("outside", "plain_types", "harmless", "guards", "formats", "joins", "exits", "pure")


@cache
def _files() -> list[RuleFile]:
    files, seen = [], dict[str, str]()
    for path in sorted(_FOLDER.glob("*.yaml")):
        if path.stem == "kinds":
            continue
        files.append(load(path, RuleFile))
        for rule in files[-1].rules:
            if rule.id in seen:
                raise ConfigurationError(f"{shown(path)}: item {rule.id!r}: stands in {seen[rule.id]} too")
            seen[rule.id] = shown(path)
    return files


@cache
def handler_rules() -> HandlerRules:
    """The rules of handlers.

    Raises:
        ConfigurationError: On a fault in a file, or if no file has them.
    """
    found = [file.handlers for file in _files() if file.handlers]
    if len(found) != 1:
        raise ConfigurationError(f"{shown(_FOLDER)}: one file must have the key 'handlers', {len(found)} have it")
    return found[0]


@cache
def rules(language: Language) -> Rules:
    """The rules of a language.

    Raises:
        ConfigurationError: On a fault in a file, naming file, rule and key, or a rule's id that stands twice.
    """
    return Rules(language, _files())


@cache
def kinds() -> Kinds:
    """The kinds of weakness.

    Raises:
        ConfigurationError: On a fault in the file.
    """
    return load(_FOLDER / "kinds.yaml", Kinds)


@cache
def _one(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(translate(pattern.replace("[", "[[]")) for pattern in patterns) or r"(?!)")


def fits(name: str, patterns: Iterable[str]) -> bool:
    """Whether a dotted name is among the patterns, in which a star stands for anything."""
    return bool(name) and _one(tuple(patterns)).match(name) is not None
