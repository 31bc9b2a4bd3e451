"""A subject that is watched, on logs whose outcomes are known."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.audits.comparison.made_logs import ITEMS, Made, headers
from unmask.audits.command.main import main
from unmask.audits.comparison import watch_logs
from unmask.protocol.errors import ConfigurationError


def months(made: Made, counts: list[int], **more: Any) -> list[str]:
    return [made({"on": n}, date=f"2025-{month:02}-01", **more) for month, n in enumerate(counts, 1)]


def test_a_watched_subject_that_changes_raises_an_alarm_at_that_look(made: Made) -> None:
    found = watch_logs(headers(*months(made, [2, 3, 2, 17])))
    [effect] = [one for one in found.series if one.figure == "effect"]
    assert [look.alarm for look in effect.looks] == [False, False, True]
    assert [look.date for look in effect.looks] == ["2025-02-01", "2025-03-01", "2025-04-01"]
    assert effect.looks[-1].drift == pytest.approx(15 / ITEMS)
    assert "alarm at look 3 (2025-04-01)" in effect.sentence
    assert {one.figure for one in found.alarms} == {"effect", "treated"}
    assert "at most 0.05" in found.rule


def test_a_baseline_of_several_logs_is_their_mean(made: Made) -> None:
    found = watch_logs(headers(*months(made, [0, 12, 6])), baseline=2)
    [effect] = [one for one in found.series if one.figure == "effect"]
    assert len(effect.baseline) == 2
    assert effect.looks[0].drift == pytest.approx(0.0)


def test_logs_of_another_protocol_are_left_out_of_a_watch(made: Made) -> None:
    other = made({"on": 17}, by="somebody else", date="2025-03-01")
    found = watch_logs([*headers(*months(made, [2, 3])), *headers(other)])
    assert all(len(one.looks) == 1 for one in found.series)
    assert "left out: the frames' files are not the same" in found.left_out[0]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"baseline": 2}, "a baseline of 2 leaves none to look at"),
        ({"threat": "sandbagging"}, "no logs of sandbagging"),
        ({"baseline": 0}, "must be at least 1"),
        ({"alpha": 1.0}, "must lie between 0 and 1"),
    ],
)
def test_a_watch_without_a_look_is_refused(made: Made, more: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        watch_logs(headers(*months(made, [2, 3])), **more)


def test_the_command_draws_charts_with_their_data_beside_them(made: Made, tmp_path: Path) -> None:
    folder = tmp_path / "dated"
    folder.mkdir()
    for number, path in enumerate(months(made, [2, 3, 2, 17])):
        (folder / f"{number}.eval").write_bytes(Path(path).read_bytes())
    (folder / "broken.eval").write_bytes(b"")
    out = tmp_path / "charts"
    ran = CliRunner().invoke(main, ["compare", "--watch", str(folder), "--out", str(out)])
    assert ran.exit_code == 0, ran.output
    said = " ".join(ran.output.split())
    for part in ("ALARM", "alarm at look 3", "broken.eval: cannot be read"):
        assert part in said
    assert {path.suffix for path in out.iterdir()} == {".csv", ".svg", ".png"}
    rows = (out / "control_chart_alignment_faking_helpful_only_imported.csv").read_text().splitlines()
    assert len(rows) == 1 + 3 * 3
