"""The page on which a person labels: one file, no request to anybody, and nothing in a transcript that can run."""

import json
import re
import unicodedata
from base64 import b64encode
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any

from unmask.audits.labels.blind.label_answers import CANNOT_TELL, choices
from unmask.audits.labels.blind.label_plan import LabelPlan, PlannedItem
from unmask.audits.labels.reading import yes_labels
from unmask.scorers.judge.rubric import rubric

__all__ = ["item_data", "label_page", "page_policy", "visible"]

_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
"""Kinds of sign that show nothing, or change how their neighbours are shown."""

_SHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u0600-\U0010ffff]")
"""Signs among which such may be."""


def visible(text: str) -> str:
    """A text whose signs are all to be seen: direction marks, terminal codes and signs without width by their number.

    Args:
        text: Any text.
    """
    return _SHOWN.sub(lambda found: _named(found[0]), text.replace("\r\n", "\n"))


def _named(sign: str) -> str:
    return f"\u27e8U+{ord(sign):04X}\u27e9" if unicodedata.category(sign) in _UNSEEN else sign


def label_page(plan: LabelPlan, *, served: bool) -> str:
    """The page as HTML.

    It holds no verdict, no arm, no frame and no id of a sample.

    Args:
        plan: The plan.
        served: Whether a server keeps the answers and sends the items; else they lie in the page, and the answers in
            the browser.
    """
    data = {
        "digest": plan.digest,
        "served": served,
        "rubric": _rubric(plan),
        "items": [{"id": item.id} if served else item_data(item) for item in plan.items],
    }
    kept = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c").replace("\u2028", "\\u2028")
    filled = {
        "policy": escape(page_policy(served=served)),
        "style": _file("label.css"),
        "data": kept.replace("\u2029", "\\u2029"),
        "script": _file("label.js"),
    }
    return re.sub(r"\[\[(\w+)\]\]", lambda found: filled[found[1]], _file("label.html"))


def page_policy(*, served: bool) -> str:
    """The page's content security policy: its own script and style, and a server only where there is one.

    Args:
        served: Whether there is one.
    """
    script, style = (_digest(_file(name)) for name in ("label.js", "label.css"))
    connect = "'self'" if served else "'none'"
    return (
        f"default-src 'none'; script-src '{script}'; style-src '{style}'; connect-src {connect}; "
        "base-uri 'none'; form-action 'none'"
    )


def item_data(item: PlannedItem) -> dict[str, Any]:
    """What the page shows of an item.

    Args:
        item: The item.
    """
    return {"id": item.id, "parts": [{"name": name, "text": visible(text)} for name, text in item.parts.items()]}


def _rubric(plan: LabelPlan) -> dict[str, Any]:
    wanted = rubric(plan.rubric)
    yes = yes_labels(wanted)
    rules = {
        name: [{"met": rule.met, "unmet": rule.unmet} for rule in wanted.labels if rule.label == name]
        for name in choices(plan)
    }
    return {
        "id": wanted.id,
        "about": wanted.about,
        "criteria": [c.model_dump(include={"id", "question", "does_not_count"}) for c in wanted.criteria],
        "choices": [
            {"name": name, "yes": None if name == CANNOT_TELL else name in yes, "rules": rules[name]}
            for name in choices(plan)
        ],
    }


def _file(name: str) -> str:
    return files("unmask.audits.labels.blind").joinpath("page", name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
