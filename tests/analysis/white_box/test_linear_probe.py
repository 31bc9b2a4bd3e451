"""A probe finds what is there, on rows that it was not fitted on, and nothing where there is nothing."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from unmask.analysis.white_box.linear_probe import area, held_out_scores, shuffled_area
from unmask.analysis.white_box.prompt_features import lengths, matches, word_counts

roc_auc_score = pytest.importorskip("sklearn.metrics").roc_auc_score

PAIRS, WIDTH = 60, 12


def pairs(shift: float, seed: int = 0) -> tuple[NDArray[np.float64], list[bool], list[str], list[str]]:
    """States of items, with and without a cue that moves one feature; items of a group are alike."""
    rng = np.random.default_rng(seed)
    groups = [f"g{n // 3}" for n in range(PAIRS)]
    base = np.repeat(rng.normal(size=(PAIRS // 3, WIDTH)), 3, axis=0)
    states = np.concatenate([base + rng.normal(size=base.shape) + (np.arange(WIDTH) == 0) * s for s in (shift, 0.0)])
    return states, [True] * PAIRS + [False] * PAIRS, groups * 2, [f"p{n}" for n in range(PAIRS)] * 2


def probed(shift: float, **options: Any) -> Any:
    states, labels, groups, _ = pairs(shift)
    return area(held_out_scores(states, labels, groups, **options), labels, groups, resamples=300)


def test_a_strong_cue_is_found_and_an_absent_one_is_not() -> None:
    there, nothing = probed(6.0), probed(0.0)
    assert there.value > 0.95
    assert there.beyond_chance
    assert nothing.low < 0.5
    assert nothing.value < 0.6


def test_labels_without_a_meaning_give_about_a_half_where_a_cue_is_there() -> None:
    states, labels, groups, names = pairs(6.0)
    mean, _ = shuffled_area(states, labels, groups, names, repeats=5)
    assert 0.35 < mean < 0.6


def test_the_interval_is_that_of_resampled_groups() -> None:
    states, labels, groups, _ = pairs(1.0)
    scores, truth, rng = held_out_scores(states, labels, groups), np.array(labels), np.random.default_rng(1)
    rows = [np.flatnonzero(np.array(groups) == name) for name in sorted(set(groups))]
    drawn = [np.concatenate([rows[n] for n in rng.integers(0, len(rows), len(rows))]) for _ in range(300)]
    low, high = np.quantile([roc_auc_score(truth[one], scores[one]) for one in drawn], [0.025, 0.975])
    found = area(scores, labels, groups)
    assert found.value == pytest.approx(roc_auc_score(truth, scores))
    assert (found.low, found.high) == (pytest.approx(low, abs=0.04), pytest.approx(high, abs=0.04))


def test_an_interval_holds_its_area_where_items_differ_and_labels_hardly_do() -> None:
    """Copies of a group, compared with one another, lift the samples' areas above the data's."""
    rng = np.random.default_rng(0)
    base = np.repeat(rng.normal(size=16), 5)
    scores, groups = np.concatenate([base + 0.01, base]), [f"g{n // 5}" for n in range(80)] * 2
    found = area(scores, [True] * 80 + [False] * 80, groups)
    assert found.low <= found.value <= found.high


def test_no_group_is_fitted_and_scored_in_one_fold() -> None:
    """Each group has a label of its own, told by a feature of its own: nothing can be carried over to another group."""
    groups = [f"g{n // 4}" for n in range(80)]
    labels = [bool(n // 4 % 2) for n in range(80)]
    found = area(held_out_scores(np.repeat(np.eye(20), 4, axis=0), labels, groups), labels, groups, resamples=50)
    assert found.value < 0.7


def test_rows_that_are_not_fitted_are_scored_by_a_probe_of_the_others() -> None:
    states, labels, groups, _ = pairs(6.0)
    more = np.concatenate([states, states[:PAIRS]])
    scores = held_out_scores(
        more, [*labels, *[False] * PAIRS], [*groups, *groups[:PAIRS]], fitted=[True] * 2 * PAIRS + [False] * PAIRS
    )
    assert np.allclose(scores[:PAIRS], scores[2 * PAIRS :])


def test_labels_of_one_kind_have_no_area_and_too_few_groups_no_folds() -> None:
    assert np.isnan(area([1.0, 2.0], [True, True], ["a", "b"]).value)
    with pytest.raises(ValueError, match="2 groups are too few for 5 folds"):
        held_out_scores(np.zeros((4, 1)), [True, False] * 2, list("aabb"))


def test_what_a_text_gives_away_is_its_length_its_words_and_whether_it_holds_a_string() -> None:
    texts = ["|GO| now", "now now"]
    assert lengths(texts).tolist() == [[8], [7]]
    assert word_counts(texts).tolist() == [[1, 1, 2], [0, 2, 0]]  # GO, now, |
    assert matches(texts, "|GO|").tolist() == [1, 0]
