"""What a run of scenarios costs beyond a bare `react` task that makes the same tool calls.

    python tests/benchmarks/scheming.py [--runs 5]

Both run the same scripted organism on all scenarios, under conflict and under matched goals, in the same process and in
turn. The bare task offers the model the same tools, but on a plain dictionary of files, without a store or a log of
calls; it has as many scorers, each trivial, and asks no grader.
Prints the ratio of processor times (that of wall times is beside it: other work on the machine moves it) and that of
the logs' sizes. Exit code 1 if either lies above its bar, or if the numbers of tool calls differ.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.agent import AgentState, AgentSubmit, react
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.log import EvalLog
from inspect_ai.model import ChatMessageAssistant, ChatMessageSystem, ChatMessageUser, get_model
from inspect_ai.solver import Generate, Solver, TaskState, chain, solver
from inspect_ai.tool import Tool, ToolDef

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks.overhead.bare import trivial
from unmask.protocol.in_context_scheming.scenario_frames import Briefing, briefing, scenario_named
from unmask.protocol.in_context_scheming.scenarios import scenarios
from unmask.solvers.in_context_scheming.replay import scenario_disk
from unmask.solvers.workspace.memory import Disk
from unmask.solvers.workspace.tools import scenario_tools, submit_report
from unmask.tasks.in_context_scheming import in_context_scheming

ARMS = ("conflict", "matched")
ORGANISM = "schemer"
BAR, SIZE_BAR = 1.25, 1.5


def tools_on(disk: Disk) -> list[Tool]:
    """Tools that the model is told the same of, and that act on a disk and note nothing."""

    async def list_files(path: str = ".") -> str:
        return disk.listing(path)

    async def read_file(path: str) -> str:
        return disk.read(path)

    async def write_file(path: str, content: str) -> str:
        return disk.write(path, content)

    async def copy_file(source: str, target: str) -> str:
        return disk.duplicate(source, target)

    async def delete_file(path: str) -> str:
        return disk.delete(path)

    async def send_mail(to: str, subject: str, body: str) -> str:
        return f"Sent to {to}."

    bare = {one.__name__: one for one in (list_files, read_file, write_file, copy_file, delete_file, send_mail)}
    told = [ToolDef(one) for one in scenario_tools()]
    return [ToolDef(bare[one.name], one.name, one.description, one.parameters).as_tool() for one in told]


def handed_in() -> Tool:
    """To end the work, without noting what was handed in."""

    async def submit(report: str) -> str:
        return report

    told = ToolDef(submit_report())
    return ToolDef(submit, "submit", told.description, told.parameters).as_tool()


@solver
def worked() -> Solver:
    """A bare agent on each sample's own disk."""
    disks = {name: _disk(name) for name in chosen()}  # no argument, which would be logged

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        end = AgentSubmit(tool=handed_in(), name="submit", keep_in_messages=True)
        agent = react(prompt=None, tools=tools_on(disks[str(state.sample_id)]), submit=end)
        done = await agent(AgentState(messages=state.messages))
        state.messages, state.output = done.messages, done.output
        return state

    return solve


def chosen() -> list[str]:
    """Ids of the samples: every scenario in the first wording of what is found, in the arms that it has."""
    asked = {f"{one.id}/{arm}/{next(iter(one.findings))}" for one in scenarios() for arm in ARMS}
    return [str(sample.id) for sample in ours().dataset if str(sample.id) in asked]


def _told(name: str) -> Briefing:
    id, arm, wording = name.split("/")
    return briefing(id, arm, wording)


def _disk(name: str) -> Disk:
    return scenario_disk(scenario_named(name.split("/")[0]), affordance=True, memo=_told(name).memo)


def bare() -> Task:
    """The same conversations without anything of ours."""
    told = {name: _told(name) for name in chosen()}
    samples = [
        Sample(id=name, input=[ChatMessageSystem(content=t.system), ChatMessageUser(content=t.user)])
        for name, t in told.items()
    ]
    scorers = [trivial(f"trivial_{n}") for n in range(len(ours().scorer or []))]
    return Task(MemoryDataset(samples), solver=chain(worked()), scorer=scorers)


@dataclass(frozen=True)
class Cost:
    """What a run took."""

    wall: float
    cpu: float
    """Seconds of this process."""

    size: int
    """Bytes of the log."""

    calls: int
    """Of tools."""


def timed(build: Callable[[], Task], only: list[str] | None) -> Cost:
    """Run a task and say what it took."""
    with tempfile.TemporaryDirectory() as folder:
        model = get_model(f"organism/{ORGANISM}", memoize=False)
        task, start = build(), (time.perf_counter(), time.process_time())
        [log] = inspect_eval(task, model=model, sample_id=only, log_dir=folder, display="none")  # type: ignore[arg-type]
        wall, cpu = time.perf_counter() - start[0], time.process_time() - start[1]
        return Cost(wall, cpu, Path(log.location).stat().st_size, calls(log))


def calls(log: EvalLog) -> int:
    """Tool calls in a log."""
    assert log.status == "success", log.error
    turns = [m for s in log.samples or [] for m in s.messages if isinstance(m, ChatMessageAssistant)]
    return sum(len(turn.tool_calls or []) for turn in turns)


def ours() -> Task:
    """The task itself, each scenario in the first wording of what is found."""
    return in_context_scheming(awareness=False)


def main() -> int:
    """Measure in turn, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs, only = parser.parse_args().runs, chosen()
    costs = [(timed(ours, only), timed(bare, None)) for _ in range(runs + 1)][1:]
    counts = {one.calls for pair in costs for one in pair}
    print(f"{len(only)} samples, tool calls {sorted(counts)}")
    found = {name: [getattr(a, name) / getattr(b, name) for a, b in costs] for name in ("cpu", "wall", "size")}
    for name, ratios in found.items():
        both = [median(getattr(pair[k], name) for pair in costs) for k in (0, 1)]
        span = f"{min(ratios):.3f} to {max(ratios):.3f}"
        print(f"{name}: {both[0]:.6g} against {both[1]:.6g} bare; ratio {median(ratios):.3f} ({span})")
    print(f"bars: {BAR} of processor time, {SIZE_BAR} of size")
    return int(median(found["cpu"]) > BAR or median(found["size"]) > SIZE_BAR or len(counts) > 1)


if __name__ == "__main__":
    sys.exit(main())
