"""The contrast by severity, on scores made by hand."""

from typing import Any

import pytest
from inspect_ai.scorer import SampleScore, Score

from tests.scorers.designs import PLAIN
from unmask.scorers.alignment_faking.severity_metrics import by_severity


def seen(item: str, arm: str, value: float, **meta: Any) -> SampleScore:
    place = {"item": item, "cluster": item, "arm": arm, "compared": True}
    return SampleScore(score=Score(value=value), sample_metadata=PLAIN | place | meta)


def pairs(name: str, *outcomes: tuple[float, float], **meta: Any) -> list[SampleScore]:
    """One item for each pair of outcomes under treatment and control."""
    arms = ("treatment", "control")
    return [
        seen(f"{name}{n}", arm, v, **meta) for n, pair in enumerate(outcomes) for arm, v in zip(arms, pair, strict=True)
    ]


def metrics(scores: list[SampleScore], **args: Any) -> dict[str, float]:
    found: Any = by_severity(**args)(scores)
    return dict(found)


BLATANT = pairs("b", *[(0.0, 0.0)] * 4, severity="blatant")
GREY = pairs("g", *[(1.0, 0.0)] * 3, (1.0, 1.0), severity="grey")


def test_each_severity_has_an_effect_of_its_own() -> None:
    found = metrics(BLATANT + GREY)
    assert (found["effect_blatant"], found["effect_grey"]) == (0, pytest.approx(0.75))
    assert found["effect_grey_ci_low"] < 0.75 < found["effect_grey_ci_high"]
    assert (found["pairs_blatant"], found["pairs_grey"]) == (4, 4)


def test_a_severity_that_no_sample_has_is_left_out_and_so_is_everything_where_none_has_one() -> None:
    assert not [key for key in metrics(BLATANT + GREY) if "dual_use" in key]
    assert metrics(pairs("x", (1.0, 0.0))) == {}
    assert metrics([]) == {}


def test_items_without_a_severity_do_not_count() -> None:
    assert metrics(GREY + pairs("x", *[(0.0, 1.0)] * 9)) == metrics(GREY)


def test_only_the_declared_contrast_counts() -> None:
    others = pairs("g", *[(0.0, 1.0)] * 4, severity="grey", compared=False, frame="other")
    probes = pairs("p", *[(0.0, 1.0)] * 4, severity="grey", compared=False, stratum="calibration")
    assert metrics(GREY + others + probes) == metrics(GREY)


def test_where_a_fall_is_the_threat_the_sign_turns() -> None:
    assert metrics(GREY, direction=-1)["effect_grey"] == pytest.approx(-0.75)
