"""Many tasks share one resource that has one setting at a time."""

import random
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial

import anyio
import pytest

from unmask.solvers.sandbagging.settings_gate import SettingsGate


class Resource:
    """What the gate guards: it counts its openings and must be closed before it is opened anew."""

    def __init__(self) -> None:
        self.setting: str | None = None
        self.opened: list[str] = []

    @contextmanager
    def at(self, setting: str) -> Iterator[None]:
        assert self.setting is None
        self.setting = setting
        self.opened.append(setting)
        yield
        self.setting = None


class Crowd:
    """Tasks that go through one gate, and the order in which they got in."""

    def __init__(self) -> None:
        self.gate, self.resource, self.entered = SettingsGate(), Resource(), list[str]()

    async def visit(self, setting: str, naps: int = 1) -> None:
        async with self.gate.at(setting, partial(self.resource.at, setting)):
            self.entered.append(setting)
            for _ in range(naps):
                assert self.resource.setting == setting
                await anyio.lowlevel.checkpoint()
            assert self.resource.setting == setting

    async def stay(self, setting: str, until: anyio.Event) -> None:
        async with self.gate.at(setting, partial(self.resource.at, setting)):
            self.entered.append(setting)
            await until.wait()


def run(body: Callable[[Crowd], Awaitable[None]]) -> Crowd:
    """The crowd after `body`, which must end soon and leave the resource at rest and the gate in working order."""
    crowd = Crowd()

    async def main() -> None:
        with anyio.fail_after(20):
            await body(crowd)
            assert crowd.resource.setting is None
            await crowd.visit("last")

    anyio.run(main)
    return crowd


async def settle() -> None:
    for _ in range(10):
        await anyio.lowlevel.checkpoint()


@pytest.mark.parametrize("at_once", [1, 2, 5, 200])
@pytest.mark.parametrize("seed", range(3))
def test_two_hundred_tasks_of_seven_settings_all_get_through(seed: int, at_once: int) -> None:
    async def body(crowd: Crowd) -> None:
        rng, slots = random.Random(seed), anyio.Semaphore(at_once)

        async def sample(setting: str, naps: int) -> None:
            async with slots:
                await crowd.visit(setting, naps)

        async with anyio.create_task_group() as tasks:
            for i in rng.sample(range(200), 200):
                tasks.start_soon(sample, f"s{i % 7}", rng.randrange(5))

    assert len(run(body).entered) == 201


def test_tasks_in_order_of_setting_open_every_setting_once() -> None:
    async def body(crowd: Crowd) -> None:
        async with anyio.create_task_group() as tasks:
            for i in range(200):
                tasks.start_soon(crowd.visit, f"s{i // 40}", i % 4 + 1)

    assert run(body).resource.opened == ["s0", "s1", "s2", "s3", "s4", "last"]


def test_who_comes_later_to_the_open_setting_does_not_overtake_who_waits_for_another() -> None:
    async def body(crowd: Crowd) -> None:
        leave = anyio.Event()
        async with anyio.create_task_group() as tasks:
            for visit in [partial(crowd.stay, "a", leave), partial(crowd.visit, "b"), partial(crowd.visit, "a")]:
                tasks.start_soon(visit)
                await settle()
            leave.set()

    assert run(body).entered == ["a", "b", "a", "last"]


def test_who_waits_for_one_setting_goes_in_together() -> None:
    async def body(crowd: Crowd) -> None:
        leave = anyio.Event()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(crowd.stay, "a", leave)
            await settle()
            for setting in "bcbcb":
                tasks.start_soon(crowd.visit, setting, 3)
            await settle()
            leave.set()

    assert run(body).entered == ["a", "b", "b", "b", "c", "c", "last"]


def test_an_endless_stream_at_one_setting_starves_nobody() -> None:
    async def body(crowd: Crowd) -> None:
        async with anyio.create_task_group() as tasks:

            async def stream() -> None:
                while True:
                    await crowd.visit("a", 2)

            for _ in range(3):
                tasks.start_soon(stream)
                await anyio.lowlevel.checkpoint()
            await crowd.visit("b")
            tasks.cancel_scope.cancel()

    assert "b" in run(body).entered


def test_cancelling_who_waits_lets_those_behind_it_in() -> None:
    async def body(crowd: Crowd) -> None:
        leave, scope = anyio.Event(), anyio.CancelScope()

        async def impatient() -> None:
            with scope:
                await crowd.visit("b")

        async with anyio.create_task_group() as tasks:
            for visit in [partial(crowd.stay, "a", leave), impatient, partial(crowd.visit, "a")]:
                tasks.start_soon(visit)
                await settle()
            scope.cancel()
            await settle()
            assert crowd.entered == ["a", "a"]
            leave.set()

    assert run(body).entered == ["a", "a", "last"]


def test_who_is_let_in_and_cancelled_at_once_gives_its_place_back() -> None:
    async def body(crowd: Crowd) -> None:
        with anyio.CancelScope() as scope:
            scope.cancel()
            await crowd.visit("a")

    crowd = run(body)
    assert crowd.resource.opened == ["a", "last"]
    assert crowd.entered == ["last"]


@pytest.mark.parametrize("seed", range(5))
def test_two_hundred_tasks_of_which_some_are_cancelled_at_any_time_leave_the_gate_in_order(seed: int) -> None:
    async def body(crowd: Crowd) -> None:
        rng, scopes = random.Random(seed), [anyio.CancelScope() for _ in range(200)]

        async def sample(scope: anyio.CancelScope, setting: str, naps: int) -> None:
            with scope:
                await crowd.visit(setting, naps)

        async with anyio.create_task_group() as tasks:
            for i, scope in enumerate(scopes):
                tasks.start_soon(sample, scope, f"s{i % 5}", rng.randrange(6))
                if i % 3 == 0:
                    await anyio.lowlevel.checkpoint()
                    rng.choice(scopes[: i + 1]).cancel()
            for scope in rng.sample(scopes, 60):
                await anyio.lowlevel.checkpoint()
                scope.cancel()

    run(body)


def test_a_setting_that_cannot_be_made_fails_its_own_tasks_only() -> None:
    async def body(crowd: Crowd) -> None:
        failed = []

        def impossible() -> None:
            raise MemoryError("no room")

        async def doomed() -> None:
            try:
                async with crowd.gate.at("bad", impossible):  # type: ignore[arg-type]
                    pytest.fail("was let in")
            except MemoryError:
                failed.append(1)

        leave = anyio.Event()
        async with anyio.create_task_group() as tasks:
            for visit in [partial(crowd.stay, "a", leave), doomed, doomed, partial(crowd.visit, "b"), doomed]:
                tasks.start_soon(visit)
                await settle()
            leave.set()
        assert len(failed) == 3

    assert run(body).entered == ["a", "b", "last"]


def test_an_error_inside_leaves_the_gate_in_order() -> None:
    async def body(crowd: Crowd) -> None:
        with pytest.raises(ZeroDivisionError):
            async with crowd.gate.at("a", partial(crowd.resource.at, "a")):
                raise ZeroDivisionError

    run(body)
