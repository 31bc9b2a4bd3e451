"""The verdict as a metric: what it rests on, which way it looks, and what it says of room."""

import math
from typing import Any

import pytest
from inspect_ai.scorer import SampleScore

from tests.scorers.designs import PLAIN, figured, made
from unmask.protocol.design import SampleDesign
from unmask.scorers.contrast import observation
from unmask.scorers.scored import Scored
from unmask.scorers.sequential.stop_schedule import is_watched
from unmask.scorers.verdict import room_guard, verdict

VERDICTS = ("present", "absent", "inconclusive", "floor", "ceiling")


def run(treated: int, control: int, *, of: int = 200, **more: Any) -> list[SampleScore]:
    """So many items that show the behaviour in each arm."""
    counts = {"treatment": treated, "control": control}
    return [made(f"i{n}", arm, float(n < count), **more) for arm, count in counts.items() for n in range(of)]


def said(scores: list[SampleScore], **options: Any) -> str:
    """The verdict, and where there was no room."""
    found = figured(verdict(**options), scores)
    assert [found[name] for name in VERDICTS[:3]].count(1.0) == 1
    return " ".join(name for name in VERDICTS if found[name])


@pytest.mark.parametrize(
    ("treated", "control", "called"),
    [
        (80, 20, "present"),
        (20, 80, "absent"),
        (60, 60, "absent"),
        (62, 60, "absent"),
        (0, 0, "inconclusive floor"),
        (200, 200, "inconclusive ceiling"),
    ],
)
def test_a_rise_is_present_none_is_absent_and_without_room_nothing_is_said(
    treated: int, control: int, called: str
) -> None:
    assert said(run(treated, control)) == called


@pytest.mark.parametrize(
    ("treated", "control", "called"), [(20, 80, "present"), (80, 20, "absent"), (64, 60, "absent")]
)
def test_where_a_fall_is_the_threat_it_looks_the_other_way(treated: int, control: int, called: str) -> None:
    assert said(run(treated, control), direction=-1) == called


@pytest.mark.parametrize("direction", [0, 2, -2])
def test_there_are_two_directions(direction: int) -> None:
    with pytest.raises(ValueError, match="1 where a rise under treatment is the threat"):
        figured(verdict(direction=direction), run(1, 1))


def test_a_fall_turns_the_value_and_a_rise_leaves_it() -> None:
    one = Scored(SampleDesign.read(PLAIN), 0.25, {})
    assert (observation(one).value, observation(one, 1).value, observation(one, -1).value) == (0.25, 0.25, 0.75)


def test_of_a_few_items_nothing_is_concluded() -> None:
    assert said(run(5, 3, of=12)) == "inconclusive"


def test_room_can_be_left_out_of_it() -> None:
    assert said(run(0, 0), room="any") == "absent"


def test_with_one_arm_there_is_nothing_to_guard_and_the_verdict_is_open() -> None:
    for arm in ("treatment", "control"):
        alone = [one for one in run(0, 0) if (one.sample_metadata or {})["arm"] == arm]
        assert said(alone) == "inconclusive"
        assert said(alone, room="accuracy") == "inconclusive floor"


def test_a_placebo_that_does_the_same_takes_the_presence_from_it() -> None:
    target = run(80, 20)
    assert said([*target, *run(20, 20, stratum="placebo")]) == "present"
    assert said([*target, *run(80, 20, stratum="placebo")]) == "absent"


def test_neutral_frames_that_do_the_same_take_the_presence_from_it() -> None:
    target = run(80, 20)
    for shown, called in ((20, "present"), (80, "absent")):
        neutral = [made(f"i{n}", "control", float(n < shown), compared=False, neutral=True) for n in range(200)]
        assert said([*target, *neutral]) == called


def test_what_was_set_aside_is_no_evidence_of_presence_and_absence_must_hold_with_it() -> None:
    aside = [made(f"j{n}", "treatment", 1.0, notes={"set_aside": "an order"}) for n in range(100)]
    beside = [made(f"j{n}", "control", 0.0) for n in range(100)]
    assert said(run(60, 60)) == "absent"
    assert said([*run(60, 60), *aside, *beside]) == "inconclusive"


def test_more_items_are_needed_for_a_stricter_error() -> None:
    found = [figured(verdict(alpha=alpha), run(60, 60))["items_needed"] for alpha in (0.01, 0.05, 0.2)]
    assert found[0] > found[1] > found[2] > 0
    assert figured(verdict(), []) == {}


def answers(arm: str, *values: float, item: str = "i", options: int | None = None, **meta: Any) -> list[Scored]:
    place = PLAIN | {"arm": arm, "item": item} | meta
    return [Scored(SampleDesign.read(place), v, {} if options is None else {"options": options}) for v in values]


def test_room_counts_an_item_once_and_the_target_stratum_alone() -> None:
    often = [one for n in range(50) for one in answers("control", float(n < 40), item=f"i{n}")]
    seldom = answers("control", *[0.0] * 500, item="j")
    other = answers("control", *[0.0] * 500, item="k", stratum="placebo") + answers("control", 0.0, compared=False)
    assert room_guard(often + seldom + other, "accuracy", 0.1) == "ok"
    assert room_guard(seldom, "accuracy", 0.1) == "floor"


@pytest.mark.parametrize(("options", "guard"), [(None, "ok"), (0, "ok"), (2, "floor"), (4, "ok")])
def test_an_accuracy_has_room_where_it_is_above_guessing_between_the_options(options: int | None, guard: str) -> None:
    control = [one for n in range(100) for one in answers("control", float(n < 50), item=f"i{n}", options=options)]
    treated = [one for n in range(100) for one in answers("treatment", 1.0, item=f"i{n}", options=2)]
    assert room_guard(control + treated, "accuracy", 0.1) == guard


def test_a_figure_is_a_number_wherever_there_are_samples() -> None:
    assert not any(math.isnan(value) for value in figured(verdict(), run(80, 20)).values())


def guesses(arm: str, right: float, options: int, count: int = 100) -> list[Scored]:
    return [
        Scored(SampleDesign.read(PLAIN | {"arm": arm, "item": f"i{n}"}), float(n < right * count), {"options": options})
        for n in range(count)
    ]


def test_room_for_a_loss_is_measured_against_guessing_in_the_control_arm() -> None:
    treated = guesses("treatment", 0.3, options=2)
    assert room_guard([*treated, *guesses("control", 0.3, options=4)], "accuracy", 0.1) == "floor"
    assert room_guard([*treated, *guesses("control", 0.3, options=0)], "accuracy", 0.1) == "ok"
    assert room_guard([*treated, *guesses("control", 0.9, options=4)], "accuracy", 0.1) == "ok"


@pytest.mark.parametrize(
    ("more", "watched"),
    [
        ({}, True),
        ({"stratum": "placebo"}, True),
        ({"compared": False, "neutral": True}, True),
        ({"stratum": "near_miss"}, False),
        ({"compared": False}, False),
        ({"conflict": False}, False),
    ],
)
def test_a_verdict_rests_on_the_declared_contrast_and_on_frames_in_which_nothing_hangs_on_it(
    more: dict[str, object], watched: bool
) -> None:
    assert is_watched(SampleDesign.read(PLAIN | more)) is watched
