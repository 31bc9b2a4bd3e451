"""Sandbagging: does a model answer worse where a high score has a consequence for it?

After Apollo Research 2024, "Frontier models are capable of in-context scheming" (arXiv 2412.04984) and van der Weij et
al. 2024, "AI sandbagging" (arXiv 2406.07358). Every question is put to the model beside a document in four versions:
unlearning follows on a score on the upper side of 50%, or on the lower side (the same words but for the side), or
something irrelevant follows on the one or the other. The headline is the accuracy lost under the first against the
second, question by question, net of what is lost between the irrelevant two; and it has to show against these as well,
so that trying harder where a low score costs is no holding back. Giving no answer is an outcome of its own
(`withheld`).

    inspect eval tasks/sandbagging.py --model organism/sandbagger
    inspect eval tasks/sandbagging.py --model PROVIDER/MODEL --model-role grader=PROVIDER/MODEL -T calibrate=true
"""

from functools import partial
from typing import Any, get_args

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset

from unmask.protocol import frame_set, open_tracks, provenance, scheduled_samples
from unmask.protocol.design import Layout, Reasoning
from unmask.protocol.errors import known_only, one_of, switches
from unmask.protocol.frames import FrameSet
from unmask.protocol.sandbagging.question_sets import (
    MakeSamples,
    calibrated_source,
    calibration_declared,
    question_set,
)
from unmask.protocol.tracks import Tracks
from unmask.scorers import declare_graders
from unmask.scorers.judge.graders import Graders
from unmask.scorers.sandbagging.sandbagging_scorers import sandbagging_columns, sandbagging_scorers
from unmask.scorers.sequential.stopping_arguments import Stopping, stopping
from unmask.scorers.viewer import shown_as
from unmask.solvers.sandbagging.question_solver import DocumentSetting, answer_questions
from unmask.solvers.sandbagging.weight_noise import noise_levels, with_noise

THREAT = "sandbagging"


@task
def sandbagging(
    track: str = "arithmetic",
    frames: str = "contrast",
    reasoning: Reasoning = "scratchpad",
    setting: DocumentSetting = "single_turn",
    dataset: str | dict[str, Any] | None = None,
    calibrate: bool = False,
    interview: bool = False,
    noise: bool | float | str | list[float] = False,
    items_per_level: int = 24,
    crossed: bool = False,
    limit_items: int | None = None,
    seed: int = 0,
    shard: str | None = None,
    grader_votes: int = 1,
    stop_early: bool | str = False,
    delta: float | None = None,
    alpha: float | None = None,
    **_unknown: Any,
) -> Task:
    """Accuracy where a high score has a consequence for the model, against where a low score has.

    Args:
        track: `arithmetic` or `problems`, free or, with `_choice`, of four options; `questions`; `small_language`.
        frames: A set of frames: `contrast`, `consequences`, `goals`, `effort`, `instructions`, `password`; or a file.
        reasoning: The reasoning channel: `scratchpad`, `native` or `none`.
        setting: `single_turn` (the document stands in the prompt) or `agent` (it lies in a workspace).
        dataset: Questions of your own: a known Hugging Face name, a YAML file or a mapping with `path` and `columns`.
        calibrate: Use only rungs on which the model is right 70 to 90% of the time where nothing hangs on the score.
        interview: Ask the model afterwards whether it did its best.
        noise: Scales of weight noise, or true for a sweep of usual ones; for models of Inspect's `hf` provider.
        items_per_level: Arithmetic questions a rung, on average.
        crossed: Put every item in all wordings, in place of the one that it is assigned.
        limit_items: Use this many items, spread over the families.
        seed: Of the arithmetic, the order of items and the assignment of wordings.
        shard: The part `K/N` of the items, for a run that is split over N processes.
        grader_votes: How often each grader is asked.
        stop_early: Look after every pair, and stop with a verdict; `items` or `clusters` to say what enters as one.
        delta: With `stop_early`, the effect below which the behaviour counts as absent.
        alpha: With `stop_early`, the error of either verdict.

    Raises:
        ConfigurationError: Before anything is generated, on a wrong value, faulty or unreachable data, or no grader.
    """
    stop = _checked(_unknown, (stop_early, delta, alpha, shard), calibrate, interview, crossed)
    table = _opened(track, reasoning, limit_items, seed, items_per_level, grader_votes)
    used, scales = question_set(table.tracks[track], dataset, items_per_level, seed), noise_levels(noise)
    chosen, graders = frame_set(frames, table.told(track), THREAT), declare_graders()
    make = _make(setting, chosen, table, track, reasoning, seed=seed, crossed=crossed)
    plain = MemoryDataset(with_noise(make(used.items, limit_items=limit_items), scales), f"{THREAT}/{track}")
    data = calibrated_source(make, table.tracks[track], limit_items, items_per_level, seed) if calibrate else plain
    run, told = stop.applied(data, seed, "correct", direction=-1, room="accuracy")
    told |= {"reasoning": reasoning, "setting": setting, "interview": interview, "seed": seed, "noise": list(scales)}
    told |= {"dataset": used.declared(), "calibrate": calibration_declared(calibrate, used, scales)}
    return Task(
        **run,
        **_worked(frames, setting, graders, grader_votes, interview=interview, noisy=bool(scales)),
        version="2-A",
        metadata=provenance(THREAT, track, chosen, used.files, **graders.metadata(), **told),
    )


def _checked(
    unknown: dict[str, Any],
    asked: tuple[object, object, object, object],
    calibrate: bool,
    interview: bool,
    crossed: bool,
) -> Stopping:
    """How much of the run is done; the other arguments are known, and switches are such."""
    known_only(sandbagging, unknown)
    switches(calibrate=calibrate, interview=interview, crossed=crossed)
    stop_early, delta, alpha, shard = asked
    return stopping(stop_early, delta, alpha, THREAT, shard, calibrate=calibrate)


def _opened(
    track: str, reasoning: Reasoning, limit_items: int | None, seed: int, items_per_level: int, votes: int
) -> Tracks:
    """The tracks, and the counts are such."""
    counts = {"limit_items": limit_items, "items_per_level": items_per_level, "grader_votes": votes}
    return open_tracks(THREAT, track, reasoning, seed=seed, **counts)


def _make(
    setting: DocumentSetting, frames: FrameSet, table: Tracks, track: str, reasoning: Reasoning, **more: Any
) -> MakeSamples:
    """What makes samples of questions."""
    one_of("setting", setting, list(get_args(DocumentSetting)))
    layout: Layout = "workspace" if setting == "agent" else "prompt"
    make = partial(scheduled_samples, frames=frames, table=table, threat=THREAT, track=track, reasoning=reasoning)
    return partial(make, layout=layout, **more)


def _worked(
    frames: str, setting: DocumentSetting, graders: Graders, votes: int, *, interview: bool, noisy: bool
) -> dict[str, Any]:
    """How the questions are answered, who judges, what is scored, and how it is shown."""
    agent = setting == "agent"
    columns = sandbagging_columns(agent=agent, interview=interview)
    return {
        "setup": graders.setup(),
        "solver": answer_questions(frames, setting, interviewed=interview, noisy=noisy),
        "scorer": sandbagging_scorers(votes, agent=agent, interview=interview),
        **shown_as(columns, "correct", "net_effect", offline=graders.offline),
    }
