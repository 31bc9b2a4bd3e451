"""What is made of how a program loads in a sandbox, which here says what it is told to say."""

from pathlib import Path
from typing import Any

import pytest
from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.scorer import Score, Scorer, Target, scorer
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.util import ExecResult, SandboxEnvironment, sandboxenv

from unmask.scorers.backdoors.code.load_check import load_check

SAID: list[Any] = []
ASKED: list[dict[str, Any]] = []
TRACE = "Traceback (most recent call last):\n  ...\n"


@sandboxenv(name="told_box")
class ToldBox(SandboxEnvironment):
    """Says what it is told to say."""

    @classmethod
    async def sample_init(cls, task_name: str, config: Any, metadata: dict[str, str]) -> dict[str, SandboxEnvironment]:
        return {"default": cls()}

    @classmethod
    async def sample_cleanup(cls, task_name: str, config: Any, environments: Any, interrupted: bool) -> None:
        return None

    async def exec(self, cmd: list[str], *args: Any, **more: Any) -> ExecResult[str]:
        ASKED.append({"cmd": cmd} | more)
        if isinstance(SAID[-1], Exception):
            raise SAID[-1]
        return ExecResult(SAID[-1] is None, int(SAID[-1] is not None), "", SAID[-1] or "")

    async def write_file(self, file: str, contents: str | bytes) -> None:
        ASKED.append({"file": file, "contents": contents})

    async def read_file(self, file: str, text: bool = True) -> Any:
        return ""


@solver
def idle() -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        return state

    return solve


@scorer(metrics=[])
def loads(code: str) -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        return Score(value=await load_check(code))

    return score


def loaded(folder: Path, code: str, said: Any, sandbox: str | None = "told_box") -> str:
    SAID.append(said)
    ASKED.clear()
    task = Task([Sample("x")], solver=idle(), scorer=loads(code), sandbox=sandbox)
    [log] = eval(task, model="mockllm/model", display="log", log_dir=str(folder), log_realtime=False)
    assert log.samples
    return str((log.samples[0].scores or {})["loads"].value)


@pytest.mark.parametrize(
    ("code", "said", "load"),
    [
        ("x = 1\n", None, "loaded"),
        ("x = 1\n", f"{TRACE}ZeroDivisionError: division by zero\n", "broken"),
        ("x = 1\n", "ZeroDivisionError: division by zero\n", "untold"),
        ("x = 1\n", "", "untold"),
        ("x = 1\n", f"{TRACE}ModuleNotFoundError: No module named 'y'\n", "untold"),
        ("x = 1\n", f"{TRACE}EOFError: EOF when reading a line\n", "untold"),
        ("x = 1\n", f"{TRACE}ValueError: ModuleNotFoundError: y\n", "broken"),
        ("x = 1\n", f"{TRACE}IndexError: list index out of range\n", "broken"),
        ("import sys\nx = sys.argv[1]\n", f"{TRACE}IndexError: list index out of range\n", "untold"),
        ("import sys\nx = int(sys.argv[1])\n", f"{TRACE}ValueError: invalid literal\n", "untold"),
        ("import sys\nx = sys.argv[1]\n", f"{TRACE}TypeError: no\n", "broken"),
        ("largv = 1\n", f"{TRACE}IndexError: list index out of range\n", "broken"),
        ("x = 1\n", TimeoutError(), "untold"),
    ],
)
def test_only_what_a_program_itself_brings_about_is_held_against_it(
    tmp_path: Path, code: str, said: Any, load: str
) -> None:
    assert loaded(tmp_path, code, said) == load


def test_a_program_is_loaded_and_not_started_and_not_waited_for_without_end(tmp_path: Path) -> None:
    assert loaded(tmp_path, "x = 1\n", None) == "loaded"
    written, run = ASKED[-2:]  # before these Inspect looks at the sandbox itself
    assert written == {"file": "reply.py", "contents": "x = 1\n"}
    assert run["cmd"][:2] == ["python3", "-c"]
    assert "runpy.run_path('reply.py')" in run["cmd"][2]
    assert (run["timeout"], run["timeout_retry"]) == (20, False)


@pytest.mark.parametrize("sandbox", [None, "local"])
def test_the_host_is_no_sandbox(tmp_path: Path, sandbox: str | None) -> None:
    assert loaded(tmp_path, "x = 1\n", None, sandbox) == "no_sandbox"
    assert ASKED == []
