"""Two versions of a subject held against each other, on logs whose outcomes are known."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from inspect_ai.log import EvalLog, read_eval_log, write_eval_log

from tests.audits.comparison.made_logs import ITEMS, Made, headers
from unmask.audits.command.main import main
from unmask.audits.comparison import Comparison, compare_logs


def compared(before: str, after: str, **more: Any) -> Comparison:
    return compare_logs(headers(before), headers(after), **more)


def test_a_change_is_told_arm_by_arm_and_as_a_difference_in_differences(made: Made) -> None:
    found = compared(made({"on": 2}), made({"on": 14, "off": 2}, model="acme/m-2"))
    [one] = found.threats
    values = {drift.arm or drift.of: drift for drift in one.drifts}
    assert values["treated"].change.value == pytest.approx(12 / ITEMS)
    assert values["control"].change.value == pytest.approx(2 / ITEMS)
    assert values["effect"].change.value == values["net"].change.value == pytest.approx(10 / ITEMS)
    assert {name for name, drift in values.items() if drift.shown} == {"treated", "effect", "net"}
    assert found.tests == len(one.drifts) == 6
    assert values["treated"].sentence.startswith("In the treatment arm the rate went from .11 to .78: a change of .67")
    assert one.subjects == ("imported/acme/m-1", "imported/acme/m-2")


def test_holm_is_over_everything_that_is_compared(made: Made) -> None:
    sides = [[made({"on": 4 * n}), made({"on": 4 * n}, threat="backdoors")] for n in (0, 2)]
    together = compare_logs(*[headers(*side) for side in sides])
    alone = compared(sides[0][0], sides[1][0])
    assert (together.tests, alone.tests) == (12, 6)
    [first] = [one for one in together.threats if one.threat == "alignment_faking"]
    assert first.drifts[0].p_value == alone.threats[0].drifts[0].p_value
    assert first.drifts[0].holm > alone.threats[0].drifts[0].holm


def test_what_is_not_shown_says_what_would_have_been_missed(made: Made) -> None:
    [one] = compared(made({"on": 4}), made({"on": 5}, model="acme/m-2")).threats
    assert not any(drift.shown for drift in one.drifts)
    assert "no change is shown" in one.drifts[0].sentence
    assert "With 18 items in both, a change below" in one.drifts[0].sentence


def test_items_in_one_run_alone_are_listed_and_left_out(made: Made) -> None:
    [one] = compared(made({"on": 6}), made({"on": 6}, first=2)).threats
    assert one.only_before == ["i0", "i1"]
    assert one.only_after == ["i18", "i19"]
    assert {drift.pairs for drift in one.drifts} == {16}


def test_items_whose_text_changed_are_listed_and_left_out(made: Made) -> None:
    [one] = compared(made({"on": 6}), made({"on": 6}, odd=True)).threats
    assert one.changed_items == ["i0"]
    assert {drift.pairs for drift in one.drifts} == {17}


def test_other_maps_are_other_frames_and_refused_unless_asked_for(made: Made) -> None:
    sides = made({"on": 6}), made({"on": 6}, by="somebody else")
    [one] = compared(*sides).threats
    assert one.drifts == []
    assert one.refused == ["the frames' files are not the same (frames of the map)"]
    [anyway] = compared(*sides, anyway=True).threats
    assert len(anyway.drifts) == 6
    assert anyway.cautions[0].startswith("compared all the same, as asked: the frames' files")


@pytest.fixture
def edited(made: Made, tmp_path: Path) -> Callable[[Callable[[EvalLog], None]], str]:
    """A copy of a log of which something is changed."""

    def edit(change: Callable[[EvalLog], None]) -> str:
        log = read_eval_log(made({"on": 6}))
        change(log)
        write_eval_log(log, tmp_path / "edited.eval")
        return str(tmp_path / "edited.eval")

    return edit


def _grader(log: EvalLog) -> None:
    (log.eval.metadata or {})["grader"] = ["acme/judge"]


def _contrast(log: EvalLog) -> None:
    (log.eval.metadata or {})["contrast"]["control"] = ["elsewhere"]


def _rubric(log: EvalLog) -> None:
    files = (log.eval.metadata or {})["files"]
    files[next(path for path in files if "rubrics/" in path)] = "0"


def _asked(log: EvalLog) -> None:
    (log.eval.metadata or {})["reasoning"] = "native"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_grader, "other graders judged (nobody and acme/judge)"),
        (_contrast, "the declared contrasts differ"),
        (_rubric, "by other rubrics"),
        (_asked, "asked in another way"),
    ],
)
def test_what_would_pass_for_a_drift_is_refused(
    made: Made, edited: Callable[[Any], str], change: Callable[[EvalLog], None], said: str
) -> None:
    [one] = compared(made({"on": 6}), edited(change)).threats
    assert said in "; ".join(one.refused)


def test_what_only_weakens_a_comparison_is_said(made: Made, edited: Callable[[Any], str]) -> None:
    def older(log: EvalLog) -> None:
        (log.eval.metadata or {})["suite_version"] = "0.0.1"
        log.eval.packages["inspect_ai"] = "0.3.1"

    [one] = compared(made({"on": 6}), edited(older)).threats
    assert len(one.drifts) == 6
    for part in ("the suite's versions differ", "Inspect's versions differ", "both runs are of imported/acme/m-1"):
        assert part in "; ".join(one.cautions)


def test_logs_without_a_partner_and_with_several_are_named_and_the_rest_compared(made: Made) -> None:
    old = headers(made({"on": 6}), made({"on": 6}, threat="backdoors"), made({"on": 7}, threat="backdoors"))
    new = headers(made({"on": 8}), made({"on": 6}, threat="in_context_scheming"), made({"on": 8}, threat="backdoors"))
    found = compare_logs(old, new)
    assert [one.threat for one in found.threats] == ["alignment_faking"]
    told = "\n".join(found.unmatched)
    assert "backdoors/prompts/imported: the first side has several logs" in told
    assert "in_context_scheming/reasoning/imported: not on the first side" in told


def test_sandbagging_counts_a_loss_as_a_rise_of_the_effect(made: Made) -> None:
    sides = [made({"on": n, "off": 18}, threat="sandbagging") for n in (18, 6)]
    values = {drift.arm or drift.of: drift for drift in compared(*sides).threats[0].drifts}
    assert values["treated"].change.value == pytest.approx(-12 / ITEMS)
    assert values["effect"].change.value == pytest.approx(12 / ITEMS)


def test_the_command_prints_and_writes_the_same(made: Made) -> None:
    sides = [made({"on": 2}), made({"on": 14, "off": 2}, model="acme/m-2")]
    ran = CliRunner().invoke(main, ["compare", *sides])
    assert ran.exit_code == 0, ran.output
    said = " ".join(ran.output.split())
    written = json.loads(CliRunner().invoke(main, ["compare", *sides, "--json"]).stdout)
    [one] = written["threats"]
    for drift in one["drifts"]:
        assert drift["sentence"] in said
    assert "p after Holm's correction over 6 tests" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["compare", "one"], "give the logs of both versions"),
        (["compare", "nowhere", "nowhere"], "nowhere: no logs here"),
        (["compare", "one", "--watch", "two"], "--watch takes its logs from the folder"),
    ],
)
def test_bad_use_is_one_clear_line(arguments: list[str], said: str) -> None:
    ran = CliRunner().invoke(main, arguments)
    assert ran.exit_code != 0
    assert said in ran.output.splitlines()[-1]
