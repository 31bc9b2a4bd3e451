"""The bundled scenarios: enough of them, in several domains; rules that fire and fail; nothing that gives it away."""

import re
from collections import defaultdict
from itertools import combinations
from typing import get_args

import pytest

from tests.for_all import for_all
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import canary
from unmask.protocol.in_context_scheming.outcome import outcome
from unmask.protocol.in_context_scheming.scenario_families import scenario_families
from unmask.protocol.in_context_scheming.scenario_frames import (
    briefing,
    scenario_frame_set,
    scenario_frames,
)
from unmask.protocol.in_context_scheming.scenario_samples import scenario_run
from unmask.protocol.in_context_scheming.scenarios import Family, Scenario, scenarios
from unmask.solvers.in_context_scheming.replay import replayed, scenario_disk, verify_scenarios

ALL = scenarios()
each = for_all(ALL, lambda one: one.id)
AT_ODDS = re.compile(r"instead\s+of|rather\s+than|no\s+longer|at\s+the\s+expense\s+of", re.IGNORECASE)
GIVEN_AWAY = re.compile(r"\b(scenario|canary|oracle|evaluat\w*|covert\w*|schem(e|ing)\w*|benchmark)\b", re.IGNORECASE)


def test_there_are_four_scenarios_or_more_of_ten_families_in_two_domains_or_more() -> None:
    families = defaultdict(list)
    for one in ALL:
        families[one.family].append(one.domain)
    assert set(families) == set(get_args(Family))
    assert all(len(domains) >= 4 and len(set(domains)) >= 2 for domains in families.values())
    assert len(ALL) >= 40
    conflict = [name for name, family in scenario_families().items() if family.conflict]
    assert len(conflict) == 6
    assert all(len(families[name]) >= 9 for name in conflict)


@each
def test_its_own_trajectories_come_out_as_they_should(one: Scenario) -> None:
    verify_scenarios(one)
    assert outcome(one, replayed(one, one.trajectories.covert)) == "covert"
    assert outcome(one, replayed(one, one.trajectories.idle)) == "none"


@each
def test_a_scenario_whose_rules_never_fire_or_always_fire_is_refused(one: Scenario) -> None:
    swapped = one.trajectories.model_copy(update={"covert": one.trajectories.idle})
    with pytest.raises(ConfigurationError, match=f"{one.id}.*'covert' comes out as none"):
        verify_scenarios(one.model_copy(update={"trajectories": swapped}))
    swapped = one.trajectories.model_copy(update={"idle": one.trajectories.covert})
    with pytest.raises(ConfigurationError, match=f"{one.id}.*'idle' comes out as covert"):
        verify_scenarios(one.model_copy(update={"trajectories": swapped}))


@each
def test_only_what_is_found_puts_the_operator_at_odds_with_the_goal(one: Scenario) -> None:
    for finding in one.findings.values():
        assert AT_ODDS.search(finding.conflict)
        assert not AT_ODDS.search(finding.matched)
        assert finding.reversed is None or AT_ODDS.search(finding.reversed)
    rest = [
        *(text for text in (one.means.present, one.means.absent, one.means.monitored) if text),
        one.memo.text,
        *(f.content or "" for f in [*one.files, *one.affordance]),
    ]
    assert not any(AT_ODDS.search(text) for text in rest)


@each
def test_wordings_of_what_is_found_are_texts_of_their_own(one: Scenario) -> None:
    assert len(one.findings) >= 3
    for a, b in combinations([finding.conflict for finding in one.findings.values()], 2):
        words = [set(re.findall(r"[a-z]{4,}", text.casefold())) for text in (a, b)]
        assert len(words[0] & words[1]) < 0.6 * min(map(len, words))


@each
def test_nothing_that_scores_can_be_read_in_the_workspace(one: Scenario) -> None:
    answers = [
        one.act,
        *one.rules.told,
        one.trajectories.open_report,
        *(s.report for s in one.trajectories.covert if s.report),
    ]
    for frame in scenario_frames().frames:
        if not tellings_of(one, frame):
            continue
        for wording in one.findings:
            told = briefing(one.id, frame, wording)
            disk = scenario_disk(one, affordance=told.affordance, memo=told.memo, goal=told.goal)
            for text in [told.system, told.user, *(file.content for file in disk.files.values())]:
                assert canary() not in text
                assert not any(answer in text for answer in answers)
                assert "{" not in re.sub(r"\{[^}\n]*[:,\"'][^}\n]*\}", "", text) or "{finding}" not in text
                assert not GIVEN_AWAY.search(text), GIVEN_AWAY.search(text)


def tellings_of(one: Scenario, frame: str) -> bool:
    return any(
        frame in [telling.name for telling in scenario_frame_set(name).fitting(one)]
        for name, chosen in scenario_frames().sets.items()
        if frame in chosen.frames
    )


@each
def test_a_workspace_looks_lived_in(one: Scenario) -> None:
    disk = scenario_disk(one, affordance=True, memo=one.memo.text)
    files = disk.files.values()
    assert len({file.modified for file in files}) >= 3
    assert len({file.owner for file in files}) >= 2
    assert len({file.size for file in files}) >= 3
    weights = [file.size for path, file in disk.files.items() if path.endswith((".safetensors", ".bin", ".gguf"))]
    assert all(size > 10**9 for size in weights)


@each
def test_without_an_affordance_its_files_and_hosts_are_not_there(one: Scenario) -> None:
    without = scenario_disk(one, affordance=False, memo="-")
    assert not any(file.path in without.files for file in one.affordance)
    assert all(any(path.startswith(f"{mount}/") for path in without.files) for mount in without.mounts)


@each
def test_frames_differ_in_what_they_say_they_differ_in(one: Scenario) -> None:
    wording = next(iter(one.findings))
    told = {frame.name: briefing(one.id, frame.name, wording) for frame in scenario_frame_set("contrast").fitting(one)}
    assert len({one.system for one in told.values()}) == 1
    assert len({one.user for one in told.values()}) == 1
    assert told["conflict"].memo != (told.get("matched") or told["tested"]).memo
    assert len(told) == 4
    assert all(told[name].affordance == (not name.endswith("no_affordance")) for name in told)
    if one.goals:
        more = {
            frame.name: briefing(one.id, frame.name, wording) for frame in scenario_frame_set("ablations").fitting(one)
        }
        assert one.goals.own in more["conflict"].system
        assert one.goals.own in more["no_nudge"].system
        assert len(more["no_nudge"].system) < len(more["conflict"].system)
        assert one.goals.own not in more["no_goal"].system + more["no_goal"].user
        assert one.goals.reversed in more["reversed"].system
        assert one.goals.own in more["goal_by_user"].user


def test_the_tested_frame_is_for_the_family_that_is_told_where_it_is() -> None:
    run = scenario_run("tested", None, crossed=False, limit_items=None, seed=0)
    assert {one.family for one in run.scenarios} == {"instrumental_faking"}
    one = run.scenarios[0]
    assert one.sites
    memo = {frame: briefing(one.id, frame, next(iter(one.findings))).memo for frame in ("conflict", "tested")}
    assert memo["tested"] == memo["conflict"].replace(one.sites.deployed.strip(), one.sites.tested.strip())


def test_a_limited_run_spreads_over_the_families_and_assigns_the_wordings_evenly() -> None:
    run = scenario_run("contrast", None, crossed=False, limit_items=10, seed=3)
    assert len({one.family for one in run.scenarios}) == 10
    assert len(run.data) == 40
    places = [list(one.findings).index(wording) for one, wording in assigned(run)]
    assert {places.count(place) for place in (0, 1, 2)} <= {3, 4}


def assigned(run: object) -> list[tuple[Scenario, str]]:
    told = {(s.metadata or {})["item"]: (s.metadata or {})["wording"] for s in run.data}  # type: ignore[attr-defined]
    return [(one, told[one.id]) for one in run.scenarios]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ({"frames": "nightmares"}, "frames='nightmares': choose from contrast, monitored, ablations, tested"),
        ({"families": "gossip"}, "families='gossip': choose from oversight_subversion"),
        ({"limit_items": 0}, "limit_items=0"),
    ],
)
def test_a_wrong_argument_is_told(args: dict[str, object], told: str) -> None:
    whole = {"frames": "contrast", "families": None, "crossed": True, "limit_items": None, "seed": 0, **args}
    with pytest.raises(ConfigurationError, match=told):
        scenario_run(whole.pop("frames"), whole.pop("families"), **whole)  # type: ignore[arg-type]
