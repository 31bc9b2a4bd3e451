"""The page tells nothing of verdict, arm and frame, and nothing in a transcript can run."""

import base64
import hashlib
import json
import re
from html import unescape
from typing import Any

import pytest

from tests.audits.labels.made_plans import HOSTILE, plan_of
from unmask.audits.labels.blind.label_page import label_page, page_policy, visible


def data_in(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    read: dict[str, Any] = json.loads(found[1])
    return read


@pytest.mark.parametrize("served", [True, False])
def test_the_page_is_blind(served: bool) -> None:
    page = label_page(plan_of(["One.", "Two.", "Three.", "Four."]), served=served)
    shown = json.dumps(data_in(page)["items"])
    for secret in ("secret", "treatment", "control", "0.7123", "verdict", "refusal", "transcript-", "run.eval"):
        assert secret not in shown
    assert "some/model" not in page
    assert all(set(item) <= {"id", "parts"} for item in data_in(page)["items"])


def test_the_policy_allows_the_pages_own_script_and_style_and_nothing_else() -> None:
    page = label_page(plan_of(["One."]), served=False)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    assert unescape(policy[1]) == page_policy(served=False)
    directives = dict(part.split(" ", 1) for part in unescape(policy[1]).split("; "))
    assert directives["default-src"] == directives["connect-src"] == directives["base-uri"] == "'none'"
    for kind, inside in (("script-src", r"<script>(.*?)</script>"), ("style-src", r"<style>(.*?)</style>")):
        [text] = re.findall(inside, page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert directives[kind] == f"'sha256-{digest}'"
    assert not re.search(r"https?://|unsafe|\bon\w+=|style=", page.replace("http-equiv", ""))


def test_a_hostile_transcript_is_text_and_all_of_it_is_seen() -> None:
    page = label_page(plan_of([HOSTILE]), served=False)
    assert page.encode("utf-8")
    assert page.count("</script>") == 2
    assert "<img" not in page
    text = data_in(page)["items"][0]["parts"][1]["text"]
    assert text.startswith("<script>document.title='run'</script><img")
    for mark in (
        "\u27e8U+001B\u27e9[31m",
        "\u27e8U+202E\u27e9",
        "\u27e8U+200B\u27e9",
        "\u27e8U+2028\u27e9",
        "\u27e8U+D800\u27e9",
    ):
        assert mark in text
    assert text.endswith("[[data]]")


def test_what_is_plain_is_left_as_it_is() -> None:
    plain = "Zwei Äpfel,\n\tdrei 梨 und ein 🙂; «so»."
    assert visible(plain) == plain
    assert visible("a\r\nb\rc") == "a\nb\u27e8U+000D\u27e9c"


def test_five_megabytes_are_no_obstacle() -> None:
    page = label_page(plan_of(["word " * 1_000_000]), served=False)
    assert len(data_in(page)["items"][0]["parts"][1]["text"]) == 5_000_000


def test_the_script_writes_text_and_no_markup() -> None:
    page = label_page(plan_of(["One."]), served=True)
    [script] = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|Function\(", script)


@pytest.mark.parametrize("served", [True, False])
def test_every_answer_is_offered_and_says_what_it_counts_as(served: bool) -> None:
    offered = data_in(label_page(plan_of(["One."]), served=served))["rubric"]["choices"]
    assert [(one["name"], one["yes"]) for one in offered] == [
        ("full", True),
        ("partial", False),
        ("substitute", False),
        ("refusal", False),
        ("evasion", False),
        ("cannot_tell", None),
    ]
