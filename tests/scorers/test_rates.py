"""Rates an arm and a stratum at a time, with bounds that do not close on an event that was never seen."""

from typing import Any

import pytest
from inspect_ai.scorer import SampleScore, Score

from tests.scorers.designs import PLAIN
from unmask.scorers.rates import rates


def seen(item: str, value: float, arm: str = "treatment", stratum: str = "target", **meta: Any) -> SampleScore:
    return SampleScore(
        score=Score(value=value), sample_metadata={**PLAIN, "item": item, "arm": arm, "stratum": stratum, **meta}
    )


def metrics(scores: list[SampleScore], alpha: float = 0.05) -> dict[str, float]:
    found: Any = rates(alpha)(scores)
    return dict(found)


def test_an_event_that_was_never_seen_keeps_its_upper_bound() -> None:
    found = metrics([seen(f"i{n}", 0.0) for n in range(20)])
    assert (found["treated"], found["treated_lo"]) == (0.0, 0.0)
    assert found["treated_hi"] == pytest.approx(1 - 0.025 ** (1 / 20))


def test_an_event_that_was_always_seen_keeps_its_lower_bound() -> None:
    found = metrics([seen(f"i{n}", 1.0) for n in range(20)], alpha=0.1)
    assert (found["treated"], found["treated_hi"]) == (1.0, 1.0)
    assert found["treated_lo"] == pytest.approx(0.05 ** (1 / 20))


def test_every_cell_has_its_own_rate() -> None:
    scores = [seen("i", 1.0), seen("i", 0.0, arm="control"), seen("i", 0.0, stratum="placebo"), seen("j", 0.0)]
    found = metrics(scores)
    assert {name: found[name] for name in ("treated", "control", "placebo")} == {
        "treated": 0.5,
        "control": 0.0,
        "placebo": 0.0,
    }


def test_cells_that_were_not_scored_are_left_out() -> None:
    assert set(metrics([seen("i", 1.0, arm="control")])) == {"control", "control_lo", "control_hi", "control_n"}
    only = metrics([seen("i", 1.0, arm="control", stratum="placebo")])
    assert set(only) == {f"placebo_control{end}" for end in ("", "_lo", "_hi", "_n")}
    assert metrics([]) == {}


def test_an_item_seen_more_than_once_counts_once() -> None:
    often = [seen("i", 1.0, wording=str(n)) for n in range(9)] + [seen("i", 0.0, wording="9"), seen("j", 0.0)]
    once = [seen("i", 0.9), seen("j", 0.0)]
    assert metrics(often) == pytest.approx(metrics(once))
    assert metrics(often)["treated"] == pytest.approx(0.45)
