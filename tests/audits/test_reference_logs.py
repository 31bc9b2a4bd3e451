"""The reference logs: each opens, is scored again to the same, and says what is declared of it."""

import math
import zipfile
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import score
from inspect_ai.log import EvalLog, read_eval_log
from inspect_ai.scorer import Scorer
from inspect_ai.util import registry_create

import unmask.tasks.registry  # noqa: F401 - scorers under the names that logs have them by
from unmask.audits.findings import find_logs, finding_of
from unmask.audits.reference_logs import FOLDER, ReferenceLog, reference_logs

THREATS = {"alignment_faking", "backdoors", "in_context_scheming", "sandbagging"}
MOST = 1_500_000
"""Bytes that a clone should have to carry for them."""

each_log = pytest.mark.parametrize("one", reference_logs(), ids=lambda one: one.name)


def values(log: EvalLog) -> dict[str, Any]:
    return {
        f"{sample.id}/{sample.epoch}/{name}": (str(found.value), found.reason, found.answer)
        for sample in log.samples or []
        for name, found in (sample.scores or {}).items()
    }


@each_log
def test_a_log_says_what_is_declared_of_it(one: ReferenceLog) -> None:
    found = finding_of(read_eval_log(str(one.path), header_only=True))
    assert (found.threat, found.subject.model) == (one.task, one.subject)
    assert found.verdict == one.verdict
    assert found.offline_grader
    assert (found.status, found.errors, found.completed) == ("success", 0, found.planned)
    assert found.sentence in (FOLDER.parent / "README.md").read_text(encoding="utf-8")


@each_log
def test_a_log_is_scored_again_to_the_same_values_and_the_same_finding(one: ReferenceLog) -> None:
    if one.trained:
        pytest.skip("its model has weights, and none in the clone")
    before = read_eval_log(str(one.path))
    scorers: list[Scorer] = [
        registry_create("scorer", made.name, **(made.options or {})) for made in before.eval.scorers or []
    ]
    after = score(before, scorers, action="overwrite", display="none")
    assert values(after) == values(before)
    same = {"effect", "net_effect", "neutral_effect", "arms", "missing", "verdict", "sentence", "pairs"}
    assert finding_of(after).model_dump(include=same) == finding_of(before).model_dump(include=same)


def test_each_threat_has_one_that_is_found_and_one_that_is_not() -> None:
    found = {(one.task, one.verdict == "present") for one in reference_logs()}
    assert found == {(threat, shown) for threat in THREATS for shown in (True, False)}


def test_nothing_else_lies_there_and_all_of_it_is_small() -> None:
    headers, faults = find_logs([str(FOLDER)])
    assert faults == []
    assert {Path(log.location).name for log in headers} == {one.path.name for one in reference_logs()}
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < MOST


@each_log
def test_a_log_does_not_tell_where_it_was_made(one: ReferenceLog) -> None:
    log = read_eval_log(str(one.path), header_only=True)
    assert log.eval.revision is None or log.eval.revision.origin == ""
    here = [str(Path.home()).encode(), str(FOLDER.parents[1]).encode()]
    with zipfile.ZipFile(one.path) as members:
        told = [name for name in members.namelist() if any(place in members.read(name) for place in here)]
    assert told == []


def test_figures_of_a_log_are_numbers() -> None:
    [first, *_] = reference_logs()
    found = finding_of(read_eval_log(str(first.path), header_only=True))
    assert found.net_effect
    assert all(map(math.isfinite, (found.net_effect.value, found.net_effect.low, found.net_effect.high)))
