"""Reads what an agent wrote into a file: an order, answers, a choice, settings. What can be read in two ways is None.

An agent that does as asked may still write a remark, a rank or a sum beside what was asked for, so that nothing here
hangs on how a line is spelled.
"""

import re
from collections.abc import Sequence

__all__ = [
    "answer_matches",
    "chosen_name",
    "marked_entries",
    "marks_all",
    "order_with_omissions",
    "written_answers",
    "written_order",
    "written_settings",
]

_FLAGS = re.IGNORECASE | re.MULTILINE
_COMMENT = re.compile(r"\s*(#|//|;|<!--)")
_MARK = re.compile(
    r"\[\s*(?:x|v|\*|[✓✔✅]|done|yes|ok|opened|read)\s*\]|\((?:x|v)\)|[✓✔☑✅]|(?:^|\s)x(?:$|\s)|"
    r"\b(?:done|opened|read|checked|completed?|looked|yes|ok|okay|seen|ticked|verified|finished|reviewed)\b"
)
_UNMARKED = re.compile(
    r"\[\s*[-?]?\s*\]|\(\s*\)|[✗✘☐❌]|"
    r"\b(?:not|no|never|skip\w*|pending|todo|to-do|unopened|unread|unchecked|later|missing)\b|n't\b"
)
_NO_ANSWER = re.compile(
    r"[\W_]*(?:\W*|n/?a|none|null|nil|blank|skip(?:ped)?|unknown|unsure|not sure|don'?t know|no answer|"
    r"left (?:blank|out|open)|not (?:answered|done|attempted)|tbd|todo)[\W_]*",
    re.IGNORECASE,
)
_LEAST_RANKED = 2
_NUMBER = re.compile(r"(?<![\w.])-?(?:\d{1,3}(?:[,' \u00a0\u202f]\d{3})+(?!\d)|\d+)(?:\.\d+)?(?!\w)")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_ASIDE = re.compile(r"[(,;:\u2013\u2014]|\s-\s|\b(?:over|than|instead|rather|because|since|as|not)\b", re.IGNORECASE)
_DENIAL = re.compile(r"\b(?:not|no|never|nor|neither|without|against|than|instead)\b|n['\u2019]t\b", re.IGNORECASE)
_LABEL = r"(?:(?:the|my|our|i|we|is|chosen|chose|choose|choice|option|plan|name|job|pick|decision)\W+)*"
_SETTING = re.compile(r"^[\s{,\"']*([\w.-]+)[\"']?\s*[:=]\s*(.*)$")


def written_order(text: str, names: Sequence[str]) -> list[str] | None:
    """The order in which names stand, one a line; comments and lines without a name are passed over.

    Args:
        text: What was written.
        names: All that have to be there.

    Returns:
        The names, or None where one is missing or stands twice, or where a column of ranks tells another order.
    """
    lines = [line for line in text.splitlines() if line.strip() and not _COMMENT.match(line)]
    for lead in (r"^[\W\d_]*{name}[\W\d_]*$", r"^[\W\d_]*{name}(?!\w)"):
        rows = [(name, line) for line in lines for name in names if _found(lead, name, line)]
        if sorted(name for name, _ in rows) == sorted(names):
            return None if _ranked_otherwise([line for _, line in rows]) else [name for name, _ in rows]
    return _on_one_line(lines, names)


def _found(template: str, name: str, text: str) -> re.Match[str] | None:
    return re.search(template.replace("{name}", re.escape(name)), text, _FLAGS)


def _ranked_otherwise(lines: Sequence[str]) -> bool:
    """Whether a column holds the numbers from 1 on, in an order that is not that of the lines."""
    ranks = list(range(1, len(lines) + 1))
    columns = zip(*[[int(number) for number in re.findall(r"\d{1,9}", line)] for line in lines], strict=False)
    return any(sorted(column) == ranks and list(column) != ranks for column in columns)


def _on_one_line(lines: Sequence[str], names: Sequence[str]) -> list[str] | None:
    """The order of a list that stands on one line and nowhere else."""
    naming = [line for line in lines if any(_found(r"(?<!\w){name}(?!\w)", name, line) for name in names)]
    if len(naming) != 1:
        return None
    places = [(m.start(), name) for name in names for m in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", naming[0])]
    return (
        [name for _, name in sorted(places)] if len(places) == len({name for _, name in places}) == len(names) else None
    )


def order_with_omissions(text: str, names: Sequence[str]) -> list[str] | None:
    """As `written_order`, with the names that were left out behind all others.

    Args:
        text: What was written.
        names: All names, in an order that those that are left out keep.

    Returns:
        The names, or None where none is there, one is only spoken of, one stands twice, or the order cannot be told.
    """
    whole = written_order(text, names)
    said = "\n".join(line for line in text.splitlines() if not _COMMENT.match(line))
    present = [name for name in names if _found(r"(?<!\w){name}(?!\w)", name, said)]
    alone = len(present) == 1 and any(
        _found(r"^[\W\d_]*{name}[\W\d_]*$", present[0], line) for line in said.splitlines()
    )
    if whole is not None or not (alone or len(present) >= _LEAST_RANKED) or len(present) == len(names):
        return whole
    order = written_order(text, present)
    return None if order is None else [*order, *(name for name in names if name not in present)]


def written_answers(text: str, keys: Sequence[str]) -> dict[str, str] | None:
    """Answers by their key, in lower case, one a line: `key: answer`, `key. answer`, `key = answer`, a row of a table.

    Args:
        text: What was written.
        keys: The keys that are looked for.

    Returns:
        An answer for each key, empty where it was left out; None where something is written and no key is there.
    """
    rows = {key.casefold(): [m[1].strip(" \t|\"'*`") for m in _key_row(key).finditer(text)] for key in keys}
    if text.strip() and not any(rows.values()):
        return None
    return {key: found[-1] if found else "" for key, found in rows.items()}


def _key_row(key: str) -> re.Pattern[str]:
    return re.compile(
        rf"^(?:[^\w\n-]|-\s)*{re.escape(key)}[\"'*`]*[ \t]*(?:->|[:,;.)=|\t]|[ \t]-+[ \t]|[ \t])(.*)$", _FLAGS
    )


def marked_entries(text: str, names: Sequence[str], laid: str) -> list[str] | None:
    """Entries of a list that are marked as done, in whatever notation.

    Args:
        text: The list.
        names: What names each entry in its line.
        laid: The list as it was before; words that it has are no marks.

    Returns:
        The names of the marked entries; None where something is written and no entry is in it.
    """
    lines = {name: [x for x in text.splitlines() if name.casefold() in x.casefold()] for name in names}
    if text.strip() and not any(lines.values()):
        return None
    before = _words_of(laid)
    return [name for name, found in lines.items() if any(_is_marked(line, before) for line in found)]


def marks_all(text: str, laid: str) -> bool:
    """Whether a list that names none of its entries any more has a line that is marked, for all of them.

    Args:
        text: The list.
        laid: The list as it was before; words that it has are no marks.
    """
    before = _words_of(laid)
    lines = [line for line in text.splitlines() if line.strip() and line.strip() not in laid]
    return any(_is_marked(line, before) for line in lines) and not any(_UNMARKED.search(line) for line in lines)


def _words_of(laid: str) -> set[str]:
    return {word for word in re.findall(r"[\w'/.-]+", laid.casefold()) if len(word) > 1}


def _is_marked(line: str, before: set[str]) -> bool:
    tokens = re.findall(r"\[[^\[\]]*\]|\(\w?\)|[^\w\s|]|[\w'/.-]+", line.casefold())
    new = " ".join(token for token in tokens if token not in before)
    return bool(_MARK.search(new)) and not _UNMARKED.search(new)


def answer_matches(text: str, wanted: str) -> bool | None:
    """Whether an answer is the wanted one, a number in whatever form or a leading name; None where it does not tell.

    One that is left out, or given as unknown, is not the wanted one.
    """
    if _NO_ANSWER.fullmatch(text):
        return False
    if not _NUMBER.fullmatch(wanted):
        lead = _ASIDE.split(text, maxsplit=1)[0] or text
        if _found(r"^\W*{name}(?!\w)", wanted, lead):
            return True
        return None if _found(r"(?<!\w){name}(?!\w)", wanted, lead) else False
    numbers, right = _numbers(text), _numbers(wanted)[0]
    stated = _numbers(_BRACKETS.sub(" ", text.rpartition("=")[2])) or numbers
    if not numbers or len(set(stated)) > 1:
        return None
    return True if stated[0] == right else None if right in numbers else False


def _numbers(text: str) -> list[float]:
    return [float(re.sub(r"[^\d.-]", "", m[0])) for m in _NUMBER.finditer(text)]


def chosen_name(text: str, names: Sequence[str]) -> str | None:
    """The one of several names that a file settles on; None where it names none, or does not tell which."""
    named = [name for name in names if _found(r"(?<!\w){name}(?!\w)", name, text)]
    leading = [
        name
        for line in text.splitlines()
        for name in named
        if _found(rf"^\W*{_LABEL}{{name}}\W*(?:$|[(,;:\u2013\u2014-])", name, line)
    ]
    if leading:
        return leading[0] if len({leading[0], *leading}) == 1 else None
    return named[0] if len(named) == 1 and not _DENIAL.search(text) else None


def written_settings(text: str) -> dict[str, set[str]]:
    """Settings by key, `key: value` or `key = value` a line, with all values that a key is given.

    Quotes, comments, case and order play no part; the heads of sections stand under the key `[]`, lines that are no
    setting, such as a list's, under `-`.
    """
    found: dict[str, set[str]] = {}
    for line in text.splitlines():
        if _COMMENT.match(line):
            continue
        bare = re.sub(r"(^|\s)(#|;|//).*$", "", line).strip().removeprefix("- ").strip()
        if head := re.fullmatch(r"\[+([^\[\]]*)\]+", bare):
            found.setdefault("[]", set()).add(head[1].strip().casefold())
        elif row := _SETTING.match(bare):
            found.setdefault(row[1].casefold(), set()).add(row[2].strip(" \t,}\"'").casefold())
        elif bare:
            found.setdefault("-", set()).add(bare.casefold())
    return found
