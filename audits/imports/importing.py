"""Makes logs of transcripts that somebody else ran."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inspect_ai import eval
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalLog

from unmask.audits.imports.mapped_rows import MappedRow, RowFault, RowReader
from unmask.audits.imports.row_sources import digest, rows_of
from unmask.audits.imports.threat_needs import TrackNeeds, notes, track_needs
from unmask.audits.imports.transcript_map import TranscriptMap, read_map
from unmask.audits.imports.transcript_store import TranscriptStore
from unmask.audits.imports.transcript_task import exchange_of, sample_of, transcript_task
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import sha256, shown
from unmask.protocol.frames import Frame, FrameSet
from unmask.protocol.provenance import provenance

__all__ = ["Imported", "import_transcripts"]

_BUFFER = 500
"""Samples that Inspect holds before it writes them; every write copies the log."""


@dataclass(frozen=True)
class Imported:
    """What an import came to."""

    logs: list[EvalLog]
    """Headers, one a subject."""

    transcripts: int
    aside: list[RowFault]
    """Rows that did not fit."""

    aside_file: Path | None
    """Where they were put, where there are any."""


@dataclass
class _Taken:
    """What has been read of a source."""

    samples: dict[str, list[Sample]] = field(default_factory=dict)
    """By subject."""

    aside: list[RowFault] = field(default_factory=list)
    seen: dict[tuple[str, ...], int] = field(default_factory=dict)
    """What tells a transcript from others -> line."""

    dates: set[str] = field(default_factory=set)
    requests: dict[tuple[str, str], int] = field(default_factory=dict)
    differs: bool = False
    """Whether the request of some item is not the same in all its samples."""

    clustered: bool = False
    rows: int = 0


def import_transcripts(
    file: str | Path,
    *,
    threat: str,
    map: str,
    out: str | Path,
    grader: str | None = None,
    score: bool = True,
    max_samples: int | None = None,
    display: Any = None,
) -> Imported:
    """Make a log of transcripts, one for each subject among them, and score it by the threat's scorers.

    Transcripts are kept in a temporary file and not in memory; Inspect runs a task over them whose solver gives every
    sample the messages that it had, and writes the log as it goes.

    Args:
        file: JSON Lines, CSV, TSV or Parquet, or a log or folder of logs of Inspect.
        threat: What the transcripts are about.
        map: Path of a map, or the name of a bundled one.
        out: Folder for the logs, and for the rows that did not fit.
        grader: Who judges, as a model's name.
        score: Whether to score now; else `inspect score` can do it later.
        max_samples: How many transcripts are scored at a time.
        display: As Inspect's `eval` takes it.

    Raises:
        ConfigurationError: If the source, the map or the grader cannot be used, or no row fits.
    """
    source = Path(file)
    path, wanted = read_map(map, threat)
    track, needs = track_needs(threat, wanted)
    if score and grader is None and needs.needs:
        raise ConfigurationError("scoring needs a grader: pass --grader PROVIDER/MODEL (offline: organism/grader)")
    with TranscriptStore() as store:
        taken = _take(source, wanted, RowReader(wanted, threat, track, needs), store)
        aside_file = _put_aside(taken.aside, Path(out) / f"{source.stem}.aside.jsonl")
        if not taken.samples:
            first = f"; the first: {taken.aside[0]}" if taken.aside else ""
            raise ConfigurationError(f"{source}: no row fits the map {shown(path)}{first}")
        told = _metadata(source, path, wanted, threat, track, needs, taken)
        told |= {"grader": [grader], "grader_offline": grader.startswith("organism/")} if score and grader else {}
        logs = []
        for model, samples in taken.samples.items():
            task = transcript_task(samples, store, model, needs, wanted.reference, told)
            logs += eval(
                task,
                model=f"imported/{model}",
                model_roles={"grader": grader} if grader else None,
                log_dir=str(out),
                log_format="eval",
                log_buffer=_BUFFER,
                log_realtime=False,
                log_header_only=True,
                fail_on_error=False,
                max_samples=max_samples,
                score=score,
                display=display,
            )
    return Imported(logs, len(taken.seen), taken.aside, aside_file)


def _take(source: Path, wanted: TranscriptMap, reader: RowReader, store: TranscriptStore) -> _Taken:
    """Read a source to its end."""
    taken, columns = _Taken(), set(wanted.columns.values()) | {c for a in wanted.arms.values() for c in a.values()}
    unseen = set(columns)
    for row in rows_of(source, log=wanted.kind == "log"):
        taken.rows += 1
        unseen -= row.fields.keys()
        for found in _told_apart(reader.read(row), taken):
            if isinstance(found, RowFault):
                taken.aside.append(found)
                continue
            taken.samples.setdefault(found.model, []).append(sample_of(found))
            store.keep(
                found.model,
                found.sample_id,
                item=found.design.item,
                condition=str(found.roles["condition"]),
                reply=str(found.roles.get("reply") or ""),
                exchange=exchange_of(found).dumped(),
            )
    if taken.rows and unseen:
        raise ConfigurationError(f"{source}: no row has a column {', '.join(map(repr, sorted(unseen)))}")
    taken.clustered = any(item != cluster for item, cluster in reader.clusters.items())
    store.index()
    return taken


def _told_apart(rows: Iterator[MappedRow | RowFault], taken: _Taken) -> Iterator[MappedRow | RowFault]:
    """Name what is there already, and note what the log has to know of all rows together."""
    for found in rows:
        if isinstance(found, RowFault):
            yield found
        elif found.key in taken.seen:
            same = f"{found.design.item!r} in {found.design.frame!r}"
            more = "" if found.epoch else "; a column for 'epoch' would tell repeats apart"
            yield RowFault(found.row, "item", f"{same} is there already, from line {taken.seen[found.key]}{more}")
        else:
            taken.seen[found.key] = found.row.line
            taken.dates |= {found.date} - {""}
            place = (found.design.item, found.design.wording)
            taken.differs |= taken.requests.setdefault(place, hash(found.request)) != hash(found.request)
            yield found


def _put_aside(faults: list[RowFault], path: Path) -> Path | None:
    """Write the rows that did not fit beside the log, each with what is wrong with it."""
    if not faults:
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for one in faults:
            told = {"file": one.row.file, "line": one.row.line, "key": one.key, "why": one.why}
            file.write(json.dumps({**told, "row": one.row.fields}, ensure_ascii=False, default=str) + "\n")
    return path


def _metadata(
    source: Path, path: Path, wanted: TranscriptMap, threat: str, track: str, needs: TrackNeeds, taken: _Taken
) -> dict[str, Any]:
    """Provenance of the log, and what the source leaves open."""
    dates = sorted(taken.dates)
    told = {
        "file": source.name,
        "sha256": digest(source),
        "rows": taken.rows,
        "aside": len(taken.aside),
        "date": dates[0] if len(dates) == 1 else {"first": dates[0], "last": dates[-1]} if dates else None,
    }
    known = notes()
    open_points = {
        "unseen_prompt": taken.differs and bool(needs.needs),
        "no_clusters": not taken.clustered,
        "no_date": not dates,
    }
    said = [known[name] for name, applies in open_points.items() if applies]
    said += [needs.note] if needs.note else []
    said += [known["given"].format(by=wanted.score.by)] if wanted.score else []
    return provenance(
        threat, track, _frames(path, wanted), [], imported=True, source={**told, "notes": said}, map=shown(path),
        map_sha256=sha256(path),
    )  # fmt: skip


def _frames(path: Path, wanted: TranscriptMap) -> FrameSet:
    """The map's conditions as frames, for the contrast that the log declares."""
    frames = tuple(
        Frame(name=one.frame or name, levels=dict(one.factors), arm=one.arm, stratum=one.stratum, tools=False)
        for name, one in wanted.conditions.items()
    )
    compared = {one.frame or name for name, one in wanted.conditions.items() if one.compared}
    return FrameSet(
        name="imported",
        path=path,
        frames=frames,
        wordings={},
        treatment=tuple(f.name for f in frames if f.arm == "treatment" and f.name in compared),
        control=tuple(f.name for f in frames if f.arm == "control" and f.name in compared),
        gaps={},
        factors=(),
        neutral=tuple(one.frame or name for name, one in wanted.conditions.items() if one.neutral),
    )
