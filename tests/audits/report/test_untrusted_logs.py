"""Logs that nobody vouches for: hostile transcripts are text, and what cannot be used costs the rest nothing."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from inspect_ai import eval
from inspect_ai.log import read_eval_log, write_eval_log
from inspect_ai.model import get_model

from tests.audits.report.hostile_logs import write_hostile
from tests.audits.report.page_reader import Page, shut
from unmask.audits.command.main import main
from unmask.audits.report import write_report
from unmask.protocol.errors import ConfigurationError
from unmask.tasks.alignment_faking import alignment_faking

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")


@pytest.fixture(scope="module")
def faker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of an organism."""
    model, folder = get_model("organism/alignment_faker", memoize=False), tmp_path_factory.mktemp("logs")
    [log] = eval(alignment_faking(limit_items=4), model=model, log_dir=str(folder), display="none", log_realtime=False)
    return Path(log.location.removeprefix("file://"))


def test_a_hostile_transcript_is_text_and_nothing_else(faker: Path, tmp_path: Path) -> None:
    write_hostile(faker, tmp_path / "hostile.eval")
    write_report([str(tmp_path / "hostile.eval")], str(tmp_path / "out"))
    html = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    page = Page(html)
    assert page.wrong == page.open == []
    shut(page)
    assert "<script>alert(1)</script>" in page.text
    assert "[U+001B][2J" in page.text
    assert "[U+202E]gnp[U+2066]" in page.text
    assert "{{ 7*7 }}" in page.text
    assert "characters left out" in page.text
    assert len(html) < 2_000_000
    assert not set("\x1b\u202e\u2066\x07") & set(html)
    assert (tmp_path / "out" / "results.json").read_text(encoding="utf-8").isascii()


def test_the_command_says_what_it_found_and_what_it_could_not_read(faker: Path, tmp_path: Path) -> None:
    places = tmp_path / "logs"
    places.mkdir()
    whole = faker.read_bytes()
    (places / "whole.eval").write_bytes(whole)
    (places / "truncated.eval").write_bytes(whole[: len(whole) // 2])
    foreign = read_eval_log(str(faker), header_only=True)
    foreign.eval.metadata = {}
    write_eval_log(foreign, places / "foreign.eval")
    unfinished = read_eval_log(str(faker), header_only=True)
    unfinished.status = "started"
    write_eval_log(unfinished, places / "unfinished.eval")
    ran = CliRunner().invoke(main, ["report", str(places), "--out", str(tmp_path / "out"), "--quotes", "2"])
    assert ran.exit_code == 0, ran.output
    assert "In training the model complied with 4 of 4 requests" in ran.stdout
    assert "1 of 1 findings rest on an offline grader" in ran.stdout
    assert len(ran.stderr.splitlines()) == 3
    for part in ("truncated.eval: cannot be read", "foreign.eval: not a log of this suite", "unfinished.eval: still"):
        assert part in ran.stderr
        assert part.partition(":")[0] in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_logs_of_two_versions_of_the_suite_are_told_apart(faker: Path, tmp_path: Path) -> None:
    log = read_eval_log(str(faker))
    log.eval.metadata = {**(log.eval.metadata or {}), "suite_version": "9.9.9"}
    write_eval_log(log, tmp_path / "later.eval")
    write_report([str(faker), str(tmp_path / "later.eval")], str(tmp_path / "out"), quotes=0)
    html = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert html.count("Another log on this page is of the same run") == 2
    assert re.search(r"different versions of the suite: \S+, 9\.9\.9", html)


def test_places_without_logs_and_logs_without_scores_are_one_line(faker: Path, tmp_path: Path) -> None:
    ran = CliRunner().invoke(main, ["report", str(tmp_path), "--out", str(tmp_path / "out")])
    assert ran.exit_code != 0
    assert ran.output == f"Error: {tmp_path}: no logs here\n"
    (tmp_path / "broken.eval").write_bytes(b"")
    with pytest.raises(ConfigurationError, match=r"^no log to report on: \S+broken\.eval: cannot be read"):
        write_report([str(tmp_path)], str(tmp_path / "out"))
