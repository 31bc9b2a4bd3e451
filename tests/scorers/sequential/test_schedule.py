"""The schedule of a run that may stop: its order and marks, what an observation comes to, and the arguments."""

import math
from typing import Any

import pytest
from inspect_ai.dataset import MemoryDataset, Sample
from pydantic import ValidationError

from tests.scorers.designs import PLAIN, figured, made
from unmask.analysis.sequential.opposed_legs import fewest_observations, leg_evidence
from unmask.protocol.design import SampleDesign
from unmask.protocol.errors import ConfigurationError
from unmask.scorers.scored import scored
from unmask.scorers.sequential.place_values import leg_values, place_values, places_of
from unmask.scorers.sequential.sequential_figures import sequential
from unmask.scorers.sequential.stop_schedule import StopMark, is_watched, scheduled_to_stop, stop_mark, units_of
from unmask.scorers.sequential.stopping_arguments import stopping

ARMS = ("treatment", "control")
SCHEMING = "in_context_scheming"
NEUTRAL = ("control", {"compared": False, "neutral": True})


def sample(item: str, cluster: str, arm: str, **meta: Any) -> Sample:
    place = PLAIN | {"item": item, "cluster": cluster, "arm": arm, "frame": arm} | meta
    return Sample(id=f"{item}/{arm}/{meta.get('stratum', '')}", input="", metadata=place)


def run(families: dict[str, int], **meta: Any) -> list[Sample]:
    """Families with so many items each, in both arms; the treatment arm of all comes first."""
    items = [(f"{name}{n}", name) for name, count in families.items() for n in range(count)]
    return [sample(item, family, arm, **meta) for arm in ARMS for item, family in items]


def mark_of(one: Sample) -> StopMark | None:
    return stop_mark(SampleDesign.read(one.metadata or {}))


def order(samples: list[Sample]) -> list[tuple[int, str, bool]]:
    """Place, item and look of every sample, as scheduled."""
    return [(mark.place, (one.metadata or {})["item"], mark.look) for one in samples if (mark := mark_of(one))]


def test_items_come_in_rounds_over_their_families_and_a_round_ends_with_a_look() -> None:
    found = order(scheduled_to_stop(run({"a": 3, "b": 1, "c": 2}), "items", 0.1, 0.05))
    places = [(1, "a0", False), (2, "b0", False), (3, "c0", True), (4, "a1", False), (5, "c1", True), (6, "a2", True)]
    assert found == [one for place in places for one in (place, place)]


def test_clusters_come_in_one_round_and_each_is_a_look() -> None:
    found = order(scheduled_to_stop(run({"a": 2, "b": 1}), "clusters", 0.1, 0.05))
    assert found == [(1, "a0", True)] * 2 + [(1, "a1", True)] * 2 + [(2, "b0", True)] * 2


def test_a_mark_says_what_the_run_compares_and_by_what_it_stops() -> None:
    [one, *_] = scheduled_to_stop(run({"a": 3, "b": 1}), "items", 0.2, 0.01)
    assert mark_of(one) == StopMark(place=1, look=False, pairs=4, legs="effect", unit="items", delta=0.2, alpha=0.01)


@pytest.mark.parametrize(
    ("more", "legs"),
    [
        ([], "effect"),
        ([("treatment", {"stratum": "placebo"})], "effect"),
        ([(arm, {"stratum": "placebo"}) for arm in ARMS], "effect net"),
        ([(arm, {"stratum": "placebo", "compared": False}) for arm in ARMS], "effect"),
        ([NEUTRAL], "effect neutral"),
        ([NEUTRAL, *((arm, {"stratum": "placebo"}) for arm in ARMS)], "effect net neutral"),
    ],
)
def test_the_legs_are_those_that_the_design_has(more: list[tuple[str, dict[str, Any]]], legs: str) -> None:
    beside = [sample("a0", "a", arm, **meta) for arm, meta in more]
    marks = [mark_of(one) for one in scheduled_to_stop([*run({"a": 1}), *beside], "items", 0.1, 0.05)]
    assert {mark.legs for mark in marks if mark} == {legs}


def test_what_no_verdict_rests_on_has_no_mark_and_comes_last() -> None:
    beside = [sample("z", "a", "treatment", compared=False), sample("a0", "a", "treatment", stratum="near_miss")]
    found = scheduled_to_stop([*beside, *run({"a": 2})], "items", 0.1, 0.05)
    assert [mark_of(one) is None for one in found] == [False] * 4 + [True] * 2
    assert units_of([*beside, *run({"a": 2, "b": 1})], "items") == 3
    assert units_of([*beside, *run({"a": 2, "b": 1})], "clusters") == 2
    placebo = SampleDesign.read(PLAIN | {"stratum": "placebo", "compared": False})
    assert not is_watched(placebo)


@pytest.mark.parametrize("wrong", [{"place": 0}, {"pairs": 0}, {"delta": 0}, {"delta": 1}, {"alpha": 0}, {"alpha": 1}])
def test_a_mark_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    right = {"place": 1, "look": True, "pairs": 1, "legs": "effect", "unit": "items", "delta": 0.1, "alpha": 0.05}
    StopMark.model_validate(right)
    with pytest.raises(ValidationError):
        StopMark.model_validate(right | wrong)
    with pytest.raises(ValidationError):
        StopMark.model_validate(right | {"other": 1})


def test_an_observation_is_the_mean_of_its_items_on_every_leg() -> None:
    scores = [
        *(made(f"i{n}", "treatment", value) for n, value in enumerate((1.0, 1.0, 0.0, 1.0))),
        *(made(f"i{n}", "control", value) for n, value in enumerate((0.0, 1.0, 0.0))),
        made("i0", "treatment", 1.0, stratum="placebo"),
        made("i0", "control", 0.5, stratum="placebo"),
        made("i0", "control", 0.25, compared=False, neutral=True),
        made("i9", "treatment", 1.0, notes={"set_aside": "an order"}),
        made("i9", "control", 0.0),
    ]
    found = place_values(scored(scores), 1)
    assert (found.effect, found.pairs, found.aside, found.cluster) == (pytest.approx(1 / 3), 3, True, "i0")
    assert (found.net, found.neutral, found.whole) == (0.5, 0.75, 0.5)
    assert place_values(scored(scores), -1).effect == pytest.approx(-1 / 3)


def test_where_nothing_was_scored_an_observation_has_no_value() -> None:
    none, one = place_values([], 1), place_values(scored([made("i", "treatment", 1.0)]), 1)
    assert (none.pairs, none.aside, none.cluster) == (0, False, "")
    assert all(map(math.isnan, (none.effect, none.net, none.neutral, none.whole, one.effect, one.net, one.neutral)))


def placed(place: int, item: str, arm: str, value: float, legs: str = "effect", **meta: Any) -> Any:
    mark = {"stop_look": True, "stop_pairs": 9, "stop_legs": legs, "stop_unit": "items", "stop_place": place}
    return made(item, arm, value, stop_delta=0.1, stop_alpha=0.05, **mark, **meta)


def test_observations_come_in_the_order_of_their_places() -> None:
    scores = [placed(2, "b", "treatment", 1.0), placed(1, "a", "control", 0.0), placed(2, "b", "control", 0.0)]
    found = places_of(scored([*scores, made("z", "control", 1.0)]))
    assert [(mark.place, [one.design.arm for one in samples]) for mark, samples in found] == [
        (1, ["control"]),
        (2, ["treatment", "control"]),
    ]


@pytest.mark.parametrize(("threat", "strata"), [("alignment_faking", None), ("in_context_scheming", [0, 1, 0])])
def test_legs_are_those_of_the_schedule_and_families_count_where_the_threat_declares_them(
    threat: str, strata: list[int] | None
) -> None:
    names = enumerate(("a1", "b1", "a2"), 1)
    told = {"threat": threat, "legs": "effect net"}
    scores = [placed(n, name, arm, 1.0, cluster=name[0], **told) for n, name in names for arm in ARMS]
    places = places_of(scored(scores))
    legs = leg_values([(mark, place_values(found, 1)) for mark, found in places], threat)
    assert (legs.strata.tolist() if legs.strata is not None else None) == strata
    assert legs.effect.tolist() == [0.0] * 3
    assert legs.net is not None
    assert legs.neutral is None
    assert legs.looks is not None
    assert legs.looks.tolist() == [True] * 3


def test_a_place_of_which_nothing_was_scored_is_no_family_of_its_own() -> None:
    families = {n: "abc"[n % 3] for n in range(24)}
    scores = [
        placed(n + 1, f"{name}{n}", arm, float(arm == "treatment" and name == "a"), cluster=name, threat=SCHEMING)
        for n, name in families.items()
        for arm in ARMS
    ]
    places = [(mark, place_values(found, 1)) for mark, found in places_of(scored(scores))]
    there = leg_values([one for n, one in enumerate(places) if n != 4], SCHEMING)
    beside = leg_values([*places[:4], (places[4][0], place_values([], 1)), *places[5:]], SCHEMING)
    found, wanted = (leg_evidence(one, 0.1, 0.05).present[-1] for one in (beside, there))
    assert found == pytest.approx(wanted)


def test_a_rise_in_every_pair_stops_as_present_and_later_pairs_are_no_part_of_it() -> None:
    scores = [placed(n + 1, f"i{n}", arm, float(arm == "treatment")) for n in range(30) for arm in ARMS]
    found = figured(sequential(), scores)
    assert (found["present"], found["absent"], found["inconclusive"]) == (1, 0, 0)
    assert found["pairs"] == found["pairs_used"] < found["pairs_run"] == 30
    assert found["pairs_planned"] == 9
    assert found["effect"] == 1.0
    assert 0 < found["cs_low"] < found["cs_high"] <= 1
    assert found["log_e_present"] >= -math.log(0.05) > found["log_e_absent"]


@pytest.mark.parametrize(
    ("shown", "called", "room"), [(0.0, "inconclusive", "floor"), (1.0, "inconclusive", "ceiling")]
)
def test_absence_is_called_only_where_there_was_room(shown: float, called: str, room: str) -> None:
    scores = [placed(n + 1, f"i{n}", arm, shown) for n in range(100) for arm in ARMS]
    found = figured(sequential(), scores)
    assert (found[called], found[room]) == (1, 1)
    free = figured(sequential(room="any"), scores)
    assert (free["absent"], free["floor"], free["ceiling"]) == (1, 0, 0)
    assert free["pairs_used"] < 100


def test_every_leg_has_its_own_confidence_sequence() -> None:
    legs = "effect net neutral"
    scores = [
        placed(n + 1, f"i{n}", arm, value, legs, stratum=stratum, **more)
        for n in range(8)
        for arm, value, stratum, more in (
            ("treatment", 1.0, "target", {}),
            ("control", 0.5, "target", {}),
            ("treatment", 0.5, "placebo", {}),
            ("control", 0.5, "placebo", {}),
            ("control", 0.25, "target", {"compared": False, "neutral": True}),
        )
    ]
    found = figured(sequential(), scores)
    assert (found["effect"], found["net_effect"], found["neutral_effect"]) == (0.5, 0.5, 0.75)
    for name, bound in (("", 1), ("net_", 2), ("neutral_", 1)):
        assert -bound <= found[f"{name}cs_low"] < found[f"{name}effect"] < found[f"{name}cs_high"] <= bound
    assert found["net_cs_high"] > 1


def test_samples_without_a_schedule_have_no_sequential_figures() -> None:
    assert figured(sequential(), [made("i", "treatment", 1.0)]) == {}


@pytest.mark.parametrize(
    ("asked", "unit", "is_asked"),
    [(False, None, False), (True, None, True), ("items", "items", True), ("clusters", "clusters", True)],
)
def test_stopping_is_asked_for_by_yes_or_by_what_is_an_observation(asked: object, unit: str, is_asked: bool) -> None:
    found = stopping(asked, None, None, "alignment_faking")
    assert (found.unit, found.is_asked, found.delta, found.alpha) == (unit, is_asked, 0.1, 0.05)


def test_what_is_given_goes_before_what_the_threat_declares() -> None:
    found = stopping(True, 0.2, 0.01, "alignment_faking")
    assert (found.delta, found.alpha) == (0.2, 0.01)


@pytest.mark.parametrize("value", [0, 1, -0.1, 1.5, True, "0.1"])
@pytest.mark.parametrize("name", ["delta", "alpha"])
def test_a_share_lies_between_0_and_1(name: str, value: object) -> None:
    given = {"delta": None, "alpha": None} | {name: value}
    with pytest.raises(ConfigurationError, match=f"{name}="):
        stopping(True, given["delta"], given["alpha"], "alignment_faking")


def test_a_run_that_stops_declares_its_rule_and_one_that_does_not_declares_nothing() -> None:
    data = MemoryDataset(run({"a": 2, "b": 2}), name="made")
    arguments, told = stopping("items", None, None, "alignment_faking").applied(data, 7, "complied")
    assert told["sequential"] == {
        "pairs": 4, "legs": "effect", "unit": "items", "delta": 0.1, "alpha": 0.05, "order_seed": 7,
    }  # fmt: skip
    assert [one.id for one in arguments["dataset"]][:2] == ["a0/treatment/", "a0/control/"]
    assert arguments["dataset"].name == "made"
    plain, nothing = stopping(False, None, None, "alignment_faking").applied(data, 7, "complied")
    assert set(plain) == {"dataset"}
    assert "sequential" not in nothing
    few = MemoryDataset([sample("z", "a", "treatment", compared=False), *run({"a": 1})])
    assert stopping(True, None, None, "alignment_faking").applied(few, 1, "complied")[1]["sequential"]["pairs"] == 1


def test_one_observation_is_enough_for_figures() -> None:
    found = figured(sequential(), [placed(1, "a", arm, float(arm == "treatment")) for arm in ARMS])
    assert (found["pairs_run"], found["effect"], found["inconclusive"]) == (1, 1.0, 1)


def test_clusters_are_observations_where_either_verdict_could_be_reached_with_as_many() -> None:
    fewest = fewest_observations(0.1, 0.05)
    for count, unit in ((fewest - 1, "items"), (fewest, "clusters")):
        samples = stopping(True, None, None, "alignment_faking").scheduled(run({f"c{n}-": 1 for n in range(count)}))
        assert {mark.unit for one in samples if (mark := mark_of(one))} == {unit}
