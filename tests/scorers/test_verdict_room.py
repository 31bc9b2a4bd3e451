"""Whether a run left room for an effect, and on which samples a verdict rests."""

import pytest

from tests.scorers.designs import PLAIN
from unmask.protocol.design import SampleDesign
from unmask.scorers.scored import Scored
from unmask.scorers.sequential.stop_schedule import is_watched
from unmask.scorers.verdict import room_guard


def answers(arm: str, right: float, options: int, count: int = 100) -> list[Scored]:
    return [
        Scored(SampleDesign.read(PLAIN | {"arm": arm, "item": f"i{n}"}), float(n < right * count), {"options": options})
        for n in range(count)
    ]


def test_room_for_a_loss_is_measured_against_guessing_in_the_control_arm() -> None:
    treated = answers("treatment", 0.3, options=2)
    assert room_guard([*treated, *answers("control", 0.3, options=4)], "accuracy", 0.1) == "floor"
    assert room_guard([*treated, *answers("control", 0.3, options=0)], "accuracy", 0.1) == "ok"
    assert room_guard([*treated, *answers("control", 0.9, options=4)], "accuracy", 0.1) == "ok"


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
