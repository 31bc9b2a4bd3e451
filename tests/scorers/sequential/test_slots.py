"""Samples that are let in and do not start, as where a sandbox does not come up, hold up no run that may stop."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import Task, eval
from inspect_ai.hooks import SampleAttemptStart
from inspect_ai.log import EvalSampleSummary
from inspect_ai.util import ExecResult, SandboxEnvironment, sandboxenv

from tests.scorers.sequential.made_run import made_samples
from tests.scorers.sequential.test_early_stop import spec
from tests.scorers.sequential.test_stopped_runs import faulty, made_behaviour, told
from unmask.scorers.sequential import slots
from unmask.scorers.sequential.early_stop import SequentialStopping
from unmask.scorers.sequential.slots import Slots
from unmask.scorers.sequential.stopping_hook import StoppingHook

BEGUN: Counter[str] = Counter()


@sandboxenv(name="comes_up_at_the_second_try")
class Flaky(SandboxEnvironment):
    """A sandbox whose first start fails for every sample."""

    @classmethod
    async def sample_init(cls, task_name: str, config: Any, metadata: dict[str, str]) -> dict[str, SandboxEnvironment]:
        name = f"{metadata['item']} {metadata['arm']}"
        BEGUN[name] += 1
        if BEGUN[name] == 1:
            raise RuntimeError("does not come up")
        return {"default": cls()}

    @classmethod
    async def sample_cleanup(cls, *given: Any, **named: Any) -> None:
        pass

    async def exec(self, *given: Any, **named: Any) -> ExecResult[str]:
        raise NotImplementedError

    async def write_file(self, *given: Any, **named: Any) -> None:
        raise NotImplementedError

    async def read_file(self, *given: Any, **named: Any) -> Any:
        raise NotImplementedError


def test_sandboxes_that_do_not_come_up_at_first_hold_up_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "PATIENCE", 0.2)
    task = Task(
        dataset=made_samples(40, families=0),
        solver=faulty(),
        scorer=made_behaviour(),
        sandbox="comes_up_at_the_second_try",
        early_stopping=SequentialStopping("made_behaviour", room="any"),
    )
    (log,) = eval(
        task, model="mockllm/model", log_dir=str(tmp_path), display="none", log_realtime=False, retry_on_error=1
    )
    assert (log.status, told(log)["verdict"], told(log)["pairs_used"]) == ("success", 1.0, 7.0)
    assert told(log)["pairs_run"] < 40


@pytest.mark.parametrize("is_heard_of", [True, False])
def test_a_slot_is_taken_back_from_a_sample_that_did_not_start_and_from_no_other(
    is_heard_of: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "PATIENCE", 0.02)
    lost: list[str] = []

    async def waits() -> bool:
        taken = Slots[str](1, lost.append)
        await taken.take("first", lambda: None)
        if is_heard_of:
            taken.started("first")
        try:
            await asyncio.wait_for(taken.take("second", lambda: None), 0.2)
        except TimeoutError:
            return True
        return False

    assert (asyncio.run(waits()), lost) == (is_heard_of, [] if is_heard_of else ["first"])


async def started(name: str) -> None:
    summary = EvalSampleSummary(id=name, epoch=1, input="", target="")
    await StoppingHook().on_sample_attempt_start(SampleAttemptStart(None, "run", "eval", "sample", summary, 1))


def test_samples_begin_in_the_order_in_which_they_came_however_long_they_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "PATIENCE", 0.02)
    names = [str(one.id) for one in made_samples(15, families=0)]
    begun: list[str] = []

    async def waited() -> None:
        manager = SequentialStopping("made", room="any")
        await manager.start_task(spec(), made_samples(15, families=0), 1)

        async def run(name: str) -> None:
            await manager.schedule_sample(name, 1)
            begun.append(name)
            await started(name)
            await asyncio.sleep(0.1)
            await manager.complete_sample(name, 1, {})

        await asyncio.gather(*map(run, names))
        assert "looked_at" not in await manager.complete_task()

    asyncio.run(waited())
    assert begun == names


def test_a_sample_that_starts_after_all_is_looked_at_behind_those_that_had_begun(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(slots, "PATIENCE", 0.02)
    samples = made_samples(2, families=0)
    slow, *others = [str(one.id) for one in samples]

    async def looked_at() -> object:
        manager = SequentialStopping("made", room="any")
        await manager.start_task(spec(max_samples=9), samples, 1)
        await manager.schedule_sample(slow, 1)
        await asyncio.sleep(0.03)
        for name in others:
            await manager.schedule_sample(name, 1)
            await started(name)
        await started(slow)
        for name in (*others, slow):
            await manager.complete_sample(name, 1, {})
        return (await manager.complete_task()).get("looked_at")

    assert asyncio.run(looked_at()) == [2, 1]
