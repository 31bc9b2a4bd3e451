"""The manager of early stopping and the metric, on scores made by hand."""

import asyncio
import math
import random
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalConfig, EvalDataset, EvalSpec
from inspect_ai.scorer import SampleScore, Score
from inspect_ai.util import EarlyStop

from tests.scorers.sequential.made_run import made_samples, made_score
from unmask.protocol.errors import ConfigurationError
from unmask.scorers.headline_figures import computed, figures_of
from unmask.scorers.sequential.early_stop import AT_ONCE, SequentialStopping
from unmask.scorers.sequential.sequential_figures import sequential
from unmask.scorers.sequential.stopping_arguments import stopping
from unmask.scorers.verdict import Room

values = st.lists(st.sampled_from([None, 0.0, 0.0, 1.0]), min_size=60, max_size=60)


def spec(**config: int) -> EvalSpec:
    return EvalSpec(
        created=datetime.now(UTC).isoformat(),
        task="made",
        dataset=EvalDataset(),
        model="m",
        config=EvalConfig(**config),
    )


async def fed(samples: list[Sample], order: list[int], scores: list[SampleScore], epochs: int = 1) -> dict[str, object]:
    """What the manager tells after these samples ended in this order, whatever else was in flight."""
    manager = SequentialStopping("made", room="any")
    await manager.start_task(spec(max_samples=1000), samples, epochs)
    for number in order:
        for epoch in range(1, epochs + 1):
            await manager.complete_sample(samples[number].id or "", epoch, {"made": scores[number]})
    return dict(await manager.complete_task())


def metric_of(scores: list[SampleScore]) -> dict[str, float]:
    kept = [one for one in scores if not math.isnan(one.score.as_float())]
    return computed([sequential(room="any")], kept)


@settings(max_examples=25)
@given(values, st.randoms(use_true_random=False), st.booleans())
def test_any_order_of_ending_gives_the_verdict_of_the_schedule(
    found: list[float | None], rng: random.Random, by_family: bool
) -> None:
    samples = made_samples(60, families=6 if by_family else 0, unit="items" if by_family else "clusters")
    scores = [made_score(one, found) for one in samples]
    order = list(range(len(samples)))
    told = asyncio.run(fed(samples, order, scores))
    rng.shuffle(order)
    assert asyncio.run(fed(samples, order, scores)) == told
    figures = metric_of(scores)
    verdict = next(name for name in ("present", "absent", "inconclusive") if figures[name])
    assert (told["verdict"], told["pairs_used"]) == (verdict, figures["pairs_used"])


def test_pairs_of_a_cluster_enter_as_their_mean() -> None:
    samples = made_samples(60, families=10)
    figures = metric_of([made_score(one, [float(n % 20 < 10) for n in range(60)]) for one in samples])
    assert figures["effect"] == 0.5
    alternating = metric_of([made_score(one, [float(n % 10 < 5) for n in range(60)]) for one in samples])
    assert alternating["log_e_present"] < figures["log_e_present"]
    assert metric_of([made_score(one, [1.0] * 60) for one in samples])["pairs_used"] == 7 * 6


def test_an_unscored_member_leaves_its_pair_out_and_blocks_nothing() -> None:
    samples = made_samples(30, families=0)
    scores = [made_score(one, [None, *[1.0] * 29]) for one in samples]
    told = asyncio.run(fed(samples, list(range(60)), scores))
    assert (told["verdict"], told["pairs_used"]) == ("present", 7)


def test_epochs_of_an_item_are_repeats() -> None:
    samples = made_samples(30, families=0)
    scores = [made_score(one, [1.0] * 30) for one in samples]
    assert asyncio.run(fed(samples, list(range(60)), scores, epochs=2))["pairs_used"] == 7


def test_ten_samples_begin_at_a_time_unless_the_user_says_otherwise() -> None:
    samples = made_samples(30, families=0)

    async def begun(**config: int) -> int:
        manager, started = SequentialStopping("made", room="any"), []
        await manager.start_task(spec(**config), samples, 1)

        async def begin(one: Sample) -> None:
            await manager.schedule_sample(one.id or "", 1)
            started.append(one.id)

        tasks = [asyncio.create_task(begin(one)) for one in samples]
        for _ in range(5):
            await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        return len(started)

    assert asyncio.run(begun()) == AT_ONCE
    assert asyncio.run(begun(max_samples=40)) == 60


def test_after_the_verdict_samples_are_stopped_and_others_run_on() -> None:
    samples = made_samples(30, families=0)

    async def stopped() -> list[str | None]:
        manager = SequentialStopping("made", room="any")
        await manager.start_task(spec(), samples, 1)
        for one in samples[:14]:
            assert await manager.schedule_sample(one.id or "", 1) is None
            await manager.complete_sample(one.id or "", 1, {"made": made_score(one, [1.0] * 30)})
        asked = [await manager.schedule_sample(name, 1) for name in (samples[20].id or "", "a near-miss")]
        return [one and one.reason for one in asked]

    assert asyncio.run(stopped()) == ["present after 7 pairs", None]


def test_a_run_of_fixed_size_has_nothing_of_it() -> None:
    plain = [one.model_copy(update={"metadata": {}}) for one in made_samples(2)]
    assert all("stop_place" not in (one.metadata or {}) for one in plain)
    assert computed([sequential()], []) == {}


def test_members_stand_side_by_side_and_rounds_take_each_family_once() -> None:
    samples = made_samples(12, families=4, unit="items", placebo=True)
    told = [one.metadata or {} for one in samples]
    assert [one["stop_place"] for one in told] == [place for place in range(1, 13) for _ in range(4)]
    assert [one["cluster"] for one in told[::4]] == ["c0", "c1", "c2", "c3"] * 3
    assert [one["stop_look"] for one in told[::4]] == [False, False, False, True] * 3
    assert {one["stop_legs"] for one in told} == {"effect net"}


def test_few_clusters_are_fixed_families_and_many_are_observations() -> None:
    asked = stopping(True, 0.1, 0.05, "alignment_faking")
    few, many = made_samples(60, families=6), made_samples(60, families=0)
    assert {(one.metadata or {})["stop_unit"] for one in asked.scheduled(few)} == {"items"}
    assert {(one.metadata or {})["stop_unit"] for one in asked.scheduled(many)} == {"clusters"}
    forced = stopping("clusters", 0.1, 0.05, "alignment_faking")
    assert {(one.metadata or {})["stop_unit"] for one in forced.scheduled(few)} == {"clusters"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((False, 0.1, None), "delta: is for stop_early=true"),
        ((True, None, 1.0), r"alpha=1\.0: must be a number between 0 and 1"),
        ((True, "x", None), "delta='x'"),
        (("soon", None, None), "choose from true, false, items, clusters"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: tuple[object, object, object], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        stopping(*arguments, "alignment_faking")


def test_a_run_that_chooses_its_samples_cannot_stop() -> None:
    with pytest.raises(ConfigurationError, match="not with calibrate"):
        stopping(True, None, None, "sandbagging", calibrate=True)


def test_where_a_fall_is_the_threat_a_run_that_falls_stops_as_present() -> None:
    samples = made_samples(60, unit="items")
    scores = [made_score(one, [1.0] * 60) for one in samples]  # 1 under treatment, 0 out of it
    fallen = [one.model_copy(update={"score": Score(value=1.0 - one.score.as_float())}) for one in scores]
    rising, falling = (computed(figures_of(name), fallen) for name in ("complied", "correct"))
    assert (falling["present"], rising["present"]) == (1, 0)
    assert falling["effect"] == 1
    assert falling["cs_low"] > 0


def test_a_sample_is_stopped_under_its_own_name_and_epoch() -> None:
    samples = made_samples(30, families=0)

    async def stopped() -> EarlyStop | None:
        manager = SequentialStopping("made", room="any")
        await manager.start_task(spec(max_samples=100), samples, 2)
        for one in samples[:30]:
            for epoch in (1, 2):
                await manager.complete_sample(one.id or "", epoch, {"made": made_score(one, [1.0] * 30)})
        return await manager.schedule_sample(samples[40].id or "", 2)

    found = asyncio.run(stopped())
    assert found is not None
    assert (found.id, found.epoch) == (samples[40].id, 2)


@pytest.mark.parametrize(("room", "verdict"), [("any", "absent"), ("behaviour", "inconclusive")])
def test_absence_stops_a_run_only_where_there_was_room(room: Room, verdict: str) -> None:
    samples = made_samples(100, families=0)

    async def told() -> dict[str, object]:
        manager = SequentialStopping("made", room=room)
        await manager.start_task(spec(max_samples=1000), samples, 1)
        for one in samples:
            await manager.complete_sample(one.id or "", 1, {"made": made_score(one, [0.0] * 100)})
        return dict(await manager.complete_task())

    assert asyncio.run(told())["verdict"] == verdict
