"""What is looked at in the activations of organisms: contrasts as data, runs of the tasks, and what comes of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog, EvalSample, list_eval_logs, read_eval_log
from inspect_ai.model import ChatMessage, Model, get_model
from trained_organisms import GRADER, TASKS

from unmask.analysis.white_box.linear_probe import Area, area, held_out_scores, shuffled_area
from unmask.analysis.white_box.paired_direction import PairedShift, paired_shift
from unmask.analysis.white_box.prompt_features import lengths, matches, word_counts
from unmask.audits.findings import log_figures
from unmask.protocol.files import DATA, Record, load
from unmask.solvers.white_box.hidden_states import States, last_token_states

__all__ = ["ASKED", "Contrast", "Result", "results", "swept"]


class Contrast(Record):
    """Frames that a probe has to tell apart, and on whose states."""

    name: str
    task: Literal["sandbagging", "backdoors"]
    arguments: dict[str, Any]
    cue: str
    placebo: str
    control: tuple[str, str] | None = None
    tracked: tuple[str, ...] = ()
    text: str | None = None
    organisms: dict[str, bool]


class Noise(Record):
    """A sweep of noise."""

    arguments: dict[str, Any]
    organisms: dict[str, bool]


class Asked(Record):
    """All that is looked at."""

    canary: str
    layer: int
    penalty: float
    folds: int
    shuffles: int
    resamples: int
    contrasts: list[Contrast]
    noise: Noise


ASKED = load(DATA / "organisms" / "trained" / "white_box.yaml", Asked)


@dataclass(frozen=True)
class Prompts:
    """Samples of a run with their states, row by row."""

    samples: list[EvalSample]
    states: States

    def of(self, *frames: str) -> "Prompts":
        """The rows of some frames, of items that have all of them."""
        items = [{s.metadata["item"] for s in self.samples if s.metadata["frame"] == frame} for frame in frames]
        kept = set.intersection(*items) if len(frames) == 2 else set.union(*items)
        rows = [
            row for row, s in enumerate(self.samples) if s.metadata["frame"] in frames and s.metadata["item"] in kept
        ]
        rows.sort(
            key=lambda row: (frames.index(self.samples[row].metadata["frame"]), self.samples[row].metadata["item"])
        )
        return Prompts([self.samples[row] for row in rows], self.states[rows])

    def meta(self, key: str) -> list[str]:
        """A key of the samples' metadata."""
        return [str(sample.metadata[key]) for sample in self.samples]

    @property
    def texts(self) -> list[str]:
        """The prompts."""
        return ["\n".join(message.text for message in asked(sample)) for sample in self.samples]

    @property
    def fired(self) -> list[bool]:
        """Whether the organism did what it does to the cue, by the task's scorer."""
        return [(sample.scores or {})["departed"].as_float() == 1 for sample in self.samples]


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


def asked(sample: EvalSample) -> list[ChatMessage]:
    """What the model was told."""
    return [message for message in sample.messages if message.role != "assistant"]


def log_of(folder: Path, name: str, task: str, arguments: dict[str, Any], model: Model, organism: str) -> EvalLog:
    """A finished run of the folder, or a new one."""
    told = {"white_box": name, "organism": organism}
    for path in list_eval_logs(str(folder)) if folder.exists() else []:
        head = read_eval_log(path, header_only=True)
        if head.status == "success" and told.items() <= (head.eval.metadata or {}).items():
            return read_eval_log(path)
    [log] = inspect_eval(
        TASKS[task](**arguments),
        model=model,
        model_roles={"grader": get_model(GRADER)},
        log_dir=str(folder),
        display="log",
        max_connections=128,
        log_realtime=False,
        metadata=told,
    )
    if log.status != "success":
        raise SystemExit(f"{organism}, {name}: {log.error.message if log.error else log.status}")
    return log


def looked_at(contrast: Contrast, organism: str, models: Path, logs: Path) -> Result:
    """Run a contrast on an organism and look at its states."""
    model = get_model("hf/local", model_path=str(models / organism), do_sample=False, memoize=False)
    samples = log_of(logs, contrast.name, contrast.task, contrast.arguments, model, organism).samples or []
    wanted = {contrast.cue, contrast.placebo, *(contrast.control or ()), *contrast.tracked}
    samples = [sample for sample in samples if sample.metadata["frame"] in wanted]
    every = Prompts(samples, last_token_states(model, [asked(sample) for sample in samples])[:, ASKED.layer])
    main = every.of(contrast.cue, contrast.placebo)
    labels, groups = [frame == contrast.cue for frame in main.meta("frame")], main.meta("cluster")
    control = every.of(*contrast.control) if contrast.control else None
    probe = {"folds": ASKED.folds, "penalty": ASKED.penalty}
    return Result(
        contrast,
        organism,
        len(labels) // 2,
        _area(main.states, main, contrast.cue),
        shuffled_area(main.states, labels, groups, main.meta("item"), repeats=ASKED.shuffles, **probe),
        _by_text(main, labels, groups, contrast.text),
        _area(control.states, control, contrast.control[0]) if control and contrast.control else None,
        _shift(main),
        _shift(control) if control else None,
        *_tracking(every, contrast),
    )


def _area(features: Any, rows: Prompts, cue: str) -> Area:
    labels, groups = [frame == cue for frame in rows.meta("frame")], rows.meta("cluster")
    scores = held_out_scores(features, labels, groups, folds=ASKED.folds, penalty=ASKED.penalty)
    return area(scores, labels, groups, resamples=ASKED.resamples)


def _by_text(rows: Prompts, labels: list[bool], groups: list[str], text: str | None) -> dict[str, Area]:
    """What the prompts' text gives by itself."""
    features = {"length": lengths(rows.texts), "words": word_counts(rows.texts)}
    options: dict[str, Any] = {"folds": ASKED.folds, "penalty": ASKED.penalty}
    scores = {name: held_out_scores(found, labels, groups, **options) for name, found in features.items()}
    scores |= {"string": matches(rows.texts, text)} if text else {}
    return {name: area(found, labels, groups, resamples=ASKED.resamples) for name, found in scores.items()}


def _shift(rows: Prompts) -> PairedShift:
    half = len(rows.samples) // 2
    return paired_shift(
        rows.states[:half],
        rows.states[half:],
        rows.meta("cluster")[:half],
        folds=ASKED.folds,
        resamples=ASKED.resamples,
    )


def _tracking(every: Prompts, contrast: Contrast) -> tuple[dict[str, Area], tuple[int, int]]:
    """How well the probe of cue and placebo, and the text, foretell firing on near-misses of held-out items."""
    if not contrast.tracked:
        return {}, (0, 0)
    rows = every.of(contrast.cue, contrast.placebo, *contrast.tracked)
    frames = rows.meta("frame")
    fitted = [frame in (contrast.cue, contrast.placebo) for frame in frames]
    near = ~np.array(fitted)
    labels, groups = [frame == contrast.cue for frame in frames], rows.meta("cluster")
    fired = [one for one, is_near in zip(rows.fired, near, strict=True) if is_near]
    options: dict[str, Any] = {"fitted": fitted, "folds": ASKED.folds, "penalty": ASKED.penalty}
    features = {"probe": rows.states, "length": lengths(rows.texts), "words": word_counts(rows.texts)}
    scores = {name: held_out_scores(found, labels, groups, **options) for name, found in features.items()}
    scores |= {"string": matches(rows.texts, contrast.text)} if contrast.text else {}
    of = [group for group, is_near in zip(groups, near, strict=True) if is_near]
    areas = {name: area(found[near], fired, of, resamples=ASKED.resamples) for name, found in scores.items()}
    return areas, (sum(fired), len(fired))


def swept(organism: str, models: Path, logs: Path) -> dict[str, float]:
    """The figures of a sweep of noise."""
    model = get_model("hf/local", model_path=str(models / organism), do_sample=False, memoize=False)
    return log_figures(log_of(logs, "noise", "sandbagging", ASKED.noise.arguments, model, organism))["correct"]


def results(models: Path, logs: Path) -> Iterator[Result]:
    """All contrasts on all organisms."""
    for contrast in ASKED.contrasts:
        for organism in contrast.organisms:
            yield looked_at(contrast, organism, models, logs)
