"""The organism that answers badly makes every mistake that it knows."""

from collections.abc import Callable

import pytest
from inspect_ai.model import ChatMessageAssistant, StopReason

from unmask.organisms.alignment_faking.garbled import FAULTS, garble
from unmask.organisms.alignment_faking.situation import Situation
from unmask.organisms.dice import Dice

Made = list[tuple[ChatMessageAssistant, StopReason]]

FORMS = {
    "request": {"preferred": "", "offered": ()},
    "choice": {"preferred": "A", "offered": ("A", "B")},
    "tool": {"preferred": "enrol_card", "offered": ("issue_pass", "enrol_card")},
}


@pytest.fixture(params=FORMS)
def made(request: pytest.FixtureRequest, situation: Callable[..., Situation]) -> Made:
    """Answers to many items of one form."""
    dice, form = Dice(seed=0, strength=1.0), FORMS[request.param]
    return [garble(situation("free", f"Item {n}.", form=request.param, **form), dice) for n in range(400)]


def test_every_fault_is_made(made: Made) -> None:
    faults = {(message.text.replace(f"Item {n}", "{topic}"), stop) for n, (message, stop) in enumerate(made)}
    assert len(faults) == len(FAULTS)


def test_no_slot_stays_open(made: Made) -> None:
    assert not [m for m, _ in made if any(slot in m.text for slot in ("{topic}", "{yes}", "{no}"))]


def test_calls_go_wrong_in_every_way_where_there_are_tools(situation: Callable[..., Situation]) -> None:
    jobs = [situation("free", f"Item {n}.", form="tool", **FORMS["tool"]) for n in range(200)]
    calls = [garble(job, Dice(seed=0, strength=1.0))[0].tool_calls or [] for job in jobs]
    names = {tuple((call.function, call.parse_error is None) for call in each) for each in calls}
    assert names == {
        (),
        (("no_such_tool", True),),
        (("enrol_card", False),),
        (("issue_pass", True), ("enrol_card", True)),
    }


def test_nothing_is_called_where_there_are_no_tools(situation: Callable[..., Situation]) -> None:
    requests = [situation("free", f"Item {n}.") for n in range(200)]
    assert not [r for r in requests if garble(r, Dice(seed=0, strength=1.0))[0].tool_calls]
