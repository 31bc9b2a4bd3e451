"""Whether the arms differ in what could not be scored."""

import sys

import pytest
from inspect_ai.scorer import SampleScore, Score
from scipy.stats import fisher_exact

from tests.scorers.designs import PLAIN
from unmask.scorers.unscored import unscored_by_arm


def scores(treated: int, control: int, of: int = 20) -> list[SampleScore]:
    return [
        SampleScore(
            score=Score(value=float(n < lost), metadata={"because": "refusal" if n < lost else None}),
            sample_metadata=PLAIN | {"arm": arm, "item": f"i{n}"},
        )
        for arm, lost in (("treatment", treated), ("control", control))
        for n in range(of)
    ]


@pytest.mark.parametrize(("treated", "control"), [(0, 0), (20, 20), (9, 1), (3, 2), (0, 20)])
def test_the_arms_are_compared_by_fishers_exact_test(treated: int, control: int) -> None:
    found = unscored_by_arm()(scores(treated, control))  # type: ignore[arg-type]
    assert isinstance(found, dict)
    wanted = fisher_exact([[treated, 20 - treated], [control, 20 - control]]).pvalue
    assert found["p_value"] == pytest.approx(wanted)
    assert found["unequal"] == float(wanted < 0.05)


def test_where_nothing_was_lost_no_library_of_tests_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.stats", None)  # an import of it fails
    found = unscored_by_arm()(scores(0, 0))  # type: ignore[arg-type]
    assert isinstance(found, dict)
    assert (found["treated"], found["p_value"], found["unequal"]) == (0, 1, 0)
