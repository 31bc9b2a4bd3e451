import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import DATA
from unmask.tasks.alignment_faking import alignment_faking

Start = Callable[..., "subprocess.Popen[str]"]
TASK = "tasks/alignment_faking.py"
GRADED = ("--model", "outsider/shaky", "--model-role", "grader=outsider/stern")
TRACKS = ("helpful_only", "value_conflict", "tool_choice", "synthetic_documents")
SETS = ("contrast", "tiers", "ladder", "oversight", "mitigations", "factorial")


@dataclass
class Run:
    """An `inspect eval` that is under way, and what it leaves behind."""

    process: "subprocess.Popen[str]"
    logs: Path
    calls: Path

    def faults(self) -> list[str]:
        """The error that a user is shown, which must be one, without a traceback and before anything is generated."""
        said, complaint = self.process.communicate()
        shown = (said + complaint).splitlines()
        assert self.process.returncode not in {0, None}
        assert "Traceback" not in said + complaint
        [first] = [number for number, line in enumerate(shown) if line.startswith("Error: ")]
        assert not self.calls.exists()
        assert not self.logs.exists() or list(self.logs.iterdir()) == []
        return [shown[first].removeprefix("Error: "), *shown[first + 1 :]]


@pytest.fixture(scope="module")
def launch(start: Start, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Run]:
    def launched(*options: str, **variables: str) -> Run:
        folder = tmp_path_factory.mktemp("run")
        wanted = {"CALLS": str(folder / "calls"), "HF_HOME": str(folder / "hub"), **variables}
        process = start("eval", TASK, *options, "--log-dir", folder / "logs", **wanted)
        return Run(process, folder / "logs", folder / "calls")

    return launched


@pytest.fixture(scope="module")
def unreachable(launch: Callable[..., Run]) -> Iterator[Run]:
    """A data set behind a closed port, which the hub's client tries six times."""
    run = launch(*GRADED, "-T", "dataset=LLM-LAT/harmful-dataset", HF_ENDPOINT="http://127.0.0.1:1")
    with run.process:
        yield run
        run.process.kill()


@pytest.mark.matrix
def test_the_same_command_without_a_fault_calls_the_model_and_leaves_a_log(launch: Callable[..., Run]) -> None:
    run = launch(*GRADED, "-T", "limit_items=1")
    said, complaint = run.process.communicate()
    assert run.process.returncode == 0, said + complaint
    assert set(run.calls.read_text(encoding="utf-8").split()) == {"shaky", "stern"}
    assert len(list(run.logs.iterdir())) == 1


@pytest.mark.matrix
def test_a_model_without_a_grader_is_refused(launch: Callable[..., Run]) -> None:
    [fault] = launch("--model", "outsider/shaky").faults()
    assert fault.startswith("outsider/shaky needs a grader")
    assert "--model-role grader=PROVIDER/MODEL" in fault


WRONG = [
    ("track=helpfull", ["track='helpfull'", *TRACKS]),
    ("frames=tier", ["frames='tier'", "'helpful_only'", *SETS]),
    ("reasoning=visible", ["reasoning='visible'", "scratchpad", "native", "none"]),
    ("limit_items=0", ["limit_items=0", "at least 1"]),
    ("dataset=somebody/something", ["'somebody/something'", "columns", "LLM-LAT/harmful-dataset"]),
]


def faults_of(options: str) -> list[str]:
    """The lines of the error that a task raises when it is made with an option of the command line."""
    name, _, value = options.partition("=")
    with pytest.raises(ConfigurationError) as error:
        alignment_faking(**{name: yaml.safe_load(value)})
    return str(error.value).splitlines()


@pytest.mark.parametrize(("option", "named"), WRONG)
def test_a_wrong_value_is_refused_with_the_right_ones(option: str, named: list[str]) -> None:
    [fault] = faults_of(option)
    assert [name for name in named if name not in fault] == []


def test_a_wrong_value_lists_the_right_ones(launch: Callable[..., Run]) -> None:
    option, named = WRONG[0]
    [fault] = launch(*GRADED, "-T", option).faults()
    assert [name for name in named if name not in fault] == []


def test_a_misspelt_key_in_a_wording_is_named_with_its_file(tmp_path: Path) -> None:
    text = (DATA / "alignment_faking" / "frames" / "tiers.yaml").read_text(encoding="utf-8")
    path = tmp_path / "mine.yaml"
    path.write_text(text.replace("    cue: plain prose", "    queue: plain prose"), encoding="utf-8")
    faults = faults_of(f"frames={path}")
    place = f"{path}: key 'wordings', key 'memo', key "
    assert [fault.removeprefix(place).partition(":")[0] for fault in faults] == ["'cue'", "'queue'"]


def test_an_item_id_that_comes_twice_is_named_with_its_file(tmp_path: Path) -> None:
    rows = [{"name": name, "prompt": f"Write {name}."} for name in ("a-limerick", "a-sonnet", "a-limerick")]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    [fault] = faults_of(f"dataset={{path: {path}, columns: {{request: prompt, id: name}}}}")
    assert str(path) in fault
    assert "'a-limerick'" in fault
    assert "'a-sonnet'" not in fault


@pytest.mark.matrix
def test_a_data_set_that_cannot_be_reached_is_named(unreachable: Run) -> None:
    [fault] = unreachable.faults()
    assert fault.startswith("dataset 'LLM-LAT/harmful-dataset': ")
