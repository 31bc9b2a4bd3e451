"""The cells of the detection matrix: one organism, one task, one seed."""

from collections.abc import Iterator, Sequence
from typing import Any

from unmask.audits.control_runs.expected_controls import ControlCase, Expected, TaskControls, control_book
from unmask.organisms.provider import ORGANISMS
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import Record

__all__ = ["Cell", "control_cells"]


class Cell(Record):
    """One run of the matrix. Its log carries all of this, so that it is found again."""

    task: str
    track: str
    organism: str
    expected: Expected
    foreign: bool
    """Whether the organism was made for another task."""

    scorer: str
    """Whose verdict counts."""

    arguments: dict[str, Any]
    """Of the task, but for the seed."""

    strength: float
    grader: str
    beyond: bool
    """Whether the grader says itself that it cannot tell this organism."""

    seed: int

    @property
    def row(self) -> str:
        """What the runs over seeds share, as text."""
        return self.model_dump_json(exclude={"seed"})


def control_cells(
    *,
    threats: Sequence[str] = (),
    organisms: Sequence[str] = (),
    tracks: Sequence[str] = (),
    frames: str | None = None,
    grader: str = "organism/grader",
    seeds: int = 1,
    limit: int | None = None,
    strength: float | None = None,
) -> list[Cell]:
    """The cells that are asked for, in the order of tasks, tracks, organisms and seeds.

    Args:
        threats: Tasks to run; all where none is named.
        organisms: Organisms to run, with or without `organism/` before the name; all where none is named.
        tracks: Tracks to run, of the tasks that have them; each task's first where none is named.
        frames: A set of frames in place of the task's usual one.
        grader: Who judges.
        seeds: Runs of each, with the seeds from 0.
        limit: Items (scenarios, pairs) a run.
        strength: In place of the share of items that is declared, 0 to 1.

    Raises:
        ConfigurationError: On a name that there is none of, or a number out of range.
    """
    book = control_book()
    wanted = [name.removeprefix("organism/") for name in organisms] or list(ORGANISMS)
    _known("threat", threats, list(book.tasks))
    _known("organism", wanted, list(ORGANISMS))
    chosen = {name: book.tasks[name] for name in threats or book.tasks}
    _known("track", tracks, [track for one in chosen.values() for track in one.tracks])
    if frames and "backdoors" in chosen:
        raise ConfigurationError("frames: the frames of backdoors are made of the trigger; leave out that threat")
    more: dict[str, Any] = {"frames": frames} if frames else {}
    return [
        Cell(
            task=name,
            track=track,
            organism=organism,
            expected=case.expected,
            foreign=controls.is_foreign(organism),
            scorer=case.scorer or _scorer(controls, track),
            arguments=_arguments(controls, track, case, limit) | more,
            strength=strength if strength is not None else case.strength or book.strength,
            grader=grader,
            beyond=grader in case.beyond,
            seed=seed,
        )
        for name, controls in chosen.items()
        for track in _tracks(controls, tracks)
        for organism in wanted
        for case in controls.cases_of(organism, track)
        for seed in range(seeds)
    ]


def _tracks(controls: TaskControls, asked: Sequence[str]) -> Iterator[str]:
    yield from [track for track in controls.tracks if track in asked] if asked else list(controls.tracks)[:1]


def _scorer(controls: TaskControls, track: str) -> str:
    """The scorer that a track's own cases name, else the task's."""
    own = [one.scorer for one in controls.cases if one.tracks == [track] and one.scorer]
    return own[0] if own else controls.scorer


def _arguments(controls: TaskControls, track: str, case: ControlCase, limit: int | None) -> dict[str, Any]:
    usual = {} if case.arguments.get("mode") or controls.tracks[track].get("mode") else controls.arguments
    given = {**usual, **controls.tracks[track], **case.arguments}
    return given | ({controls.limit: limit} if limit is not None else {})


def _known(what: str, names: Sequence[str], choices: list[str]) -> None:
    for name in names:
        if name not in choices:
            raise ConfigurationError(f"{what} {name!r}: choose from {', '.join(choices)}")
