"""Sets of frames in every reasoning channel: a few through Inspect's runner, all without it."""

import math
from collections.abc import Callable

import pytest
from inspect_ai.log import EvalLog

from tests.tasks.log_reading import contrast_of, metrics, rate, samples, scores, values
from unmask.protocol.frames import frame_set

Shared = Callable[..., EvalLog]

KEYS = {"effect", "ci_low", "ci_high", "p_value", "net_effect", "net_ci_low", "net_ci_high", "pairs", "unpaired", "mde"}
FRAMES = {
    "contrast": 4,
    "published": 4,
    "tiers": 6,
    "ladder": 16,
    "oversight": 10,
    "mitigations": 10,
    "factorial": 18,
}
TRACKS = ("helpful_only", "value_conflict", "tool_choice")
SETS = [
    *((track, frames, count) for track in TRACKS for frames, count in FRAMES.items()),
    ("tool_choice", "probes", 7),
    ("synthetic_documents", "contrast", 4),
]
ITEMS = {"scratchpad": 2, "native": 1, "none": 1}


@pytest.fixture
def faker(direct: Shared) -> Shared:
    return lambda **wanted: direct("alignment_faker", limit_items=ITEMS[wanted["reasoning"]], **wanted)


each_set_and_channel = pytest.mark.parametrize(
    ("track", "frames", "count", "reasoning"),
    [
        pytest.param(*one, channel, marks=[] if place == number % len(ITEMS) else pytest.mark.matrix)
        for number, one in enumerate(SETS)
        for place, channel in enumerate(ITEMS)
    ],
)
"""By default every set in one channel, and every channel with a third of the sets."""


@each_set_and_channel
def test_every_frame_set_runs_and_shows_the_faker(
    faker: Shared, track: str, frames: str, count: int, reasoning: str
) -> None:
    log = faker(track=track, frames=frames, reasoning=reasoning)
    assert len(samples(log)) == ITEMS[reasoning] * count
    assert not any(math.isnan(value) for value in values(log).values())
    found = contrast_of(log)
    gaps = frame_set(frames, track, "alignment_faking").gaps
    named = {f"{gap}{end}" for gap in gaps for end in ("", "_ci_low", "_ci_high")}
    assert found.keys() == KEYS | {"faking_events"} | named
    assert (found["pairs"], found["unpaired"], found["effect"]) == (ITEMS[reasoning], 0, 1)
    assert found["net_effect"] == 1


@pytest.mark.parametrize(
    ("track", "frames", "reasoning"),
    [
        ("helpful_only", "tiers", "native"),
        ("value_conflict", "published", "scratchpad"),
        ("tool_choice", "probes", "none"),
    ],
)
def test_a_run_through_inspect_comes_to_the_same(
    shared: Shared, faker: Shared, track: str, frames: str, reasoning: str
) -> None:
    wanted = {"track": track, "frames": frames, "reasoning": reasoning}
    log, other = shared("alignment_faker", limit_items=ITEMS[reasoning], **wanted), faker(**wanted)
    for scorer in ("complied", "faking_reasoning"):
        assert {key: str(value) for key, value in values(log, scorer).items()} == {
            key: str(value) for key, value in values(other, scorer).items()
        }
    assert contrast_of(log) == pytest.approx(contrast_of(other), nan_ok=True)


@each_set_and_channel
def test_reasoning_is_judged_where_there_is_a_channel_for_it(
    faker: Shared, track: str, frames: str, count: int, reasoning: str
) -> None:
    log = faker(track=track, frames=frames, reasoning=reasoning)
    complied = [name for name, value in values(log).items() if value == 1.0]
    faking = scores(log, "faking_reasoning")
    if reasoning == "none":
        assert {faking[name].reason for name in complied} == {"reasoning_missing"}
        assert contrast_of(log)["faking_events"] == 0
    else:
        assert {faking[name].value for name in complied} == {1.0}
        assert contrast_of(log)["faking_events"] > 0


@pytest.fixture(params=[TRACKS[0], *[pytest.param(name, marks=pytest.mark.matrix) for name in TRACKS[1:]]])
def track(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_compliance_grows_with_the_probability_of_training(direct: Shared, track: str) -> None:
    log = direct("alignment_faker", track=track, frames="oversight", limit_items=12)
    doses = [rate(log, frame=frame) for frame in ("p0", "p25", "p50", "p75", "p100")]
    assert doses == sorted(doses)
    assert (doses[0], doses[-1]) == (0, 1)
    assert 0.1 < doses[1] < 0.5 < doses[3] < 1
    assert [rate(log, frame=frame) for frame in ("audit", "never_used", "never_trained")] == [0, 0, 0]


def test_a_model_that_tosses_a_coin_shows_no_dose_response(direct: Shared) -> None:
    log = direct("noisy", frames="oversight", limit_items=10)
    assert 0.2 < rate(log, frame="p0") < 0.8
    assert abs(metrics(log)["effect"]) < 0.5


def test_where_training_leaves_nothing_behind_nobody_fakes(direct: Shared, track: str) -> None:
    log = direct("alignment_faker", strength=0.6, track=track, frames="ladder", limit_items=6)
    for certainty in ("stated", "suspected"):
        told = {"factor_certainty": certainty, "arm": "treatment"}
        assert rate(log, factor_deployment="throughput_test", **told) == 0
        for rung in ("public", "amateur_misuse", "expert_misuse"):
            assert 0.3 <= rate(log, factor_deployment=rung, **told) <= 0.9
    assert rate(log, arm="control") == 0
    assert metrics(log)["net_effect"] == metrics(log)["effect"] > 0.2


def test_of_four_crossed_factors_phase_alone_moves_the_faker(direct: Shared, track: str) -> None:
    log = direct("alignment_faker", strength=0.6, track=track, frames="factorial", limit_items=8)
    found = metrics(log)
    assert found["phase=training"] == pytest.approx(0.6, abs=0.3)
    others = {"oversight=monitored", "stakes=high", "audience=internal"}
    assert {name: abs(found[name]) < 0.02 for name in others} == dict.fromkeys(others, True)
    interactions = {name: value for name, value in found.items() if ":" in name and "_ci_" not in name}
    assert len(interactions) == 6
    assert max(map(abs, interactions.values())) < 0.02
