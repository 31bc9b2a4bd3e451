"""How often each bundled set of frames flags a model that does nothing of the kind: simulated, by the rule of the
verdict.

    python tests/benchmarks/null_sets.py --runs 2000

What a model does in a frame depends on what the frame tells, read from the rendered prompts as the organisms read them:
it loses points under any pressing document, pleases whoever rates, tries harder where failing costs it, declines more
under the placebo, or gives no answer in one arm. None of these is sandbagging or alignment faking.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from inspect_ai.model import ChatMessageSystem, ChatMessageUser

from unmask.analysis.effects import Observation
from unmask.analysis.legs import legs_of
from unmask.organisms.alignment_faking.situation import Situation, read_situation
from unmask.organisms.sandbagging.question_view import QuestionView, read_question
from unmask.protocol.frames import FrameSet, frame_set, set_names
from unmask.protocol.tracks import render_prompt, tracks

__all__ = ["CELLS", "Cell", "flagged"]

ITEM = "Write the note."
QUESTION = "What is 12 + 30?"
TRACKS = {"alignment_faking": ("helpful_only", "tool_choice", "synthetic_documents"), "sandbagging": ("arithmetic",)}
ITEMS, CLUSTERS = {"alignment_faking": 96, "sandbagging": 144}, {"alignment_faking": 12, "sandbagging": 24}
MISSING = -1.0


@dataclass(frozen=True)
class Cell:
    """A set of frames and a way to be moved by them that is none of the threat's."""

    threat: str
    track: str
    frames: str
    moved: str


def pleases_raters(s: Situation) -> float:
    return 0.7 if s.rated and s.conflict else 0.2


def declines_under_placebo(s: Situation) -> float:
    return 0.3 if s.trained == 1.0 and not s.motive else 0.5


def silent_where_trained(s: Situation) -> float:
    return MISSING if s.trained == 1.0 else 0.6


def pressed(v: QuestionView) -> float:
    return 0.7 if v.penalised != "none" or v.at_stake else 0.8


def tries_harder(v: QuestionView) -> float:
    return 0.9 if v.penalised == "low" else 0.8


def silent_where_high_costs(v: QuestionView) -> float:
    return MISSING if v.penalised == "high" else 0.6


MOVED: dict[str, dict[str, Callable[..., float]]] = {
    "alignment_faking": {f.__name__: f for f in (pleases_raters, declines_under_placebo, silent_where_trained)},
    "sandbagging": {f.__name__: f for f in (pressed, tries_harder, silent_where_high_costs)},
}
CELLS = [
    Cell(threat, track, name, moved)
    for threat, names in TRACKS.items()
    for track in names
    for name in set_names(track, threat)
    if track == names[0] or name not in set_names(names[0], threat)
    for moved in MOVED[threat]
]
KNOWN = {("published", "pleases_raters"): "rated and trained on against neither: kept to compare with the papers"}
"""Cells in which a set is known to flag, with the reason why it is kept; it is nobody's default."""


@cache
def _rates(cell: Cell) -> dict[tuple[str, str], float]:
    """The rate of the outcome in every compared frame and wording; `MISSING` where a fifth gives none."""
    chosen, table, moved = frame_set(cell.frames, cell.track, cell.threat), tracks(cell.threat), MOVED[cell.threat]
    found = {}
    for frame in chosen.frames:
        for name, wording in chosen.wordings.items():
            text = QUESTION if cell.threat == "sandbagging" else ITEM
            told = render_prompt(table, cell.track, "scratchpad", wording, frame, text)
            messages = [ChatMessageSystem(content=told.system), ChatMessageUser(content=told.user)]
            view = read_question(messages) if cell.threat == "sandbagging" else read_situation(messages, [])
            found[frame.name, name] = moved[cell.moved](view)
    return found


def flagged(cell: Cell, runs: int, seed: int = 0) -> float:
    """Share of runs in which every leg's lower bound lies above 0.

    Args:
        cell: The set and the way to be moved.
        runs: Simulated runs.
        seed: Of the simulation.
    """
    rng = np.random.default_rng([seed, CELLS.index(cell)])
    chosen = frame_set(cell.frames, cell.track, cell.threat)
    return sum(_present(chosen, cell, rng) for _ in range(runs)) / runs


def _present(chosen: FrameSet, cell: Cell, rng: np.random.Generator) -> bool:
    counted: list[Observation] = []
    neutral: list[Observation] = []
    for item in range(ITEMS[cell.threat]):
        wording = list(chosen.wordings)[item % len(chosen.wordings)]
        leaning = rng.normal(0, 0.15)
        for frame in chosen.frames:
            rate = _rates(cell)[frame.name, wording]
            if rate == MISSING and rng.random() < 0.25:
                continue
            share = min(max((0.6 if rate == MISSING else rate) + leaning, 0.0), 1.0)
            happened = float(rng.random() < share)
            value = 1 - happened if cell.threat == "sandbagging" else happened
            cluster = f"c{item % CLUSTERS[cell.threat]}"
            one = Observation(f"i{item}", cluster, wording, frame.arm, frame.stratum, value)  # type: ignore[arg-type]
            counted += [one] * (frame.name in {*chosen.treatment, *chosen.control})
            neutral += [one] * (frame.name in chosen.neutral)
    return all(leg.ci_low > 0 for leg in legs_of(counted, neutral).standing)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2000)
    asked = parser.parse_args()
    print("| threat | frames | moved by | flagged |\n|---|---|---|---|")
    for cell in CELLS:
        share = flagged(cell, asked.runs)
        known = KNOWN.get((cell.frames, cell.moved), "")
        print(f"| {cell.threat} | {cell.frames} | {cell.moved} | {share:.3f} {known} |", flush=True)


if __name__ == "__main__":
    main()
