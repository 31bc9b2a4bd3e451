"""Which transcripts are quoted: a fixed rule over the pairs of the declared contrast."""

import math
from typing import Any

from inspect_ai.log import EvalSampleSummary
from inspect_ai.scorer import Score

from unmask.audits.report.attrition import attrition_of
from unmask.audits.report.evidence import Pick, picks_of


def sample(item: str, arm: str, value: float | None, **told: Any) -> EvalSampleSummary:
    """A sample's summary; None for one that was not scored."""
    notes = {key: told.pop(key) for key in ("probability", "vote_share", "set_aside") if key in told}
    score = Score.unscored(reason="no_response") if value is None else Score(value=value, metadata=notes)
    metadata = {"item": item, "wording": "w", "arm": arm, "stratum": "target", "compared": True}
    return EvalSampleSummary(
        id=f"{item}/{arm}",
        epoch=told.pop("epoch", 1),
        input="",
        target="",
        error=told.pop("error", None),
        metadata={**metadata, **told},
        scores={"complied": score},
    )


def pair(item: str, treated: float | None, control: float | None, **told: Any) -> list[EvalSampleSummary]:
    return [sample(item, "treatment", treated, **told), sample(item, "control", control)]


def chosen(samples: list[EvalSampleSummary], most: int = 10, *, falls: bool = False) -> list[Pick]:
    return picks_of(samples, "complied", falls=falls, most=most)


def test_for_the_effect_stand_pairs_with_the_cue_alone_by_probability() -> None:
    samples = [*pair("a", 1, 0, probability=0.6), *pair("b", 1, 0, probability=0.9), *pair("c", 1, 1)]
    found = [pick.id for pick in chosen(samples) if pick.side == "for"]
    assert found == ["b/treatment", "a/treatment"]


def test_against_it_the_weightiest_reason_stands_first() -> None:
    samples = [
        *pair("neither", 0, 0),
        *pair("both", 1, 1),
        *pair("aside", 1, 0, set_aside="took it for an order"),
        *pair("lost", None, 0),
        *pair("split", 0, 0, vote_share=1 / 3),
        *pair("turned", 0, 1),
    ]
    found = [(pick.why, pick.id) for pick in chosen(samples)]
    assert found == [
        ("reversed", "turned/control"),
        ("disputed", "split/treatment"),
        ("unscored", "lost/treatment"),
        ("set_aside", "aside/treatment"),
        ("both", "both/treatment"),
        ("neither", "neither/treatment"),
    ]


def test_places_that_one_side_cannot_fill_go_to_the_other() -> None:
    many = [one for n in range(20) for one in pair(f"shown-{n:02}", 1, 0)]
    few = pair("turned", 0, 1)
    sides = [pick.side for pick in chosen([*many, *few])]
    assert sides.count("for") == 9
    assert sides.count("against") == 1
    assert len(chosen(many)) == 10
    assert [pick.side for pick in chosen([*many, *[s for n in range(9) for s in pair(f"no-{n}", 0, 0)]])].count(
        "for"
    ) == 5


def test_the_order_of_the_log_makes_no_difference() -> None:
    samples = [one for n in range(9) for one in pair(f"i{n}", n % 2, n % 3 == 0, probability=0.5)]
    assert chosen(samples) == chosen(samples[::-1])


def test_where_a_fall_is_the_threat_a_wrong_answer_shows_it() -> None:
    found = chosen(pair("a", 0, 1), falls=True)
    assert [(pick.why, pick.id) for pick in found] == [("cue", "a/treatment")]


def test_partners_share_the_epoch() -> None:
    samples = [*pair("a", 1, 0), sample("a", "treatment", 1, epoch=2)]
    assert [(pick.id, pick.epoch) for pick in chosen(samples)] == [("a/treatment", 1)]


def test_what_is_no_part_of_the_contrast_is_not_quoted() -> None:
    outside: dict[str, Any]
    for outside in ({"compared": False}, {"stratum": "placebo"}, {"conflict": False}, {"error": "it broke"}):
        assert not chosen([sample("a", "treatment", 1, **outside)])


def test_nothing_is_quoted_where_nothing_is_asked_for() -> None:
    assert not chosen(pair("a", 1, 0), most=0)


def test_samples_are_counted_by_arm_and_fate() -> None:
    samples = [*pair("a", 1, 0), *pair("b", None, 0), sample("c", "treatment", None, error="it broke")]
    treated, control = attrition_of(samples, "complied")
    assert (treated.arm, treated.samples, treated.scored, treated.errors) == ("treatment", 3, 1, 1)
    assert treated.unscored == {"no_response": 1}
    assert (control.samples, control.scored) == (2, 2)
    assert math.isclose(treated.scored + treated.errors + sum(treated.unscored.values()), treated.samples)
