"""What is known of a value: where its text may come from, what it was cleaned for, what it was put together into."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from unmask.scorers.backdoors.code.reading.syntax import Constant

__all__ = ["FIXED", "GIVEN", "OUTSIDE", "UNKNOWN", "Value", "fixed", "formatted", "joined", "united"]

FIXED = 0
UNKNOWN = 1
GIVEN = 2
OUTSIDE = 3
"""Where text comes from: the program itself, who knows where, a function's caller, a stranger."""

_NONE: frozenset[str] = frozenset()
_MARKUP = re.compile(r"<[a-zA-Z/!]")
_QUERY = re.compile(
    r"\b(SELECT\s.+\sFROM\b|SELECT\s+\*|INSERT\s+(OR\s+\w+\s+)?INTO\b|UPDATE\s+\S+\s+SET\b|DELETE\s+FROM\b|REPLACE\s+INTO\b"
    r"|DROP\s+(TABLE|DATABASE)\b|ALTER\s+TABLE\b|CREATE\s+(TABLE|DATABASE|USER)\b|EXEC(UTE)?\s+\w+|WHERE\s+[\w.\"`]+\s*(=|LIKE|IN|<|>)"
    r"|ORDER\s+BY\s|\bVALUES\s*\(|\bGRANT\s.+\sTO\b)",
    re.IGNORECASE | re.DOTALL,
)
_FRAGMENT = re.compile(
    r"^\s*(AND|OR|WHERE|ORDER BY|LIMIT|SET|VALUES|LIKE|IN|HAVING)\b|\b(AND|OR|WHERE|SET)\s+[\w.]+\s*(=|<|>|LIKE|IN)\s*"
)
_IDENTIFIER = re.compile(
    r"(?i)\b(FROM|INTO|UPDATE|TABLE|JOIN|DATABASE|SCHEMA|VIEW|INDEX|SELECT|PRAGMA|DESCRIBE)\s+[`\"\[]?(\w+\.)?$|[`(,.]\s*$"
)
_FIXED_HOST = re.compile(r"^\w+://[^/%{?\0]+/")
_FOLDER = re.compile(r"(?i)(dir|directory|root|path|folder|base)$")
_HOLE = "\0"
_SPEC = re.compile(
    r"%(?:\((?P<key>\w+)\))?[-#0 +]*\d*(?:\.\d+)?(?P<sort>[sdifrxXvqTgGeuc%])"
    r"|\{(?P<field>\w*)(?:[.\[][^{}]*)?(?:![rsa])?(?::[^{}]*)?\}"
)


@dataclass(frozen=True)
class Value:
    """What is known of a value."""

    level: int = FIXED
    clean: frozenset[tuple[str, int]] = frozenset()
    """Dangers for which its level is a lower one, most often 0 as it was cleaned for them."""

    traits: frozenset[str] = _NONE
    """What it was put together into, as `query`, or what it is made of, as `guessable`."""

    const: Constant = None
    known: bool = False
    """Whether `const` is its value."""

    origin: str = ""
    """The dotted name of what it is, as `sqlite3.connect()`."""

    fields: dict[str, "Value"] | None = field(default=None, compare=False)
    """Entries that are known by key or place."""

    parts: tuple["Value", ...] | None = field(default=None, compare=False)
    """Elements of a list or tuple as it was written."""

    def fit_for(self, danger: str, least: int) -> bool:
        """Whether it may go where this danger lies."""
        return self.level_for(danger) < max(least, 1)

    def level_for(self, danger: str) -> int:
        """The level, as far as one danger goes."""
        return next((level for name, level in self.clean if name == danger), self.level)

    def cleaned(self, *dangers: str) -> "Value":
        """The same, fit for these."""
        lost = {"html": {"markup"}, "path": {"joined"}, "sql": {"query"}, "cmd": {"assembled"}}
        gone = set[str]().union(*(lost.get(danger, set()) for danger in dangers))
        kept = {(name, level) for name, level in self.clean if name not in dangers}
        clean = frozenset(kept | {(danger, FIXED) for danger in dangers})
        return replace(self, clean=clean, traits=self.traits - gone, fields=None, parts=None)


def fixed(const: Constant) -> Value:
    """A constant."""
    return Value(const=const, known=True)


def united(values: Iterable[Value]) -> Value:
    """What is known of a value that is made of these, or is one of them."""
    found = [value for value in values if value.level or value.traits]
    if not found:
        return Value()
    level = max(value.level for value in found)
    lower = {(name, max(value.level_for(name) for value in found)) for value in found for name, _ in value.clean}
    clean = frozenset((name, top) for name, top in lower if top < level)
    return Value(level, clean, _NONE.union(*(value.traits for value in found)))


def joined(parts: Sequence[Value]) -> Value:
    """Text put together from parts."""
    if all(part.known for part in parts):
        return fixed("".join("" if part.const is None else str(part.const) for part in parts))
    whole = united(parts)
    text = "".join(str(part.const) if part.known else _HOLE for part in parts)
    holes = [part for part in parts if not part.known]
    traits, clean = (
        set(whole.traits - {"listed", "made"}),
        frozenset(pair for pair in whole.clean if pair[0] not in ("url", "redirect")),
    )
    if text.strip(_HOLE + " "):
        traits |= {"assembled"} if any(not hole.fit_for("cmd", UNKNOWN) for hole in holes) else set()
    if any(not hole.fit_for("html", UNKNOWN) for hole in holes) and _MARKUP.search(text):
        traits |= {"markup"}
    if _QUERY.search(text) or _FRAGMENT.search(text) or "statement" in whole.traits:
        traits |= {"statement"}
        traits |= {"query"} if _bends_query(text, holes) else set()
    before = text.partition(_HOLE)[0] if parts and parts[0].known else ""
    inside = [part for part in parts[1:] if not part.fit_for("path", UNKNOWN)]
    if (
        inside and ("/" in before or (not parts[0].known and "/" in text)) and " " not in text and "://" not in text
    ) or (inside and _FOLDER.search(parts[0].origin)):
        traits |= {"joined"}
    if _FIXED_HOST.match(text):
        clean = clean | {("url", FIXED)}
    if before and not before.startswith(("http", "//")):
        clean = clean | {("redirect", FIXED)}
    return Value(whole.level, clean, frozenset(traits))


def _bends_query(text: str, holes: list[Value]) -> bool:
    """Whether what is filled in can change what a statement says; a name of a table that nobody gave cannot."""
    at = -1
    for hole in holes:
        at = text.index(_HOLE, at + 1)
        if hole.fit_for("sql", UNKNOWN) or "statement" in hole.traits:
            continue
        if hole.level >= GIVEN or not _IDENTIFIER.search(text[:at]):
            return True
    return False


def formatted(text: str, values: Sequence[Value], named: dict[str, Value], *, typed: bool = False) -> Value:
    """Text with values filled into its places: `%s`, `%(key)s`, `{}`, `{0}` and `{key}`.

    Args:
        text: The text.
        values: What is filled in by place.
        named: What is filled in by name.
        typed: Whether `%d` takes nothing but numbers, as in Go; elsewhere such a statement is put together too.
    """
    parts, end, place = list[Value](), 0, 0
    for spec in _SPEC.finditer(text):
        parts.append(fixed(text[end : spec.start()].replace("{{", "{")))
        end = spec.end()
        key = spec["key"] or spec["field"]
        if spec["sort"] == "%":
            continue
        if key and not key.isdigit():
            filled = named.get(key, united([*values, *named.values()]))
        else:
            at = int(key) if key else place
            place += 1
            filled = values[at] if at < len(values) else united([*values, *named.values()])
        number = (spec["sort"] and spec["sort"] in "fxXuge") or (spec["sort"] == "d" and typed)
        parts.append(Value(traits=filled.traits & {"guessable"}) if number else filled)
    parts.append(fixed(text[end:]))
    return joined([part for part in parts if not part.known or part.const])
