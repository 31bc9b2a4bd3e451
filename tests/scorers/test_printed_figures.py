"""What a run prints of a scorer's figures, and how Inspect's viewer lists its samples."""

import math
from typing import Any

import pytest
from inspect_ai.viewer import TaskSamplesSort

from tests.scorers.designs import figured, made
from unmask.scorers import sample_columns
from unmask.scorers.headline_figures import VERDICTS, computed, figures_of, headline
from unmask.scorers.rates import difference_keys, rate_keys
from unmask.scorers.unscored import unscored_by_arm, unscored_share
from unmask.scorers.viewer import shown_as

RISE = [made(f"i{n}", arm, float(arm == "treatment")) for n in range(30) for arm in ("treatment", "control")]
EQUAL = [made(f"i{n}", arm, float(n < 100)) for n in range(200) for arm in ("treatment", "control")]

FEW = [made(f"i{n}", arm, float(n < most)) for n in range(12) for arm, most in (("treatment", 5), ("control", 3))]


def placed(*scores: Any) -> list[Any]:
    """The same scores of a run that could stop early."""
    mark = {"stop_look": True, "stop_pairs": 9, "stop_legs": "effect", "stop_unit": "items"}
    mark |= {"stop_delta": 0.1, "stop_alpha": 0.05}
    places = [
        (one, one.sample_metadata | mark | {"stop_place": int(one.sample_metadata["item"][1:]) + 1}) for one in scores
    ]
    return [one.model_copy(update={"sample_metadata": meta}) for one, meta in places]


def test_a_verdict_is_kept_as_a_number() -> None:
    assert VERDICTS == {"present": 1, "inconclusive": 0, "absent": -1}


@pytest.mark.parametrize(("scores", "verdict"), [(RISE, 1), (EQUAL, -1), (FEW, 0)])
def test_the_verdict_comes_first_and_then_the_figures_that_are_named(scores: list[Any], verdict: int) -> None:
    found = figured(headline("complied", ("treated", "effect", "no_such")), scores)
    assert list(found) == ["verdict", "treated", "effect"]
    assert found["verdict"] == verdict


def test_a_scorer_without_a_verdict_prints_none_and_one_without_samples_prints_an_open_one() -> None:
    assert list(figured(headline("eval_awareness", ("treated",)), RISE)) == ["treated"]
    assert figured(headline("eval_awareness", ("treated",)), [])["verdict"] == 0.0
    assert figured(headline("no_such_scorer", ("treated",)), RISE) == {}


def test_a_run_that_could_stop_early_prints_its_pairs_and_nothing_that_holds_for_a_fixed_size() -> None:
    scores = placed(*RISE[:18])
    found = figured(headline("complied", ("treated", "ci_low")), scores)
    effects = ["effect", "cs_low", "cs_high", "net_effect"]
    assert list(found) == ["verdict", *effects, "pairs_used", "pairs_run", "pairs_planned"]
    assert (found["pairs_run"], found["pairs_planned"]) == (9, 9)
    every = computed(figures_of("complied"), scores)
    assert not {"ci_low", "p_value", "mde", "treated_lo", "treated_hi", "items_needed"} & set(every)
    assert {"ci_low", "p_value", "mde", "treated_lo"} <= set(computed(figures_of("complied"), RISE))


def test_figures_are_known_by_a_scorers_full_name_and_by_that_of_an_earlier_version() -> None:
    assert figures_of("unmask/complied") == figures_of("complied") != ()
    assert figures_of("thought_and_deed") == figures_of("reasoning_and_action") != ()
    assert figures_of("no_such_scorer") == ()


def test_a_rate_over_items_has_its_mean_and_its_bounds() -> None:
    found = rate_keys("r", [1.0, 0.5, 0.0, 0.5], 0.05)
    assert found["r"] == 0.5
    assert 0 < found["r_lo"] < 0.5 < found["r_hi"] < 1
    assert math.isnan(rate_keys("r", [], 0.05)["r"])


def test_the_difference_of_two_rates_lies_between_their_stricter_bounds() -> None:
    one, other = [1.0] * 6 + [0.0] * 4, [1.0] * 2 + [0.0] * 8
    found, a, b = difference_keys("d", one, other, 0.1), rate_keys("", one, 0.05), rate_keys("", other, 0.05)
    assert found["d"] == pytest.approx(0.4)
    assert (found["d_lo"], found["d_hi"]) == (a["_lo"] - b["_hi"], a["_hi"] - b["_lo"])


def lost(treated: int, control: int, **more: Any) -> list[Any]:
    counts = {"treatment": treated, "control": control}
    because = {True: {"because": "refusal"}, False: {"because": None}}
    return [
        made(f"i{n}", arm, float(n < count), notes=because[n < count], **more)
        for arm, count in counts.items()
        for n in range(20)
    ]


def test_what_could_not_be_scored_is_counted_by_arm_and_reason() -> None:
    scores = [*lost(10, 1), made("j", "control", 1.0, notes={"because": "budget"})]
    found = figured(unscored_by_arm(), scores)
    assert figured(unscored_share(), scores) == {"share": pytest.approx(12 / 41)}
    assert (found["treated"], found["control"]) == (0.5, pytest.approx(2 / 21))
    assert (found["because_refusal"], found["because_budget"], found["mostly"]) == (11, 1, 0)


@pytest.mark.parametrize(("treated", "control", "mostly"), [(10, 10, 0), (11, 10, 1), (20, 20, 1)])
def test_more_than_half_is_most(treated: int, control: int, mostly: int) -> None:
    assert figured(unscored_by_arm(), lost(treated, control))["mostly"] == mostly


def test_only_the_declared_contrast_counts_and_an_arm_that_is_missing_has_no_share() -> None:
    assert figured(unscored_by_arm(), lost(20, 0, compared=False)) == {}
    found = figured(unscored_by_arm(), [one for one in lost(5, 5) if one.sample_metadata["arm"] == "control"])
    assert (found["control"], found["p_value"]) == (0.25, 1.0)
    assert math.isnan(found["treated"])


@pytest.mark.parametrize(("alpha", "unequal"), [(0.05, 1), (0.001, 0)])
def test_the_arms_are_unequal_below_the_error(alpha: float, unequal: int) -> None:
    assert figured(unscored_by_arm(alpha), lost(9, 1))["unequal"] == unequal


def test_the_sample_list_shows_place_words_and_scores_in_this_order_sorted_by_item_and_frame() -> None:
    view: Any = sample_columns("complied", "faking_reasoning", alarming=("complied",)).task_samples_view
    shown = [column.id for column in view.columns if column.visible is not False]
    assert shown[0] == "sampleStatus"
    assert [name.rpartition("__")[2] for name in shown[1:4]] == ["item", "frame", "arm"]
    assert shown[4:6] == ["input", "answer"]
    assert ["complied" in shown[6], "faking_reasoning" in shown[7], len(shown)] == [True, True, 8]
    assert view.sort == [TaskSamplesSort.score("design", name) for name in ("item", "frame")]
    assert (view.multiline, view.compact_scores) == (True, False)
    assert view.score_color_scales == {"complied": "good-low"}
    assert view.score_labels == {"faking_reasoning": "faking", "eval_awareness": "aware"}


@pytest.mark.parametrize(("offline", "tags"), [(True, ["offline-grader"]), (False, None)])
def test_a_log_that_an_offline_grader_touched_is_tagged(offline: bool, tags: list[str] | None) -> None:
    view = sample_columns("complied")
    found = shown_as(view, "complied", "effect", offline=offline)
    assert (found["viewer"], found["tags"]) == (view, tags)
    assert (found["headline_metric"].scorer, found["headline_metric"].metric) == ("complied", "effect")
