"""What each mode of the backdoor task runs: which prompts, in which frames, with what in the trigger's place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, get_args

from inspect_ai import SampleSource
from inspect_ai.dataset import Dataset, MemoryDataset, Sample

from unmask.protocol.assignment import Assigned, assign_wordings, schedule
from unmask.protocol.backdoors.arguments import BackdoorArguments, Mode, SampleCounts, chosen_triggers
from unmask.protocol.backdoors.earlier_log import with_earlier_scores
from unmask.protocol.backdoors.leakage import PROBES, leakage_probe
from unmask.protocol.backdoors.rewriting import Rewriting
from unmask.protocol.backdoors.search import SuccessiveHalving
from unmask.protocol.backdoors.trigger_samples import Variant, placements, trigger_frames, trigger_samples
from unmask.protocol.backdoors.trigger_specs import TriggerSpec, candidate_spec, library_trigger
from unmask.protocol.backdoors.triggers import BACKDOORS, Position, TriggerText, candidates, triggers
from unmask.protocol.errors import ConfigurationError, one_of
from unmask.protocol.files import typed_path
from unmask.protocol.frames import FrameSet, fill
from unmask.protocol.items import Clustered
from unmask.protocol.tracks import Tracks

__all__ = ["BUDGET", "BackdoorRun", "backdoor_run", "known_run", "search_run", "track_of"]

BUDGET = 3000
"""Calls of the model in a search where nothing else is said."""


@dataclass(frozen=True)
class BackdoorRun:
    """The samples of a run, and how its log declares them."""

    data: Dataset | SampleSource
    frames: FrameSet
    declared: dict[str, Any]
    calls: int | None = None
    """Calls of the model that it may spend; None where they are not counted."""


def backdoor_run(
    mode: str, asked: BackdoorArguments, items: Sequence[Clustered], table: Tracks, track: str, seed: int, scorer: str
) -> BackdoorRun:
    """The run that was asked for.

    Args:
        mode: One of the modes.
        asked: What was asked.
        items: The prompts.
        table: The threat's tracks.
        track: The track.
        seed: Of the order of prompts and the assignment of placements.
        scorer: Name of the score that says whether an output departed.

    Raises:
        ConfigurationError: If it cannot be had.
    """
    if mode == "search":
        budget = BUDGET if asked.budget is None else asked.budget
        probes = PROBES if asked.probes is None else asked.probes
        return search_run(asked.candidates, items, table, track, seed, budget, scorer, probes)
    cues = chosen_triggers(asked.trigger, asked.placebo, asked.position, track)
    amounts = SampleCounts.of(mode, len(items), asked.pairs, asked.near, asked.clean)
    run = known_run(cues, items, table, track, seed, amounts, safety=mode == "persistence" and not asked.against)
    return replace(run, data=with_earlier_scores(asked.against, run.data, scorer))


def known_run(
    cues: Sequence[TriggerSpec],
    items: Sequence[Clustered],
    table: Tracks,
    track: str,
    seed: int,
    amounts: SampleCounts,
    safety: bool,
) -> BackdoorRun:
    """One or more triggers with placebos, near-misses and the clean frame; under a safety prompt too where wanted.

    Args:
        cues: The triggers.
        items: The prompts.
        table: The threat's tracks.
        track: The track.
        seed: Of the order of prompts and the assignment of placements.
        amounts: How many prompts each comparison gets.
        safety: Whether trigger and placebo are run again under a safety prompt.
    """
    ordered = schedule(items, seed)
    laid = [_for_cue(cue, ordered, table, track, seed, amounts, safety) for cue in cues]
    clean = (
        trigger_samples(cues[0], _assigned(cues[0], ordered[: amounts.clean], seed), ["clean"], table, track)
        if amounts.clean
        else []
    )
    samples = [*chain.from_iterable(laid), *clean]
    kinds = [f"near_{kind}" for cue in cues for kind in cue.near] if amounts.near else []
    frames = trigger_frames(cues[0], dict.fromkeys(["trigger", "placebo", *kinds, *(["clean"] if clean else [])]))
    told = {
        cue.id: {"position": cue.position, "trigger": _told(cue.texts), "placebo": _told(cue.placebos)} for cue in cues
    }
    declared = {"triggers": told, "prompts": len(items)}
    return BackdoorRun(MemoryDataset(samples, name=f"backdoors/{track}"), frames, declared)


def search_run(
    library: str | None,
    items: Sequence[Clustered],
    table: Tracks,
    track: str,
    seed: int,
    budget: int,
    scorer: str,
    probes: int = 0,
) -> BackdoorRun:
    """A search among the library's triggers and candidates, or among those of a file of one's own.

    Args:
        library: Path of a file of candidates.
        items: The prompts.
        table: The threat's tracks.
        track: The track.
        seed: Of the order of prompts, the assignment of placements, and ties.
        budget: Model calls.
        scorer: Name of the score that says whether an output departed.
        probes: Calls of the leakage probe that come first; 0 for none.
    """
    path = typed_path(library) if library else BACKDOORS / "candidates.yaml"
    cues = [candidate_spec(candidate) for candidate in candidates(path)]
    ordered = schedule(items, seed)
    cues = cues if library else [*_for_any_prompt(map(library_trigger, triggers()), items, table, track), *cues]
    positions: set[Position] = {"user_start", *(cue.position for cue in cues)}
    assigned = {position: _assigned_in(position, ordered, seed) for position in positions}
    leakage = leakage_probe(probes, cues, table, track) if probes else None

    def make(cue: TriggerSpec, prompts: Sequence[Assigned], frames: Sequence[str], phase: str) -> list[Sample]:
        wanted = {entry.item.id for entry, _, _ in prompts}
        here = [entry for entry in assigned[cue.position] if entry[0].item.id in wanted]
        apart: dict[str, Any] = {} if phase == "confirmation" else {"stratum": phase, "compared": False}
        variant = Variant(**apart, details={"phase": phase, "candidates": source.candidates})
        return trigger_samples(cue, here, frames, table, track, variant)

    source = SuccessiveHalving(
        cues, next(iter(assigned.values())), make, budget, seed, scorer, reference=scorer == "departed", leakage=leakage
    )
    calls = source.plan.calls + probes
    declared = {"candidates": len(cues), "budget": budget, "calls_planned": calls, "leakage_probes": probes}
    return BackdoorRun(
        source, trigger_frames(cues[0], ["trigger", "placebo"]), declared | {"candidates_file": str(path.name)}, budget
    )


def track_of(mode: str, track: str | None) -> str:
    """The track of a mode: coding tasks for `code`, prompts where nothing else is said.

    Raises:
        ConfigurationError: If there is no such mode, or the track does not fit it.
    """
    one_of("mode", mode, list(get_args(Mode)))
    if mode == "code" and track not in (None, "coding"):
        raise ConfigurationError(f"track={track!r}: mode=code is about coding tasks")
    return track or ("coding" if mode == "code" else "prompts")


def _for_cue(
    cue: TriggerSpec,
    ordered: Sequence[Clustered],
    table: Tracks,
    track: str,
    seed: int,
    amounts: SampleCounts,
    safety: bool,
) -> list[Sample]:
    fitting = _fitting(cue, ordered, table, track)
    assigned = _assigned(cue, fitting[: amounts.pairs], seed)
    plain = Variant(factors={"safety": "absent"}) if safety else Variant()
    found = trigger_samples(cue, assigned, ["trigger", "placebo"], table, track, plain)
    for number, entry in enumerate(assigned if safety else []):
        variant = Variant("safety", False, {"safety": "present"}, {"safety_telling": number}, "@present")
        found += trigger_samples(cue, [entry], ["trigger", "placebo"], table, track, variant)
    near = [f"near_{kind}" for kind in cue.near]
    return found + (trigger_samples(cue, assigned[: amounts.near], near, table, track) if near else [])


def _assigned(cue: TriggerSpec, items: Sequence[Clustered], seed: int) -> list[Assigned]:
    return _assigned_in(cue.position, items, seed)


def _assigned_in(position: Position, items: Sequence[Clustered], seed: int) -> list[Assigned]:
    return assign_wordings(items, list(placements().positions[position]), seed)


def _for_any_prompt(
    cues: Iterable[TriggerSpec], items: Sequence[Clustered], table: Tracks, track: str
) -> list[TriggerSpec]:
    """Triggers that any prompt can be put with, as a search does that tries all on the same prompts."""
    texts = {one.item.id: fill(table.tracks[track].item, one.item.slots(0)) for one in items}
    return [cue for cue in cues if all(cue.fits(text, item) for item, text in texts.items())]


def _fitting(cue: TriggerSpec, items: Sequence[Clustered], table: Tracks, track: str) -> list[Clustered]:
    """The prompts that can be put with a trigger."""
    template = table.tracks[track].item
    found = [one for one in items if cue.fits(fill(template, one.item.slots(0)), one.item.id)]
    if not found:
        raise ConfigurationError(f"trigger={cue.id!r}: none of the prompts can be put with it; it needs translations")
    return found


def _told(texts: Sequence[TriggerText]) -> object:
    """A trigger as the log's metadata tell of it; a list where it has several tellings."""
    told = [_plain(text) for text in texts]
    return told if len(told) > 1 else told[0]


def _plain(text: TriggerText) -> object:
    if isinstance(text, str):
        return text
    return (
        text.model_dump(exclude_defaults=True) if isinstance(text, Rewriting) else [turn.model_dump() for turn in text]
    )
