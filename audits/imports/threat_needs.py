"""What transcripts of a threat must hold to be scored, and what scores them. Data in `datasets/imports`."""

import re
from functools import cache
from typing import Any

from pydantic import Field

from unmask.audits.imports.transcript_map import Role, TranscriptMap
from unmask.protocol.errors import ConfigurationError, one_of
from unmask.protocol.files import DATA, Record, load
from unmask.protocol.items import Slug, Text

__all__ = ["ThreatNeeds", "TrackNeeds", "notes", "track_needs"]


class TrackNeeds(Record):
    """What one track's transcripts must hold."""

    behaviour: Slug
    """The scorer of the behaviour, of those that `unmask.scorers` exports."""

    beside: list[Slug]
    """Other scorers."""

    needs: list[Role]
    details: list[Slug] = Field(default_factory=list)
    target: Text | None = None
    """What a target must look like, as a regular expression."""

    meaning: Text | None = None
    """What the target is."""

    reference: bool = False
    """Whether the clean answer to the same prompt has to be there."""

    note: Text | None = None
    """What such an import cannot show."""

    def fits(self, target: str) -> bool:
        """Whether a target can be used.

        Args:
            target: As the source has it.
        """
        return self.target is None or re.fullmatch(self.target, target) is not None


class ThreatNeeds(Record):
    """A threat's tracks."""

    usual: Slug
    given: Slug
    """The scorer where the source's own score is taken over."""

    tracks: dict[Slug, TrackNeeds]


class _File(Record):
    canary: Text
    threats: dict[Slug, ThreatNeeds]
    notes: dict[Slug, Text]


@cache
def _file() -> _File:
    return load(DATA / "imports" / "threats.yaml", _File)


def notes() -> dict[str, str]:
    """What a log is told where a source leaves something open, by name."""
    return dict(_file().notes)


def track_needs(threat: str, wanted: TranscriptMap) -> tuple[str, TrackNeeds]:
    """The track that a map's transcripts are of, and what they must hold.

    Args:
        threat: The threat's name.
        wanted: The map.

    Raises:
        ConfigurationError: If there is no such threat or track, or the map has no place for what it needs.
    """
    one_of("threat", threat, list(_file().threats))
    known = _file().threats[threat]
    track = wanted.track or known.usual
    one_of("track", track, list(known.tracks))
    needs = known.tracks[track]
    if wanted.score is not None:
        given: dict[str, Any] = {
            "behaviour": known.given,
            "beside": [],
            "needs": [],
            "target": None,
            "reference": False,
            "note": None,
        }
        return track, needs.model_copy(update={**given, "details": []})
    roles = [wanted.columns.keys() | wanted.constants.keys() | arm.keys() for arm in wanted.arms.values() or [{}]]
    for role in needs.needs:
        if not all(role in found for found in roles):
            told = f" ({needs.meaning})" if role == "target" and needs.meaning else ""
            raise ConfigurationError(f"map: key 'columns': {threat}/{track} needs a column for {role!r}{told}")
    for name in needs.details:
        if name not in wanted.details:
            raise ConfigurationError(f"map: key 'details': {threat}/{track} needs {name!r}")
    if needs.reference and wanted.reference is None and not all("reference" in found for found in roles):
        raise ConfigurationError(
            f"map: key 'reference': {threat}/{track} holds replies against the clean answer to the same prompt: name "
            "the condition whose reply that is, or a column 'reference'"
        )
    return track, needs
