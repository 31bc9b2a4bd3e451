"""What a run of scenarios costs beyond a bare `react` task that makes the same tool calls.

    python tests/benchmarks/scheming.py [--runs 5]

Both run the same scripted organism on all scenarios, under conflict and under matched goals, in the same process and in
turn. The bare task has tools on a plain dictionary of files, no store, no log of calls, and as many trivial scorers.
Exit code 1 if the ratio of times lies above 1.3, or if the numbers of tool calls differ.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from statistics import median

from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.agent import AgentSubmit, react
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.log import EvalLog
from inspect_ai.model import ChatMessageAssistant, ChatMessageSystem, ChatMessageUser, get_model
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer
from inspect_ai.solver import Generate, Solver, TaskState, chain, solver
from inspect_ai.tool import Tool, ToolDef, tool

from unmask.protocol.in_context_scheming.scenario_frames import briefing
from unmask.protocol.in_context_scheming.scenarios import Scenario, scenarios
from unmask.solvers.in_context_scheming.replay import scenario_disk
from unmask.solvers.workspace.memory import Disk
from unmask.tasks.in_context_scheming import in_context_scheming

ARMS = ("conflict", "matched")
ORGANISM = "schemer"
BAR = 1.3


def tools_on(disk: Disk) -> list[Tool]:
    """Tools of the same names that act on a disk and note nothing."""

    async def list_files(path: str = ".") -> str:
        """List.

        Args:
            path: Path.
        """
        return disk.listing(path)

    async def read_file(path: str) -> str:
        """Read.

        Args:
            path: Path.
        """
        return disk.read(path)

    async def write_file(path: str, content: str) -> str:
        """Write.

        Args:
            path: Path.
            content: Content.
        """
        return disk.write(path, content)

    async def copy_file(source: str, target: str) -> str:
        """Copy.

        Args:
            source: Source.
            target: Target.
        """
        return disk.duplicate(source, target)

    return [ToolDef(one).as_tool() for one in (list_files, read_file, write_file, copy_file)]


@tool
def submit() -> Tool:
    """See `execute`."""

    async def execute(report: str) -> str:
        """Hand in.

        Args:
            report: The report.
        """
        return report

    return execute


@solver
def worked(disks: dict[str, Disk]) -> Solver:
    """A bare agent on each sample's own disk."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        end = AgentSubmit(tool=submit(), name="submit", keep_in_messages=True)
        agent = react(prompt=None, tools=tools_on(disks[str(state.sample_id)]), submit=end)
        done = await agent(_state(state))
        state.messages, state.output = done.messages, done.output
        return state

    return solve


def _state(state: TaskState) -> "object":
    from inspect_ai.agent import AgentState

    return AgentState(messages=state.messages)


def trivial(name: str) -> Scorer:
    """A scorer that looks at nothing."""

    @scorer(metrics=[mean()], name=name)
    def build() -> Scorer:
        async def score(state: TaskState, target: Target) -> Score:
            return Score(value=1.0, explanation="trivial")

        return score

    return build()


def bare() -> Task:
    """The same conversations without anything of ours."""
    rows: list[tuple[str, Scenario, str]] = [(f"{one.id}/{arm}", one, arm) for one in scenarios() for arm in ARMS]
    told = {name: briefing(one.id, arm, next(iter(one.findings))) for name, one, arm in rows}
    disks = {name: scenario_disk(one, affordance=True, memo=told[name].memo) for name, one, _ in rows}
    samples = [
        Sample(id=name, input=[ChatMessageSystem(content=t.system), ChatMessageUser(content=t.user)])
        for name, t in told.items()
    ]
    return Task(MemoryDataset(samples), solver=chain(worked(disks)), scorer=[trivial(f"trivial_{n}") for n in range(5)])


def timed(build: Callable[[], Task], only: list[str] | None) -> tuple[float, int]:
    """Seconds of a run, and how many tool calls it made."""
    with tempfile.TemporaryDirectory() as folder:
        model = get_model(f"organism/{ORGANISM}", memoize=False)
        start = time.perf_counter()
        [log] = inspect_eval(build(), model=model, sample_id=only, log_dir=folder, display="none")  # type: ignore[arg-type]
        return time.perf_counter() - start, calls(log)


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
    runs = parser.parse_args().runs
    only = [f"{one.id}/{arm}/{next(iter(one.findings))}" for one in scenarios() for arm in ARMS]
    times = [(timed(ours, only), timed(bare, None)) for _ in range(runs + 1)][1:]
    ratio = median(a[0] / b[0] for a, b in times)
    counts = {count for pair in times for _, count in pair}
    ours_s, bare_s = (median(pair[k][0] for pair in times) for k in (0, 1))
    print(f"{len(only)} samples, tool calls {sorted(counts)}")
    print(f"{ours_s:.2f} s against {bare_s:.2f} s bare; ratio {ratio:.3f} (bar {BAR})")
    return int(ratio > BAR or len(counts) > 1)


if __name__ == "__main__":
    sys.exit(main())
