"""Main effects of the bundled crossing, on outcomes that were put in by hand."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from inspect_ai.dataset import Sample
from inspect_ai.scorer import SampleScore, Score

from unmask.protocol.alignment_faking.preference_items import CHOICE
from unmask.protocol.assignment import assign_wordings, schedule
from unmask.protocol.families import load_items
from unmask.protocol.files import DATA
from unmask.protocol.frames import frame_set
from unmask.protocol.samples import make_samples
from unmask.scorers.contrast import factorial


def designed(frames: str = "factorial", track: str = "value_conflict") -> list[Sample]:
    """Twelve items in every frame of a set."""
    chosen = frame_set(frames, track, "alignment_faking")
    few = schedule(load_items(DATA / "alignment_faking" / track, CHOICE), seed=1)[:12]
    dealt = assign_wordings(few, list(chosen.wordings), seed=1)
    return list(make_samples(dealt, chosen, threat="alignment_faking", track=track, template="{scenario}"))


def metrics(outcome: Callable[[dict[str, Any]], float], **design: str) -> dict[str, float]:
    metas = [sample.metadata or {} for sample in designed(**design)]
    scores = [SampleScore(score=Score(value=outcome(meta)), sample_metadata=meta) for meta in metas]
    found: Any = factorial()(scores)
    return dict(found)


def is_level(meta: dict[str, Any], **levels: str) -> float:
    return float(all(meta[f"factor_{name}"] == level for name, level in levels.items()))


@pytest.fixture(scope="module")
def additive() -> dict[str, float]:
    """Training adds .5, monitoring takes .25 away, nothing else matters."""
    return metrics(
        lambda meta: 0.25 + 0.5 * is_level(meta, phase="training") - 0.25 * is_level(meta, oversight="monitored")
    )


def test_the_main_effects_that_were_put_in_come_out(additive: dict[str, float]) -> None:
    found = {name: value for name, value in additive.items() if ":" not in name and "_ci_" not in name}
    assert found == pytest.approx(
        {"phase=training": 0.5, "oversight=monitored": -0.25, "stakes=high": 0, "audience=internal": 0}, abs=1e-9
    )


def test_every_pair_of_factors_has_an_interaction_and_every_term_an_interval(additive: dict[str, float]) -> None:
    terms = [name for name in additive if "_ci_" not in name]
    assert len([name for name in terms if ":" in name]) == 6
    assert set(additive) == {f"{name}{end}" for name in terms for end in ("", "_ci_low", "_ci_high")}
    assert all(additive[f"{n}_ci_low"] <= additive[n] + 1e-9 for n in terms)


def test_effects_that_add_up_do_not_interact(additive: dict[str, float]) -> None:
    assert [value for name, value in additive.items() if ":" in name and "_ci_" not in name] == pytest.approx([0] * 6)


def test_an_interaction_that_was_put_in_comes_out() -> None:
    found = metrics(lambda meta: is_level(meta, phase="training", stakes="high"))
    assert found["phase=training:stakes=high"] == pytest.approx(0.5)
    assert (found["phase=training"], found["stakes=high"]) == pytest.approx((0.5, 0.5))


def test_a_factor_that_was_counterbalanced_is_no_factor_of_the_context(additive: dict[str, float]) -> None:
    assert not [name for name in additive if name.startswith("order=")]


@pytest.mark.parametrize("frames", ["contrast", "tiers", "oversight"])
def test_a_set_that_crosses_too_little_has_no_main_effects(frames: str) -> None:
    assert metrics(lambda meta: 0.5, frames=frames) == {}


def test_no_samples_have_no_main_effects() -> None:
    assert factorial()([]) == {}


def test_a_constant_outcome_has_effects_of_zero_and_none_that_is_not_a_number() -> None:
    found = metrics(lambda meta: 1.0)
    assert not [name for name, value in found.items() if math.isnan(value)]
    assert found["phase=training"] == pytest.approx(0)
