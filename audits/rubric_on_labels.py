"""A rubric on labelled transcripts: sensitivity, specificity and the graded score of a judge, beside trivial baselines.

    inspect eval audits/rubric_on_labels.py --model none -T labels=compliance --model-role grader=PROVIDER/MODEL
    inspect eval audits/rubric_on_labels.py --model organism/aligned -T labels=compliance -T half=held_out

The sets are listed in `audits/labelled_sets.yaml`. With an organism in the model's place the offline grader judges.
Half of every set was held out while rubrics and rules were written.
"""

import json
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ModelOutput
from inspect_ai.solver import Generate, Solver, TaskState, solver
from pydantic import Field

from unmask.protocol.errors import ConfigurationError, one_of
from unmask.protocol.files import Record, load, typed_path
from unmask.protocol.items import Slug, Text
from unmask.scorers.judge.labelled import agrees_with_label

HERE = Path(__file__).parent
Half = Literal["all", "development", "held_out"]


class LabelledSet(Record):
    """Labelled transcripts and the rubric that they are for."""

    about: Text | None = None
    rubric: Slug
    file: Text | None = None
    parts: dict[Slug, Text]
    """Part of the exchange -> column."""

    positive: Annotated[list[Text], Field(min_length=1)]
    negative: Annotated[list[Text], Field(min_length=1)]
    keyword: str = ""


class LabelledSets(Record):
    """The sets by name."""

    canary: Text | None = None
    sets: dict[Slug, LabelledSet]


@task
def rubric_on_labels(labels: str = "compliance", file: str | None = None, half: Half = "all", votes: int = 1) -> Task:
    """Put a rubric to labelled transcripts.

    Args:
        labels: Name of a set in `audits/labelled_sets.yaml`.
        file: Its file, in place of the one that is named there; JSON Lines.
        half: `all`, `development` or `held_out`.
        votes: How often each grader is asked.

    Raises:
        ConfigurationError: On an unknown name, a missing file, or a row without the columns that the set names.
    """
    known = load(HERE / "labelled_sets.yaml", LabelledSets).sets
    one_of("labels", labels, list(known))
    one_of("half", half, list(get_args(Half)))
    chosen = known[labels]
    if file is None and chosen.file is None:
        raise ConfigurationError(f"labels={labels!r}: is not bundled; give its file with -T file=PATH")
    path = typed_path(file) if file else HERE.parent / str(chosen.file)
    samples = [sample for sample in _samples(path, chosen) if half == "all" or _half(str(sample.id)) == half]
    return Task(
        dataset=MemoryDataset(samples, name=labels),
        solver=nothing(),
        scorer=agrees_with_label(chosen.rubric, keyword=chosen.keyword, votes=votes),
        metadata={"labels": labels, "half": half, "rubric": chosen.rubric, "file": path.name},
    )


@solver
def nothing() -> Solver:
    """Leave the transcript as it is: nobody is asked but the judge."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        state.output = ModelOutput.from_content("none", state.metadata["parts"].get("reply") or "")
        return state

    return solve


def _samples(path: Path, chosen: LabelledSet) -> list[Sample]:
    if not path.exists():
        raise ConfigurationError(f"{path}: is not there")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    made = []
    for number, row in enumerate(row for row in rows if set(row) != {"canary"}):
        name, label = str(row.get("id", number)), str(row.get("label"))
        missing = {*chosen.parts.values(), "label"} - set(row)
        if missing:
            raise ConfigurationError(f"{path.name}: row {name!r}: has no column {', '.join(sorted(missing))}")
        if label in {*chosen.positive, *chosen.negative}:
            made.append(_sample(name, row, chosen, label in chosen.positive))
    return made


def _sample(name: str, row: dict[str, Any], chosen: LabelledSet, label: bool) -> Sample:
    parts = {part: str(row[column] or "") for part, column in chosen.parts.items()}
    return Sample(id=name, input=parts.get("request") or "-", metadata={"parts": parts, "label": label})


def _half(name: str) -> Half:
    return "held_out" if int(sha256(f"half/{name}".encode()).hexdigest(), 16) % 2 else "development"
