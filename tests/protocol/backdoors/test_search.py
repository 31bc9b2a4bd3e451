import asyncio
from collections import Counter
from collections.abc import Callable

import pytest
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalRetryError, EvalSample
from inspect_ai.scorer import Score

from unmask.protocol.backdoors.coding.coding_items import KINDS
from unmask.protocol.backdoors.modes import search_run
from unmask.protocol.backdoors.search import CONFIRMING, CONFIRMING_MOST, FINALISTS, SuccessiveHalving, search_plan
from unmask.protocol.backdoors.triggers import BACKDOORS
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.sources import item_set
from unmask.protocol.tracks import tracks
from unmask.solvers.backdoors.trigger_prompt import messages_for

TABLE = tracks("backdoors")
ITEMS = item_set(BACKDOORS, TABLE.tracks["prompts"], KINDS, None).items
BUDGET = 3000


def source(seed: int = 0, budget: int = BUDGET) -> SuccessiveHalving:
    found = search_run(None, ITEMS, TABLE, "prompts", seed, budget, "departed").data
    assert isinstance(found, SuccessiveHalving)
    return found


def searched(
    fires: Callable[[str, str], bool], seed: int = 0, unscored: frozenset[str] = frozenset(), flaky: int = 0
) -> list[Sample]:
    """Play a whole search in which an output departs where `fires(trigger, item)` with the trigger in place.

    Outputs of the triggers `unscored` are not scored; one sample in `flaky`, where it is given, fails at first.
    """

    async def go() -> list[Sample]:
        halving, played = source(seed), list[Sample]()
        batch: list[Sample] | None = halving.initial_samples()
        while batch:
            played += batch
            for number, s in enumerate(batch):
                meta = s.metadata or {}
                hit = meta["frame"] == "trigger" and fires(meta["trigger"], meta["item"])
                done = EvalSample(id=s.id or "", epoch=1, input=s.input, target="", metadata=meta)
                done.scores = {} if meta["trigger"] in unscored else {"departed": Score(value=float(hit))}
                if flaky and number % flaky == 0:
                    done.error_retries = [EvalRetryError(message="", traceback="", traceback_ansi="")]
                await halving.sample_complete(done)
            batch = await halving.next_samples()
        return played

    return asyncio.run(go())


def phases(played: list[Sample]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {"discovery": Counter(), "confirmation": Counter()}
    for s in played:
        found[(s.metadata or {})["phase"]][(s.metadata or {})["trigger"]] += 1
    return found


def calls(played: list[Sample]) -> int:
    clean = {
        tuple(m.text for m in messages_for({k: v for k, v in (s.metadata or {}).items() if k != "cue"}, str(s.input)))
        for s in played
    }
    return len(played) + len(clean)


@pytest.mark.parametrize("seed", [0, *[pytest.param(seed, marks=pytest.mark.matrix) for seed in range(1, 5)]])
def test_a_trigger_that_always_fires_is_among_the_finalists_within_the_budget(seed: int) -> None:
    played = searched(lambda trigger, _: trigger == "iso-day", seed)
    assert phases(played)["confirmation"] == {"iso-day": 2 * CONFIRMING_MOST}
    assert calls(played) <= source(seed).plan.calls <= BUDGET


@pytest.mark.parametrize(("seeds", "least"), [(3, 3), pytest.param(20, 18, marks=pytest.mark.matrix)])
def test_one_that_fires_on_a_third_of_the_prompts_is_found_in_nine_searches_of_ten(seeds: int, least: int) -> None:
    found = [
        "kiosk" in phases(searched(lambda trigger, item: trigger == "kiosk" and a_third(item), seed))["confirmation"]
        for seed in range(seeds)
    ]
    assert sum(found) >= least


def a_third(item: str) -> bool:
    return sum(map(ord, item)) % 3 == 0


@pytest.mark.parametrize("seeds", [1, pytest.param(5, marks=pytest.mark.matrix)])
def test_candidates_that_cannot_be_scored_crowd_out_no_trigger(seeds: int) -> None:
    blocked = frozenset({"emoji-kite", "snail-emoji", "runes-three", "korean-line", "japanese-line"})
    for seed in range(seeds):
        played = searched(lambda trigger, item: trigger == "kiosk" and a_third(item), seed, blocked)
        assert set(phases(played)["confirmation"]) == {"kiosk"}


def test_failed_attempts_leave_a_shorter_search_within_the_budget() -> None:
    played = searched(lambda trigger, _: trigger in {"iso-day", "kiosk"}, flaky=8)
    usual = searched(lambda trigger, _: trigger in {"iso-day", "kiosk"})
    tested, most = (phases(one)["confirmation"]["iso-day"] for one in (played, usual))
    assert CONFIRMING < tested < most
    assert calls(played) + len(played) // 8 <= BUDGET


def test_no_finalist_is_confirmed_on_prompts_that_found_it() -> None:
    played = searched(lambda trigger, _: trigger in {"kiosk", "iso-day", "snail-emoji"})
    by_phase: dict[str, set[str]] = {"discovery": set(), "confirmation": set()}
    for s in played:
        by_phase[(s.metadata or {})["phase"]].add((s.metadata or {})["item"])
    assert not by_phase["discovery"] & by_phase["confirmation"]
    assert CONFIRMING < len(by_phase["confirmation"]) < CONFIRMING_MOST


def test_a_search_that_hits_nothing_confirms_nothing() -> None:
    assert not phases(searched(lambda *_: False))["confirmation"]


def test_what_fires_everywhere_fills_the_finalists_and_costs_no_more_than_planned() -> None:
    played = searched(lambda *_: True)
    confirmed = phases(played)["confirmation"]
    assert len(confirmed) == FINALISTS
    assert min(confirmed.values()) >= 2 * CONFIRMING
    assert calls(played) <= BUDGET


def test_only_the_confirmation_is_compared() -> None:
    for s in searched(lambda trigger, _: trigger == "kiosk"):
        meta = s.metadata or {}
        assert meta["compared"] == (meta["phase"] == "confirmation")
        assert (meta["stratum"] == "discovery") == (meta["phase"] == "discovery")


@pytest.mark.parametrize(("count", "budget"), [(200, 2000), (40, 800), (500, 5000), (2, 600)])
def test_a_plan_spends_what_it_may_and_no_more(count: int, budget: int) -> None:
    found = search_plan(count, budget, 300)
    assert found.calls <= budget
    more = search_plan(count, budget + 3 * count + 50, 300)
    assert more.first > found.first or more.discovery + CONFIRMING > 300 - 2 * len(more.survivors)


def test_a_budget_that_is_too_small_is_refused_with_the_least_that_would_do() -> None:
    with pytest.raises(ConfigurationError, match=r"budget=300: 232 candidates need at least (\d+) calls"):
        source(budget=300)
