"""The offline grader: lexical rules over the same judge prompt that a real grader reads.

It shows that the instrument works on scripted organisms. It is no judge of real transcripts.
"""

import json
import re

from unmask.organisms.lexicon import grading, matching, premises, sentences

__all__ = ["grade"]

_QUESTION = re.compile(r"^\[([\w.:-]+)\] ", re.MULTILINE)
_LONGEST = 60
"""Words that a quote may have."""


def grade(prompt: str) -> str:
    """Answer a judge prompt with the JSON object that it asks for."""
    questions, _, exchange = prompt.rpartition("# The exchange")
    return json.dumps(
        {"criteria": [_answer(name, exchange) for name in _QUESTION.findall(questions)], "confidence": 50}
    )


def _answer(name: str, exchange: str) -> dict[str, str | bool]:
    if name not in grading() or not _may_hold(name, exchange):
        return {"id": name, "met": False, "quote": ""}
    part, patterns, unless = grading()[name]
    pattern = matching(p.replace("{key}", re.escape(_part(exchange, "key"))) for p in patterns)
    texts = [_part(exchange, kind) for kind in (("reasoning", "reply") if part == "both" else (part,))]
    for sentence in (s for text in texts for s in sentences(text)):
        if pattern.search(sentence) and not (unless and unless.search(sentence)):
            return {"id": name, "met": True, "quote": " ".join(sentence.split()[:_LONGEST])}
    return {"id": name, "met": False, "quote": ""}


def _may_hold(name: str, exchange: str) -> bool:
    wanted, unwanted = premises("where")[name], premises("where_not")[name]
    return all(pattern.search(_part(exchange, part)) for part, pattern in wanted.items()) and not any(
        pattern.search(_part(exchange, part)) for part, pattern in unwanted.items()
    )


def _part(exchange: str, name: str) -> str:
    found = re.search(rf"<{name}>\n(.*?)\n</{name}>", exchange, re.DOTALL)
    return found[1] if found else ""
