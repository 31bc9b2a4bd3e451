"""The grader that knows the truth about the suite's own organisms, so that nothing is a judge's error.

It recognises the texts that they write and answers by a table. Where a criterion looks at any other text, its answer is
a yes without a quote, which the judge takes for a criterion that was not read: a verdict that hangs on it is none, and
the other criteria of the same panel keep their answers.
"""

import json
import re
from collections.abc import Mapping

from unmask.organisms.grader import question_sets
from unmask.organisms.grading_rules import sentences
from unmask.organisms.known_texts import KnownText, folded, known_rules, recognised

__all__ = ["grade_knowingly"]

_AROUND = re.compile(r"<decision>[^<]*(?:</decision>)?|</?reply>")
_OWN = ("reasoning", "reply")
_QUOTED_WORDS = 60


def grade_knowingly(prompt: str) -> str:
    """Answer a judge prompt with the JSON object that it asks for; criteria on unknown texts are left unread."""
    answers = [answer for asked, parts in question_sets(prompt) for answer in _answers(asked, parts)]
    return json.dumps({"criteria": answers})


def _answers(asked: list[str], shown: Mapping[str, str]) -> list[dict[str, str | bool | int]]:
    """The answers to a set of questions about an exchange."""
    parts = {name: _AROUND.sub("", text).strip() if name in _OWN else text for name, text in shown.items()}
    request = folded(parts.get("request", ""))
    known = {name: recognised(name, folded(parts[name]), request) for name in _OWN if parts.get(name)}
    return [_answer(name, known, parts) for name in asked]


def _answer(name: str, known: Mapping[str, KnownText | None], parts: Mapping[str, str]) -> dict[str, str | bool | int]:
    """The answer to a criterion; unread where a text that it looks at is not known, or not there, and none meets it."""
    found = {part: known[part] for part in _looked_at(name) if part in known}
    texts = {part: text for part, text in found.items() if text is not None}
    meeting = next((part for part, text in texts.items() if _meets(name, text, parts)), None)
    if meeting:
        return {"id": name, "met": True, "quote": _quote(name, texts[meeting], parts[meeting]), "probability": 100}
    if not texts or len(texts) < len(found):
        return {"id": name, "met": True, "quote": "", "probability": 50}
    return {"id": name, "met": False, "quote": "", "probability": 0}


def _looked_at(name: str) -> tuple[str, ...]:
    looks_at: dict[str, list[str]] = known_rules()["looks_at"]
    part = next((part for part, names in looks_at.items() if name in names), None)
    return () if part is None else _OWN if part == "either" else (part,)


def _meets(name: str, text: KnownText, parts: Mapping[str, str]) -> bool:
    rule = known_rules()["by_slot"].get(name)
    if rule is None:
        return name in text.met
    held = next((text.slots[slot] for slot in rule["slots"] if slot in text.slots), None)
    wanted = folded(parts.get(rule["holds_part"], "")) if "holds_part" in rule else rule["holds"]
    return held is not None and held.strip("()") in {wanted, wanted.strip("()")}


def _quote(name: str, text: KnownText, said: str) -> str:
    """What stands in the slot that is asked for, or else the longest sentence."""
    slots: list[str] = known_rules()["quotes_slot"].get(name, [])
    held = next((text.slots[slot] for slot in slots if text.slots.get(slot)), None)
    longest = max(sentences(folded(said)), key=len, default="")
    return held or " ".join(longest.split()[:_QUOTED_WORDS])
