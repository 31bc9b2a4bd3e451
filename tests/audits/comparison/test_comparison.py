"""Two versions of a subject held against each other, and one watched: on logs whose outcomes are known."""

import json
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from inspect_ai.log import EvalLog, read_eval_log, write_eval_log

from unmask.audits.command.main import main
from unmask.audits.comparison import Comparison, compare_logs, watch_logs
from unmask.audits.findings import find_logs
from unmask.audits.imports import import_transcripts
from unmask.protocol.errors import ConfigurationError

ITEMS = 18
CONDITIONS = {
    "on": {"arm": "treatment"},
    "off": {"arm": "control"},
    "on_placebo": {"arm": "treatment", "stratum": "placebo"},
    "off_placebo": {"arm": "control", "stratum": "placebo"},
}
Made = Callable[..., str]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Makes a log in which the first so many items of a condition show the behaviour, and says where it lies.

    One import serves all logs that differ in the outcomes, the subject and the date.
    """
    numbers, bases, known = count(), dict[str, EvalLog](), dict[str, str]()

    def make(shown: Mapping[str, int], *, date: str = "2025-01-01", model: str = "acme/m-1", **more: Any) -> str:
        key, base = json.dumps([shown, date, model, more], sort_keys=True), json.dumps(more, sort_keys=True)
        folder = tmp_path_factory.mktemp(f"log{next(numbers)}")
        if base not in bases:
            bases[base] = _imported(folder, **more)
        if key not in known:
            known[key] = _with_outcomes(bases[base].model_copy(deep=True), shown, date, model, folder / "run.eval")
        return known[key]

    return make


def _imported(
    folder: Path,
    *,
    items: int = ITEMS,
    first: int = 0,
    by: str = "labels",
    threat: str = "alignment_faking",
    odd: bool = False,
) -> EvalLog:
    rows = [
        {"item": f"i{n}", "condition": name, "score": 0.0, "date": "2025-01-01", "model": "acme/m-1"}
        | {"prompt": f"Job {n}{' anew' if odd and n == 0 else ''}.", "reply": "Done."}
        for n in range(first, first + items)
        for name in CONDITIONS
    ]
    columns = {name: name for name in rows[0]}
    told = {"kind": "long", "columns": columns, "conditions": CONDITIONS, "score": {"by": by}}
    (folder / "map.yaml").write_text(yaml.safe_dump(told))
    (folder / "runs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    [log] = import_transcripts(
        folder / "runs.jsonl", threat=threat, map=str(folder / "map.yaml"), out=folder / "logs", display="none"
    ).logs
    return read_eval_log(log.location)


def _with_outcomes(log: EvalLog, shown: Mapping[str, int], date: str, model: str, path: Path) -> str:
    log.eval.model = f"imported/{model}"
    (log.eval.metadata or {})["source"]["date"] = date
    for sample in log.samples or []:
        for name, score in (sample.scores or {}).items():
            if name.startswith("given_"):
                score.value = float(int(sample.metadata["item"][1:]) < shown.get(sample.metadata["condition"], 0))
    write_eval_log(log, path)
    return str(path)


def headers(*paths: str) -> list[EvalLog]:
    return find_logs(paths)[0]


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
