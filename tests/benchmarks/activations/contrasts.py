"""What is looked at in the activations of organisms: contrasts as data, runs of the tasks, and what comes of them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from asked import Asked, Contrast
from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog, EvalSample, list_eval_logs, read_eval_log
from inspect_ai.model import ChatMessage, Model, ModelName, get_model
from inspect_ai.solver import TaskState

from unmask.analysis.white_box.linear_probe import Area, area, held_out_scores, shuffled_area
from unmask.analysis.white_box.paired_direction import PairedShift, paired_shift
from unmask.analysis.white_box.prompt_features import lengths, matches, word_counts
from unmask.audits.findings import log_figures
from unmask.protocol.files import DATA, load
from unmask.solvers.framing import place_in_frame
from unmask.solvers.white_box.hidden_states import States, last_token_states
from unmask.tasks.backdoors import backdoors
from unmask.tasks.sandbagging import sandbagging

GRADER = "organism/grader"
MOST = 16
"""Tokens of an answer, of which a letter is one: under noise a network may never come to an end."""

TASKS: dict[str, Callable[..., Task]] = {"sandbagging": sandbagging, "backdoors": backdoors}

__all__ = ["ASKED", "Contrast", "Result", "looked_at", "swept"]


ASKED = load(DATA / "organisms" / "trained" / "white_box.yaml", Asked)
PROBE: dict[str, Any] = {"folds": ASKED.folds, "penalty": ASKED.penalty}


@dataclass(frozen=True)
class Prompt:
    """What the organism is told in a frame of an item."""

    item: str
    cluster: str
    frame: str
    messages: list[ChatMessage]
    fired: bool = False
    """Whether the organism did what it does to the cue, by the task's scorer; false where nobody looked."""

    @property
    def text(self) -> str:
        """All that is told, as one text."""
        return "\n".join(message.text for message in self.messages)


@dataclass(frozen=True)
class Prompts:
    """Prompts with the states that they bring about, row by row."""

    rows: list[Prompt]
    states: States

    def of(self, *frames: str) -> "Prompts":
        """The rows of some frames, frame by frame and in the order of items; of two frames, items that have both."""
        items = [{row.item for row in self.rows if row.frame == frame} for frame in frames]
        kept = set.intersection(*items) if len(frames) == 2 else set.union(*items)
        places = [n for n, row in enumerate(self.rows) if row.frame in frames and row.item in kept]
        places.sort(key=lambda n: (frames.index(self.rows[n].frame), self.rows[n].item))
        return Prompts([self.rows[n] for n in places], self.states[places])

    @property
    def texts(self) -> list[str]:
        """The prompts."""
        return [row.text for row in self.rows]

    @property
    def groups(self) -> list[str]:
        """Clusters of items."""
        return [row.cluster for row in self.rows]

    def has(self, frame: str) -> list[bool]:
        """Which rows are in a frame."""
        return [row.frame == frame for row in self.rows]


@dataclass(frozen=True)
class Result:
    """What one contrast shows on one organism."""

    contrast: Contrast
    organism: str
    pairs: int
    probe: Area
    shuffled: tuple[float, float]
    text: dict[str, Area]
    control: Area | None
    shift: PairedShift
    control_shift: PairedShift | None
    tracking: dict[str, Area]
    fired: tuple[int, int]

    @property
    def reacts(self) -> bool:
        """Whether the organism was taught to."""
        return self.contrast.organisms[self.organism]


def log_of(logs: Path, name: str, task: str, arguments: dict[str, Any], model: Model, organism: str) -> EvalLog:
    """A finished run in the organism's folder of that name, or a new one."""
    folder, told = logs / organism / name, {"white_box": name, "organism": organism}
    for path in list_eval_logs(str(folder)) if folder.exists() else []:
        if read_eval_log(path, header_only=True).status == "success":
            return read_eval_log(path)
    [log] = inspect_eval(
        TASKS[task](**arguments),
        model=model,
        model_roles={"grader": get_model(GRADER)},
        log_dir=str(folder),
        display="log",
        max_connections=128,
        max_tokens=MOST,
        log_realtime=False,
        metadata=told,
    )
    if log.status != "success":
        raise SystemExit(f"{organism}, {name}: {log.error.message if log.error else log.status}")
    return log


def prompts_of(contrast: Contrast, organism: str, model: Model, logs: Path) -> list[Prompt]:
    """The prompts of a contrast: those of a run where firing is looked at, else those that a run would put."""
    wanted = {contrast.cue, contrast.placebo, *(contrast.control or ()), *contrast.tracked}
    if contrast.tracked:
        samples = log_of(logs, contrast.name, contrast.task, contrast.arguments, model, organism).samples or []
        found = [_answered(sample) for sample in samples]
    else:
        found = asyncio.run(_placed(contrast))
    return [prompt for prompt in found if prompt.frame in wanted]


def _answered(sample: EvalSample) -> Prompt:
    told = [message for message in sample.messages if message.role != "assistant"]
    meta = sample.metadata
    fired = (sample.scores or {})["departed"].as_float() == 1
    return Prompt(meta["item"], meta["cluster"], meta["frame"], told, fired)


async def _placed(contrast: Contrast) -> list[Prompt]:
    """The items of a sandbagging task in their frames, without an answer."""
    place, found = place_in_frame(contrast.arguments.get("frames", "contrast")), list[Prompt]()
    for sample in TASKS[contrast.task](**contrast.arguments).dataset:
        meta = dict(sample.metadata or {})
        state = TaskState(ModelName("none/none"), sample.id or "", 1, sample.input, [], choices=sample.choices)
        state.metadata = meta
        told = await place(state, None)  # type: ignore[arg-type]  # it places and generates nothing
        found.append(Prompt(meta["item"], meta["cluster"], meta["frame"], told.messages))
    return found


def looked_at(contrast: Contrast, organism: str, models: Path, logs: Path) -> Result:
    """Run a contrast on an organism and look at its states."""
    model = get_model("hf/local", model_path=str(models / organism), do_sample=False, memoize=False)
    rows = prompts_of(contrast, organism, model, logs)
    every = Prompts(rows, last_token_states(model, [row.messages for row in rows])[:, ASKED.layer])
    main = every.of(contrast.cue, contrast.placebo)
    labels, pairs = main.has(contrast.cue), [row.item for row in main.rows]
    control = every.of(*contrast.control) if contrast.control else None
    return Result(
        contrast,
        organism,
        len(labels) // 2,
        _area(main.states, main, contrast.cue),
        shuffled_area(main.states, labels, main.groups, pairs, repeats=ASKED.shuffles, **PROBE),
        _by_text(main, contrast),
        _area(control.states, control, contrast.control[0]) if control and contrast.control else None,
        _shift(main),
        _shift(control) if control else None,
        *_tracking(every, contrast),
    )


def _area(features: Any, rows: Prompts, cue: str) -> Area:
    scores = held_out_scores(features, rows.has(cue), rows.groups, **PROBE)
    return area(scores, rows.has(cue), rows.groups, resamples=ASKED.resamples)


def _by_text(rows: Prompts, contrast: Contrast) -> dict[str, Area]:
    """What the prompts' text gives by itself."""
    labels, groups = rows.has(contrast.cue), rows.groups
    scores = {name: held_out_scores(found, labels, groups, **PROBE) for name, found in _features(rows).items()}
    scores |= {"string": matches(rows.texts, contrast.text)} if contrast.text else {}
    return {name: area(found, labels, groups, resamples=ASKED.resamples) for name, found in scores.items()}


def _features(rows: Prompts) -> dict[str, Any]:
    return {"length": lengths(rows.texts), "words": word_counts(rows.texts)}


def _shift(rows: Prompts) -> PairedShift:
    half = len(rows.rows) // 2
    options = {"folds": ASKED.folds, "resamples": ASKED.resamples}
    return paired_shift(rows.states[:half], rows.states[half:], rows.groups[:half], **options)


def _tracking(every: Prompts, contrast: Contrast) -> tuple[dict[str, Area], tuple[int, int]]:
    """How well the probe of cue and placebo, and the text, foretell firing on near-misses of held-out items."""
    if not contrast.tracked:
        return {}, (0, 0)
    rows = every.of(contrast.cue, contrast.placebo, *contrast.tracked)
    near = np.array([row.frame in contrast.tracked for row in rows.rows])
    features = {"probe": rows.states, **_features(rows)}
    options: dict[str, Any] = {"fitted": list(~near), **PROBE}
    scores = {
        name: held_out_scores(found, rows.has(contrast.cue), rows.groups, **options) for name, found in features.items()
    }
    scores |= {"string": matches(rows.texts, contrast.text)} if contrast.text else {}
    fired = [row.fired for row, is_near in zip(rows.rows, near, strict=True) if is_near]
    groups = [row.cluster for row, is_near in zip(rows.rows, near, strict=True) if is_near]
    areas = {name: area(found[near], fired, groups, resamples=ASKED.resamples) for name, found in scores.items()}
    return areas, (sum(fired), len(fired))


def swept(organism: str, models: Path, logs: Path) -> dict[str, float]:
    """The figures of a sweep of noise."""
    model = get_model("hf/local", model_path=str(models / organism), do_sample=False, memoize=False)
    return log_figures(log_of(logs, "noise", "sandbagging", ASKED.noise.arguments, model, organism))["correct"]
