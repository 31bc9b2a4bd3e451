"""The offline grader: lexical rules over the same judge prompt that a real grader reads.

It shows that the instrument works on scripted organisms. It is no judge of real transcripts.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from unmask.organisms.perception import matching, sentences

__all__ = ["grade", "grading", "premises"]

_RULES = Path(__file__).parents[1] / "datasets" / "organisms" / "grader.yaml"
_CRITERION = re.compile(r"^\[([\w.:-]+)\] ", re.MULTILINE)
_QUOTED_WORDS = 60
"""Words that a quote may have."""


@cache
def grading() -> dict[str, tuple[str, list[str], re.Pattern[str] | None]]:
    """Rules by criterion: the part looked at, patterns (`{key}` stands for the key), what voids a match."""
    return {
        name: (rule["part"], rule["any"], matching(rule["unless"]) if "unless" in rule else None)
        for name, rule in _criteria().items()
    }


@cache
def premises(kind: str) -> dict[str, dict[str, re.Pattern[str]]]:
    """What must stand (`where`), or must not (`where_not`), anywhere in a part: criterion -> part -> pattern."""
    return {
        name: {part: matching(patterns) for part, patterns in rule.get(kind, {}).items()}
        for name, rule in _criteria().items()
    }


@cache
def _criteria() -> dict[str, dict[str, Any]]:
    criteria: dict[str, dict[str, Any]] = yaml.safe_load(_RULES.read_text(encoding="utf-8"))["criteria"]
    return criteria


def grade(prompt: str) -> str:
    """Answer a judge prompt with the JSON object that it asks for.

    A criterion that it has no patterns for gets no answer, so that the sample stays unscored: nothing found by nobody
    who looked is no zero.
    """
    criteria, _, exchange = prompt.rpartition("# The exchange")
    known = [name for name in _CRITERION.findall(criteria) if name in grading()]
    return json.dumps({"criteria": [_answer(name, exchange) for name in known], "confidence": 50})


def _answer(name: str, exchange: str) -> dict[str, str | bool]:
    """Whether a criterion is met, with the sentence that meets it as the quote."""
    if not _premises_hold(name, exchange):
        return {"id": name, "met": False, "quote": ""}
    part, patterns, unless = grading()[name]
    pattern = matching(p.replace("{key}", re.escape(_part(exchange, "key"))) for p in patterns)
    texts = [_part(exchange, kind) for kind in (("reasoning", "reply") if part == "both" else (part,))]
    for sentence in (s for text in texts for s in sentences(text)):
        if pattern.search(sentence) and not (unless and unless.search(sentence)):
            return {"id": name, "met": True, "quote": " ".join(sentence.split()[:_QUOTED_WORDS])}
    return {"id": name, "met": False, "quote": ""}


def _premises_hold(name: str, exchange: str) -> bool:
    wanted, unwanted = premises("where")[name], premises("where_not")[name]
    return all(pattern.search(_part(exchange, part)) for part, pattern in wanted.items()) and not any(
        pattern.search(_part(exchange, part)) for part, pattern in unwanted.items()
    )


def _part(exchange: str, name: str) -> str:
    found = re.search(rf"<{name}>\n(.*?)\n</{name}>", exchange, re.DOTALL)
    return found[1] if found else ""
