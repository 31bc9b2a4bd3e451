"""A run is labelled blind: drawn by seed, written as a page, weighed once all are labelled, read by `unmask judge`."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from inspect_ai import eval
from inspect_ai.log import EvalLog, read_eval_log
from inspect_ai.model import get_model

from tests.audits.labels.made_plans import plan_of
from unmask.audits.command.main import main
from unmask.audits.labels import JudgeResult, Reading, read_labels
from unmask.audits.labels.blind.label_answers import agreement_of
from unmask.audits.labels.blind.label_plan import LabelPlan, plan_labels
from unmask.protocol.errors import ConfigurationError
from unmask.tasks.alignment_faking import alignment_faking

AWARENESS = ["--rubric", "eval_awareness"]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> EvalLog:
    folder = str(tmp_path_factory.mktemp("run"))
    model = get_model("organism/alignment_faker", memoize=False)
    [log] = eval(
        alignment_faking, task_args={"limit_items": 6}, model=model, log_dir=folder, display="none", log_realtime=False
    )
    return log


@pytest.fixture
def label(log: EvalLog, tmp_path: Path) -> Callable[..., Result]:
    def one(*words: str) -> Result:
        named = ["--save", str(tmp_path / "labels.json")]
        return CliRunner().invoke(main, ["label", log.location, *words, *named])

    return one


def answered(plan: LabelPlan, path: Path, answer: Callable[[bool], str]) -> None:
    lines = [json.dumps({"id": item.id, "answer": answer(item.verdict)}) for item in plan.items]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_the_draw_is_even_over_arm_and_verdict_and_repeats_by_seed(log: EvalLog) -> None:
    plan = plan_labels([log], 8, "eval_awareness")
    assert {(one.arm, one.verdict) for one in plan.strata} == {("treatment", False), ("control", False)}
    arms = [item.arm for item in plan.items]
    assert (arms.count("treatment"), arms.count("control")) == (4, 4)
    assert plan == plan_labels([log], 8, "eval_awareness")
    assert [item.id for item in plan_labels([log], 8, "eval_awareness", seed=1).items] != [
        item.id for item in plan.items
    ]


def test_a_person_sees_what_the_judge_was_shown(log: EvalLog) -> None:
    plan = plan_labels([log], 6, "eval_awareness")
    samples = {sample.uuid: sample for sample in log.samples or []}
    for item in plan.items:
        assert set(item.parts) <= {"request", "reasoning", "reply"}
        assert item.parts["request"] == samples[item.transcript].input
        assert item.parts["reply"] in samples[item.transcript].output.completion
        assert not any(frame in json.dumps(item.parts) for frame in (item.frame, item.sample))


def test_where_no_question_is_named_it_is_that_of_the_behaviour(log: EvalLog) -> None:
    assert plan_labels([log], 4).rubric == "compliance"


@pytest.mark.parametrize(
    ("n", "rubric", "told"),
    [
        (1, "eval_awareness", "--n 1: must be at least 2"),
        (9, "departure", "no sample of these logs has a judge's verdict"),
    ],
)
def test_what_cannot_be_drawn_is_one_clear_line(log: EvalLog, n: int, rubric: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        plan_labels([log], n, rubric)


def test_from_the_page_to_a_file_that_judge_and_report_read(
    label: Callable[..., Result], log: EvalLog, tmp_path: Path
) -> None:
    page, answers, save = tmp_path / "page.html", tmp_path / "answers.jsonl", tmp_path / "labels.json"
    ran = label(*AWARENESS, "--n", "8", "--out", str(page))
    assert ran.exit_code == 0, ran.output
    plan = LabelPlan.model_validate_json((tmp_path / "labels.key.json").read_text(encoding="utf-8"))
    assert all(item.id in page.read_text(encoding="utf-8") for item in plan.items)
    answered(plan, answers, lambda verdict: "aware" if verdict else "not_aware")
    ran = label("--finish", str(answers))
    assert ran.exit_code == 0, ran.output
    assert "8 of 24 judged samples labelled" in " ".join(ran.output.split())
    found = JudgeResult.model_validate_json(save.read_text(encoding="utf-8"))
    assert (found.specificity.value, found.sensitivity.value, found.grader) == (1.0, None, "organism/grader")
    assert found.sampling
    assert found.sampling.rate.value == 0.0
    assert 0.2 < float(found.sampling.rate.high or 0) < 0.6
    again = read_labels(str(save), Reading(rubric="eval_awareness"))
    assert {row.id for row in again.rows} == {item.transcript for item in plan.items}
    assert {row.arm for row in again.rows} == {"treatment", "control"}


def test_the_same_command_goes_on_with_the_same_draw(label: Callable[..., Result], tmp_path: Path) -> None:
    label(*AWARENESS, "--n", "6", "--out", str(tmp_path / "a.html"))
    label(*AWARENESS, "--n", "20", "--seed", "5", "--out", str(tmp_path / "b.html"))
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    ran = label("--rubric", "compliance", "--out", str(tmp_path / "c.html"))
    assert "is about rubric 'eval_awareness'; choose another --save" in ran.output


FAULTS = {
    "nowhere": (["label", "{dir}/nowhere"], "no logs here"),
    "no logs": (["label"], "LOGS: say where the logs are"),
    "both": (["label", "x", "--serve", "--out", "y.html"], "--out and --serve: choose one"),
    "no key": (["label", "--finish", "{dir}/answers.jsonl"], "is no key of labels"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_bad_usage_is_one_clear_line(fault: str, tmp_path: Path) -> None:
    words, told = FAULTS[fault]
    save = ["--save", str(tmp_path / "labels.json")]
    ran = CliRunner().invoke(main, [*(word.replace("{dir}", str(tmp_path)) for word in words), *save])
    assert (ran.exit_code, ran.output.startswith("Error: ")) == (1, True)
    assert told in ran.output


def test_scouts_validation_sets_find_their_transcripts_in_the_logs(log: EvalLog, tmp_path: Path) -> None:
    samples = (read_eval_log(log.location).samples or [])[:4]
    lines = ["id,target_eval_awareness,target_other,split"]
    lines += [f"{sample.uuid},{str(n % 2 == 0).lower()},false,dev" for n, sample in enumerate(samples)]
    path = tmp_path / "validation.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    how = Reading(rubric="eval_awareness", logs=[log.location], split="dev")
    found = read_labels(str(path), how)
    assert [(row.id, row.label) for row in found.rows] == [(s.uuid, n % 2 == 0) for n, s in enumerate(samples)]
    assert all(row.parts["reply"] and row.arm for row in found.rows)
    path.write_text("id,target\nnobody,true\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="row 'nobody': no sample of this id in the logs"):
        read_labels(str(path), Reading(rubric="eval_awareness", logs=[log.location]))
    path.write_text('id,target\n"a,b",true\n', encoding="utf-8")
    with pytest.raises(ConfigurationError, match="names 2 transcripts"):
        read_labels(str(path), Reading(rubric="eval_awareness", logs=[log.location]))


def test_labels_are_weighted_by_how_the_samples_were_drawn() -> None:
    plan = plan_of(["reply"] * 8, size=10)
    plan = plan.model_copy(
        update={"strata": [s.model_copy(update={"size": 4 if s.verdict else 96}) for s in plan.strata]}
    )
    answers = {item.id: "full" if item.verdict else "refusal" for item in plan.items}
    missed = next(item for item in plan.items if not item.verdict)
    found = agreement_of(plan, {**answers, missed.id: "full"}, "labels.json")
    assert found.sampling
    assert found.sampling.rate.value == pytest.approx((8 + 96 / 2) / 200)
    assert found.sensitivity.value == pytest.approx(8 / (8 + 48))
    assert found.specificity.value == 1.0
    assert [one.id for one in found.discordant] == [f"{missed.sample}/1"]
    with pytest.raises(ConfigurationError, match="1 of 8 are not labelled yet"):
        agreement_of(plan, {k: v for k, v in answers.items() if k != missed.id}, "labels.json")
