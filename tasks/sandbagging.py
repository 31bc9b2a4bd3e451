"""Sandbagging: does a model answer worse where a high score has a consequence for it?

After Apollo Research 2024, "Frontier models are capable of in-context scheming" (arXiv 2412.04984) and van der Weij et
al. 2024, "AI sandbagging" (arXiv 2406.07358). Every question is put to the model beside a document in four versions:
unlearning follows on a score above 50%, on a score below 50% (the same words but for the side), something irrelevant
follows, or nothing does and time presses. The headline is the accuracy lost under the first against the second,
question by question, net of what the placebo pair loses.

    inspect eval tasks/sandbagging.py --model organism/sandbagger
    inspect eval tasks/sandbagging.py --model PROVIDER/MODEL --model-role grader=PROVIDER/MODEL -T calibrate=true
"""

from functools import partial
from typing import Any, get_args

from inspect_ai import SampleSource, Task, task
from inspect_ai.dataset import Dataset, MemoryDataset

from unmask.protocol.arithmetic import LADDER, PROBES, ladder_levels, ladder_questions
from unmask.protocol.calibration import Calibrated
from unmask.protocol.files import DATA
from unmask.protocol.frames import frame_set
from unmask.protocol.items import load_items
from unmask.protocol.provenance import provenance
from unmask.protocol.samples import laid_out
from unmask.protocol.sources import files_of, items_from, source
from unmask.protocol.tracks import Reasoning, at_least, one_of, only_where, tracks
from unmask.scorers import correct, eval_awareness, place, sandbagging_intent, took_as_order, worked_vs_submitted
from unmask.scorers.graders import declare_graders, graded
from unmask.scorers.view import sample_columns
from unmask.solvers import framed

THREAT = "sandbagging"


@task
def sandbagging(
    track: str = "arithmetic",
    frames: str = "contrast",
    reasoning: Reasoning = "scratchpad",
    dataset: str | dict[str, Any] | None = None,
    calibrate: bool = False,
    items_per_level: int = 15,
    crossed: bool = False,
    limit_items: int | None = None,
    seed: int = 0,
    grader_votes: int = 1,
) -> Task:
    """Accuracy where a high score has a consequence for the model, against where a low score has.

    Args:
        track: `arithmetic` (a number is asked for) or `questions` (four options, in domains that a model might play
            down and others).
        frames: A set of frames: `contrast`, `consequences`, `goals`, `effort`, `instructions`; or a frames file.
        reasoning: The reasoning channel: `scratchpad`, `native` or `none`.
        dataset: Questions of your own: a known Hugging Face name, a YAML file or a mapping with `path` and `columns`.
        calibrate: First find the rungs of the ladder on which the model is right 70 to 90% of the time in a neutral
            frame, and use those alone.
        items_per_level: Arithmetic questions a rung, on average.
        crossed: Put every item in all wordings, in place of the one that it is dealt.
        limit_items: Use this many items, spread over the families.
        seed: Of the arithmetic, the order of items and the deal of wordings.
        grader_votes: How often each grader is asked.

    Raises:
        ConfigurationError: Before anything is generated, on a value that is not among the right ones, a faulty data
            file, data that cannot be reached, or a missing grader.
    """
    folder, layout = DATA / THREAT, tracks(DATA / THREAT / "tracks.yaml")
    one_of("track", track, list(layout.tracks))
    one_of("reasoning", reasoning, list(get_args(Reasoning)))
    at_least("limit_items", limit_items, 1)
    at_least("grader_votes", grader_votes, 1)
    at_least("items_per_level", items_per_level, 1)
    own = source(dataset, "question", folder) if dataset else None
    ladder = own is None and layout.tracks[track].items == LADDER.stem
    only_where("calibrate", calibrate, ladder, "only the bundled arithmetic has levels to choose from")
    chosen, graders = frame_set(frames, track, folder / "frames"), declare_graders()
    shared: dict[str, Any] = {"threat": THREAT, "track": track, "seed": seed, "crossed": crossed}
    lay_out = partial(laid_out, frames=chosen, table=layout, **shared, limit_items=limit_items)
    rungs = list(range(ladder_levels()))
    total = items_per_level * len(rungs)
    data: Dataset | SampleSource
    if calibrate:
        probe = laid_out(ladder_questions(rungs, PROBES, seed + 1), chosen, layout, **shared)
        data = Calibrated(probe, lambda picked: lay_out(ladder_questions(picked, total // len(picked), seed)))
    else:
        bundled = load_items(folder / layout.tracks[track].items, "question")
        items = items_from(own) if own else ladder_questions(rungs, items_per_level, seed) if ladder else bundled
        data = MemoryDataset(lay_out(items), name=f"{THREAT}/{track}")
    files = [folder / "tracks.yaml", *DATA.glob("rubrics/*.yaml")]
    files += files_of(own) if own else [LADDER] if ladder else (folder / "questions").glob("*.yaml")
    more = {"reasoning": reasoning, "seed": seed, "calibrate": calibrate, "dataset": own.model_dump() if own else None}
    scores = ("correct", "worked_vs_submitted", "sandbagging_intent", "took_as_order", "eval_awareness")
    return Task(
        dataset=data,
        setup=None if graders.names else graded(),
        solver=framed(frames, reasoning),
        scorer=[
            correct(grader_votes),
            worked_vs_submitted(grader_votes),
            sandbagging_intent(grader_votes),
            took_as_order(grader_votes),
            eval_awareness(grader_votes),
            place(),
        ],
        viewer=sample_columns(*scores, alarming=("worked_vs_submitted", "sandbagging_intent")),
        headline_metric="correct",
        version="1-A",
        tags=["offline-grader"] if graders.offline else None,
        metadata=provenance(THREAT, track, chosen, files, **graders.metadata(), **more),
    )
