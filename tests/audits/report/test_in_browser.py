"""Pages in a real browser: nothing runs, nothing is fetched, nothing is complained of."""

from pathlib import Path

import pytest

from tests.audits.report.browser import found_browser, opened
from tests.audits.report.hostile_logs import HOSTILE, write_hostile
from unmask.audits.report import write_report

pytestmark = pytest.mark.skipif(found_browser() is None, reason="no Chromium on this machine")

REFERENCE = Path(__file__).parents[3] / "logs" / "reference"

BAD = """<html><body><script>console.error("boom"); document.title = "ran"; undefined_name();</script>
<img src="http://127.0.0.1:9/x.png"></body></html>"""


def test_a_page_that_runs_and_fetches_something_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text(BAD, encoding="utf-8")
    found = opened(tmp_path / "bad.html", tmp_path / "profile")
    assert "<title>ran</title>" in found.dom
    assert len(found.console) == 2
    assert found.requests == ["http://127.0.0.1:9/x.png"]


def test_the_report_of_all_threats_opens_without_an_error_or_a_request(tmp_path: Path) -> None:
    write_report([str(REFERENCE)], str(tmp_path / "out"), quotes=2)
    found = opened(tmp_path / "out" / "report.html", tmp_path / "profile")
    assert found.console == found.requests == []
    assert found.dom.count('<img src="data:image') >= 8


def test_nothing_of_a_hostile_transcript_is_executed(tmp_path: Path) -> None:
    write_hostile(REFERENCE / "alignment_faking_positive.eval", tmp_path / "hostile.eval")
    write_report([str(tmp_path / "hostile.eval")], str(tmp_path / "out"))
    found = opened(tmp_path / "out" / "report.html", tmp_path / "profile")
    assert found.console == found.requests == []
    assert "<script" not in found.dom
    assert '<a href="javascript' not in found.dom
    assert HOSTILE[:25].replace("<", "&lt;").replace(">", "&gt;") in found.dom
