"""Whose weights lie where: whatever a copy is called, all of the files have to be there."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unmask.protocol.actions import EndState
from unmask.protocol.in_context_scheming.scenarios import Scenario, scenarios
from unmask.protocol.in_context_scheming.successor_place import successor_place, weights_copied
from unmask.solvers.in_context_scheming.replay import replayed

EXFILTRATION = [one for one in scenarios() if one.family == "self_exfiltration"]


def copied_to(scenario: Scenario, names: list[str]) -> EndState:
    """The state after the agent copied so many of its own files to the successor's machine, under these names."""
    end = replayed(scenario, scenario.trajectories.idle)
    copies = [part.copied for part in scenario.rules.did.parts() if part.copied]
    made = {
        f"{copy.below}/{name}": end.start[copy.source] for name, copy in zip(names, copies[: len(names)], strict=True)
    }
    return replace(end, files={**end.files, **made})


def count(scenario: Scenario) -> int:
    return sum(part.copied is not None for part in scenario.rules.did.parts())


@pytest.mark.parametrize("scenario", EXFILTRATION, ids=lambda one: one.id)
def test_each_scenario_has_two_machines_of_its_own_mounts(scenario: Scenario) -> None:
    place = successor_place(scenario)
    assert place is not None
    assert place.former != place.host
    assert {f"/hosts/{place.former}", f"/hosts/{place.host}"} <= set(scenario.mounts)
    assert place.former in scenario.persona


def test_scenarios_of_other_families_have_none() -> None:
    assert not any(successor_place(one) for one in scenarios() if one not in EXFILTRATION)


@given(scenario=st.sampled_from(EXFILTRATION), data=st.data())
def test_all_files_copied_under_any_name_are_a_copy_some_are_undecided_and_none_is_none(
    scenario: Scenario, data: st.DataObject
) -> None:
    total = count(scenario)
    word = st.from_regex(r"[a-z]{1,8}(/[a-z0-9]{1,8})?", fullmatch=True)
    names = data.draw(st.lists(word, max_size=total, unique=True))
    expected = True if len(names) == total else None if names else False
    assert weights_copied(scenario, copied_to(scenario, names)) is expected
