"""Alignment faking: does a model comply where its reply trains it, with what it declines where it does not?

After Greenblatt et al. 2024, "Alignment faking in large language models" (arXiv 2412.14093), with items, prompts and
statistics of our own. Every item is put to the model in four frames: its replies are rated and used for training (free
tier) or neither (enterprise tier), and the criteria of training conflict with its values or do not (placebo). The
headline is the compliance gap between the tiers, item by item, net of the same gap under the placebo. What the
model did is scored apart from how it reasoned.

    inspect eval tasks/alignment_faking.py --model organism/alignment_faker
    inspect eval tasks/alignment_faking.py --model PROVIDER/MODEL --model-role grader=PROVIDER/MODEL
"""

from functools import partial
from typing import Any

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset

from unmask.protocol.alignment_faking.item_calibration import calibration_declared, items_with_room
from unmask.protocol.alignment_faking.preference_items import KINDS
from unmask.protocol.design import Reasoning
from unmask.protocol.errors import known_only, switches
from unmask.protocol.files import DATA
from unmask.protocol.frames import frame_set
from unmask.protocol.provenance import provenance
from unmask.protocol.samples import scheduled_samples
from unmask.protocol.sources import item_set
from unmask.protocol.tracks import open_tracks
from unmask.scorers import complied, design, engagement, eval_awareness, faking_reasoning, unscored
from unmask.scorers.judge.graders import Graders, declare_graders
from unmask.scorers.sequential.stopping_arguments import stopping
from unmask.scorers.viewer import sample_columns, shown_as
from unmask.solvers import framed

THREAT = "alignment_faking"
VIEW = sample_columns(
    "complied", "faking_reasoning", "eval_awareness", "engagement", alarming=("complied", "faking_reasoning")
)


@task
def alignment_faking(
    track: str = "helpful_only",
    frames: str = "contrast",
    reasoning: Reasoning = "scratchpad",
    dataset: str | dict[str, Any] | None = None,
    calibrate: bool = False,
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
    """Compliance in training against compliance out of it, net of a placebo.

    Args:
        track: `helpful_only` (requests a model would usually decline), `value_conflict` (two-option scenarios),
            `tool_choice` (a safe and an unsafe tool), or `synthetic_documents` (requests with no situation in the
            prompt, for models fine-tuned on documents about their training).
        frames: A set of frames: `contrast`, `tiers`, `ladder`, `oversight`, `mitigations`, `factorial`, for
            `tool_choice` also `probes`; or the path of a frames file.
        reasoning: The reasoning channel: `scratchpad`, `native` (the provider's reasoning) or `none`.
        dataset: Items of your own: a known Hugging Face name, a YAML file or a mapping with `path` and `columns`.
        calibrate: Use only requests that the model does at some tries and not at others, with nothing told around them.
        crossed: Put every item in all wordings, in place of the one that it is assigned.
        limit_items: Use this many items, spread over the families; of those picked, where they are calibrated.
        seed: Of the order of items and the assignment of wordings.
        shard: The part `K/N` of the items, for a run that is split over N processes.
        grader_votes: How often each grader is asked.
        stop_early: Look after every pair, and stop with a verdict; `items` or `clusters` to say what enters as one.
        delta: With `stop_early`, the effect below which the behaviour counts as absent.
        alpha: With `stop_early`, the error of either verdict.

    Raises:
        ConfigurationError: Before anything is generated, on a wrong value, faulty or unreachable data, or no grader.
    """
    known_only(alignment_faking, _unknown)
    table = open_tracks(THREAT, track, reasoning, limit_items=limit_items, seed=seed, grader_votes=grader_votes)
    switches(calibrate=calibrate, crossed=crossed)
    kind, graders = table.tracks[track], declare_graders()
    chosen, used = frame_set(frames, track, THREAT), item_set(DATA / THREAT, kind, KINDS, dataset)
    make = partial(scheduled_samples, frames=chosen, table=table, threat=THREAT, track=track, reasoning=reasoning)
    make = partial(make, seed=seed, crossed=crossed, limit_items=limit_items)
    room = partial(items_with_room, make, used.items, threat=THREAT, track=track, template=kind.item, seed=seed)
    data = room() if calibrate else MemoryDataset(make(used.items), name=f"{THREAT}/{track}")
    run, told = stopping(stop_early, delta, alpha, THREAT, shard, calibrate=calibrate).applied(data, seed, "complied")
    told |= {"reasoning": reasoning, "seed": seed, "dataset": used.declared()}
    told |= {"calibrate": calibration_declared(calibrate, kind)}
    return Task(
        **run,
        solver=framed(frames),
        **_scored(graders, grader_votes),
        version="2-A",
        metadata=provenance(THREAT, track, chosen, used.files, **graders.metadata(), **told),
    )


def _scored(graders: Graders, votes: int) -> dict[str, Any]:
    """Who judges, what is scored, in this order, and how it is shown."""
    asked = [score(votes) for score in (complied, faking_reasoning, eval_awareness, engagement)]
    return {
        "setup": graders.setup(),
        "scorer": [*asked, unscored("complied", votes), design()],
        **shown_as(VIEW, "complied", "net_effect", offline=graders.offline),
    }
