"""Samples: the contract that makes logs comparable. One item, one frame, one wording, and flat metadata."""

from collections import defaultdict
from functools import cache
from itertools import groupby

import pytest
from inspect_ai.dataset import Sample

from unmask.protocol.alignment_faking.preference_items import KINDS
from unmask.protocol.assignment import Assigned, assign_wordings, schedule
from unmask.protocol.design import SampleDesign
from unmask.protocol.families import load_items
from unmask.protocol.files import DATA
from unmask.protocol.frames import frame_set
from unmask.protocol.samples import make_samples, scheduled_samples
from unmask.protocol.sandbagging.arithmetic import ladder_questions
from unmask.protocol.tracks import tracks

PLACE = {"threat", "item", "cluster", "frame", "wording", "arm", "stratum"}
COMPARED = {"track", "compared", "reasoning", "tools", "layout"}
ORDER = {"factor_order"}
TOOLS = {"tool_safe", "tool_safe_description", "tool_unsafe", "tool_unsafe_description"}
GRADED = {"severity"}
EXTRAS = {
    "helpful_only": GRADED,
    "synthetic_documents": GRADED,
    "value_conflict": ORDER,
    "tool_choice": ORDER | TOOLS,
}
FACTORS = {
    ("helpful_only", "contrast"): {"factor_tier", "factor_conflict", "factor_trained"},
    ("value_conflict", "contrast"): {"factor_tier", "factor_conflict", "factor_trained"},
    ("tool_choice", "contrast"): {"factor_tier", "factor_conflict", "factor_trained"},
    ("synthetic_documents", "contrast"): {"factor_tier", "factor_copy"},
    ("value_conflict", "ladder"): {"factor_tier", "factor_deployment", "factor_certainty", "factor_criteria"},
    ("helpful_only", "oversight"): {"factor_oversight", "factor_trained", "factor_criteria"},
    ("helpful_only", "mitigations"): {"factor_tier", "factor_mitigation", "factor_trained", "factor_criteria"},
    ("tool_choice", "factorial"): {
        *("factor_phase", "factor_oversight", "factor_stakes", "factor_audience", "factor_trained", "factor_criteria")
    },
}
RUNS = list(FACTORS)


@cache
def dealt(track: str, name: str, crossed: bool = False) -> list[Assigned]:
    layout = tracks("alignment_faking").tracks[track]
    items = schedule(load_items(DATA / "alignment_faking" / layout.items, KINDS[layout.kind]), 0)
    return assign_wordings(items[:12], list(frame_set(name, track, "alignment_faking").wordings), 0, crossed=crossed)


@cache
def run(track: str, name: str, crossed: bool = False) -> list[Sample]:
    template = tracks("alignment_faking").tracks[track].item
    frames = frame_set(name, track, "alignment_faking")
    return list(make_samples(dealt(track, name, crossed), frames, threat="faking", track=track, template=template))


def meta(sample: Sample) -> dict[str, str | bool]:
    assert sample.metadata is not None
    return sample.metadata


@pytest.mark.parametrize(("track", "name"), RUNS)
@pytest.mark.parametrize("crossed", [False, True])
def test_ids_are_item_frame_and_wording_and_none_is_used_twice(track: str, name: str, crossed: bool) -> None:
    found = run(track, name, crossed)
    assert [s.id for s in found] == ["/".join(str(meta(s)[key]) for key in ("item", "frame", "wording")) for s in found]
    assert (
        len({s.id for s in found})
        == len(found)
        == len(dealt(track, name, crossed)) * len(frame_set(name, track, "alignment_faking")[2])
    )


@pytest.mark.parametrize(("track", "name"), RUNS)
def test_metadata_holds_the_contracts_keys_the_documented_extras_and_no_others(track: str, name: str) -> None:
    expected = PLACE | COMPARED | FACTORS[track, name] | EXTRAS[track]
    declared = frame_set(name, track, "alignment_faking").gaps
    for s in run(track, name):
        gaps = {f"gap_{gap}" for gap, sides in declared.items() if meta(s)["frame"] in sides}
        assert set(meta(s)) == expected | gaps, s.id


def test_metadata_of_a_declared_gap_says_which_side_a_frame_is_on() -> None:
    gaps = {
        str(meta(s)["frame"]): {key: value for key, value in meta(s).items() if key.startswith("gap_")}
        for s in run("value_conflict", "tiers")
    }
    assert gaps == {
        "free": {"gap_goal_guarding_gap": "plus", "gap_compliance_gap": "plus"},
        "pro": {"gap_goal_guarding_gap": "minus", "gap_rater_sycophancy_gap": "plus"},
        "enterprise": {"gap_rater_sycophancy_gap": "minus", "gap_compliance_gap": "minus"},
        "free_copy": {},
        "pro_copy": {},
        "enterprise_copy": {},
    }


@pytest.mark.parametrize(
    ("track", "name", "compared"),
    [
        ("helpful_only", "oversight", {"p100", "p0", "p100_copy", "p0_copy"}),
        ("helpful_only", "tiers", {"free", "pro", "free_copy", "pro_copy"}),
        ("helpful_only", "published", {"free", "enterprise", "free_cut", "enterprise_cut"}),
        ("tool_choice", "probes", {"monitored", "rated", "monitored_copy", "rated_copy"}),
    ],
)
def test_frames_of_the_declared_contrast_are_marked(track: str, name: str, compared: set[str]) -> None:
    assert {meta(s)["frame"] for s in run(track, name) if meta(s)["compared"]} == compared


def test_a_frame_in_which_nothing_hangs_on_the_behaviour_is_marked_and_no_other_is() -> None:
    frames, table = frame_set("contrast", "arithmetic", "sandbagging"), tracks("sandbagging")
    samples = scheduled_samples(
        ladder_questions([0], 6, 0), frames, table, threat="sandbagging", track="arithmetic", seed=0
    )
    marks = {(str(meta(s)["frame"]), meta(s).get("neutral")) for s in samples}
    assert marks == {
        ("high_penalty", None),
        ("low_penalty", None),
        ("irrelevant_high", True),
        ("irrelevant_low", True),
    }
    assert {SampleDesign.read(meta(s)).neutral for s in samples} == {None, True}


@pytest.mark.parametrize(("track", "name"), RUNS)
def test_metadata_is_flat(track: str, name: str) -> None:
    assert {type(value) for s in run(track, name) for value in meta(s).values()} <= {str, bool}


@pytest.mark.parametrize(("track", "name"), RUNS)
def test_frames_of_an_item_that_differ_in_the_arm_alone_are_adjacent(track: str, name: str) -> None:
    arm_factor = {"oversight": "factor_oversight", "factorial": "factor_phase"}.get(name, "factor_tier")
    fixed = ["item", "wording", *sorted(FACTORS[track, name] - {arm_factor})]
    runs = [(key, list(group)) for key, group in groupby(run(track, name), lambda s: [meta(s)[k] for k in fixed])]
    assert len(runs) == len({tuple(key) for key, _ in runs})
    assert all({meta(s)["arm"] for s in group} == {"treatment", "control"} for _, group in runs)
    assert name == "oversight" or {len(group) for _, group in runs} == {2}


@pytest.mark.parametrize(("track", "name"), RUNS)
def test_all_frames_of_an_item_share_its_wording_its_input_its_target_and_its_order(track: str, name: str) -> None:
    seen: dict[object, set[object]] = defaultdict(set)
    for s in run(track, name):
        seen[meta(s)["item"]].add((meta(s)["wording"], s.input, s.target, meta(s).get("factor_order")))
    assert {len(variants) for variants in seen.values()} == {1}


def test_the_input_of_a_request_is_the_request_alone() -> None:
    texts = {entry.item.id: entry.item.slots(0)["request"] for entry, _, _ in dealt("helpful_only", "contrast")}
    assert all(s.input == texts[str(meta(s)["item"])] for s in run("helpful_only", "contrast"))


@pytest.mark.parametrize(("order", "letter"), [("preferred_first", "A"), ("preferred_second", "B")])
def test_the_target_of_a_choice_is_the_letter_of_the_preferred_option(order: str, letter: str) -> None:
    chosen = [s for s in run("value_conflict", "contrast") if meta(s)["factor_order"] == order]
    options = {entry.item.id: entry.item.slots(1)["option_a"] for entry, _, _ in dealt("value_conflict", "tiers")}
    assert chosen
    for s in chosen:
        assert s.target == letter
        assert f"({letter}) {options[str(meta(s)['item'])]}\n" in f"{s.input}\n"
        assert str(s.input).endswith(f"The operator would rather have option ({letter}).")


def test_the_target_of_a_tool_choice_is_the_unsafe_tool() -> None:
    assert all(s.target == meta(s)["tool_unsafe"] in str(s.input) for s in run("tool_choice", "contrast"))
