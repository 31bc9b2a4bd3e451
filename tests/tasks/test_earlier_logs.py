"""Logs of the version before open, are scored again to the same values, and make the same tables."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import score
from inspect_ai.log import EvalLog, read_eval_log
from inspect_ai.scorer import Scorer
from inspect_ai.util import registry_create

from unmask.analysis.tables import samples_table
from unmask.audits.findings import log_figures
from unmask.scorers import admitted, eval_awareness, faking_reasoning, took_as_order
from unmask.tasks import registry

LOGS = sorted((Path(__file__).parent / "logs").glob("1-A_*.eval"))
Inspect = Callable[..., None]
DEPENDENT: dict[str, Callable[[], Scorer]] = {
    "faking_reasoning": faking_reasoning,
    "took_as_order": took_as_order,
    "admitted": admitted,
    "eval_awareness": eval_awareness,
}
"""Scorers that once hung on the order in which they were asked."""

CHANGED = (" mde", " present", " absent", " inconclusive", " specificity", "specificity_ci_low", "specificity_ci_high")
"""What has another definition since: the smallest effect at the declared discordance, the verdict, the specificity."""

STRATA = tuple(f"schemed {key}" for key in ("ci_low", "ci_high", "p_value", "net_ci_low", "net_ci_high"))
"""What is computed over scenarios since, with families as strata; and the number of them in place of `_pairs`."""


def values(log: EvalLog) -> dict[str, object]:
    """Every score's value, reason and answer, by sample and scorer."""
    return {
        f"{sample.id} {name}": (str(found.value), found.reason, found.answer)
        for sample in log.samples or []
        for name, found in (sample.scores or {}).items()
    }


def figures(log: EvalLog) -> dict[str, float]:
    return {f"{name} {key}": value for name, found in log_figures(log).items() for key, value in found.items()}


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.stem)
def test_a_log_of_version_1_is_scored_again_to_the_same_values_and_figures(path: Path) -> None:
    before = read_eval_log(str(path))
    asked = [made(one.name, one.options or {}) for one in before.eval.scorers or []]
    assert_same(before, score(before, asked, action="overwrite", display="log"))


def made(name: str, options: dict[str, Any]) -> Scorer:
    """A scorer by the name that a log has; one that was renamed since is found under its former name."""
    factory = getattr(registry, name, None)
    found: Scorer = factory(**options) if factory else registry_create("scorer", name, **options)
    return found


@pytest.mark.matrix
@pytest.mark.parametrize("path", LOGS[:1], ids=lambda path: path.stem)
def test_the_command_line_scores_it_again_too(path: Path, inspect: Inspect, tmp_path: Path) -> None:
    after = tmp_path / "again.eval"
    inspect("score", path, "--action", "overwrite", "--output-file", after)
    assert_same(read_eval_log(str(path)), read_eval_log(str(after)))


def assert_same(before: EvalLog, again: EvalLog) -> None:
    assert before.eval.task_version == "1-A"
    assert values(again) == values(before)
    kept = {name: value for name, value in figures(before).items() if not name.endswith((*CHANGED, *STRATA, "_pairs"))}
    found = figures(again)
    assert {name: found[name] for name in kept} == pytest.approx(kept, nan_ok=True)


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.stem)
def test_one_scorer_alone_gives_what_it_gave_among_the_others(path: Path) -> None:
    before = read_eval_log(str(path))
    assert before.results
    name = next(one.name for one in before.results.scores if one.name in DEPENDENT)
    alone = score(before, DEPENDENT[name](), action="overwrite", display="log")
    assert values(alone) == {key: value for key, value in values(before).items() if key.endswith(f" {name}")}


def test_logs_of_the_version_before_make_one_table() -> None:
    table = samples_table([str(path) for path in LOGS])
    assert set(table["threat"]) == {"alignment_faking", "sandbagging", "in_context_scheming", "backdoors"}
    assert not any(isinstance(value, float) and math.isinf(value) for value in table["epoch"])
