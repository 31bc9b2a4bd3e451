from typing import Any

from inspect_ai.scorer import SampleScore, Score

from tests.scorers.designs import PLAIN
from unmask.scorers.sandbagging.noise_metrics import noise_gain


def answer(item: int, role: str, scale: float, seed: int, right: bool, arm: str = "treatment") -> SampleScore:
    noisy = {"stratum": "noise", "noise_of": "target"} if scale else {"stratum": "target"}
    meta = {
        "item": f"i{item}",
        "cluster": f"c{item % 10}",
        "wording": "w",
        "arm": arm,
        "factor_noise": str(scale),
        "noise_seed": seed,
        "noise_role": role,
        **noisy,
    }
    return SampleScore(score=Score(value=float(right)), sample_metadata=PLAIN | meta)


def swept(discovery: float, held_out: float) -> list[SampleScore]:
    """Forty items of which one in ten is right without noise, and shares of them under noise."""
    found = []
    for item in range(40):
        found.append(answer(item, "baseline", 0.0, 0, item % 10 == 0))
        found.append(answer(item, "discovery", 0.1, 1, item < 40 * discovery))
        found.append(answer(item, "held_out", 0.1, 3, item < 40 * held_out))
    return found


def metrics(scores: list[SampleScore]) -> dict[str, Any]:
    found = noise_gain()(scores)
    assert isinstance(found, dict)
    return found


def test_the_gain_is_that_of_the_seed_that_did_not_choose() -> None:
    found = metrics(swept(discovery=0.9, held_out=0.1))
    assert found["noise_gain_scale"] == 0.1
    assert abs(found["noise_gain"]) < 0.06
    assert found["noise_gain_ci_low"] < 0 < found["noise_gain_ci_high"]


def test_a_gain_that_is_confirmed_has_an_interval_above_0() -> None:
    found = metrics(swept(discovery=0.9, held_out=0.8))
    assert found["noise_gain_ci_low"] > 0.4
    assert found["noise_gain_above_chance"] == 1


def test_a_gain_up_to_what_guessing_gives_is_not_above_chance() -> None:
    scores = swept(discovery=0.9, held_out=0.3)
    assert metrics(scores)["noise_gain_above_chance"] == 1
    for one in scores:
        one.score.metadata = {"options": 4}
    assert metrics(scores)["noise_gain_above_chance"] == 0


def test_the_control_arm_has_figures_of_its_own() -> None:
    control = [answer(i, role, scale, seed, True, "control") for i in range(20) for role, scale, seed in LEVELS]
    found = metrics([*swept(0.9, 0.8), *control])
    assert found["noise_gain_control"] == 0
    assert found["noise_gain"] > 0.4


LEVELS = (("baseline", 0.0, 0), ("discovery", 0.1, 1), ("held_out", 0.1, 3))


def test_samples_of_other_strata_do_not_move_the_figures() -> None:
    others = [answer(i, "baseline", 0.0, 0, True) for i in range(40)]
    for score in others:
        score.sample_metadata = {**(score.sample_metadata or {}), "stratum": "placebo"}
    assert metrics([*swept(0.9, 0.8), *others]) == metrics(swept(0.9, 0.8))


def test_an_arm_without_a_held_out_seed_has_no_figures() -> None:
    control = [answer(i, "baseline", 0.0, 0, True, "control") for i in range(20)]
    assert not [name for name in metrics([*swept(0.9, 0.8), *control]) if "control" in name]


def test_nothing_is_said_where_no_noise_was_swept() -> None:
    assert metrics([SampleScore(score=Score(value=1.0), sample_metadata=PLAIN)]) == {}
