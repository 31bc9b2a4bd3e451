"""Panels: which questions about one exchange go to a grader together, so that all of them cost one call."""

from collections.abc import Mapping
from functools import cache

from pydantic import Field

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import Record, load, threat_data
from unmask.protocol.items import Slug, Text
from unmask.scorers.judge.rubric import Rubric, rubric

__all__ = ["Panels", "asked_beside", "asked_together"]


class Panels(Record):
    """A threat's panels, by track; one named `default` is for all tracks that have none of their own."""

    canary: Text | None = None
    panels: dict[Slug, list[Slug]]
    views: list[Slug] = Field(default_factory=list)
    """Rubrics that are asked of a view of their own, such as the report alone, with the track's panel beside them."""


@cache
def _panels(threat: str) -> Panels:
    path = threat_data(threat) / "panels.yaml" if threat else None
    return load(path, Panels) if path and path.exists() else Panels(panels={})


def asked_together(name: str, threat: str, track: str, parts: Mapping[str, str]) -> list[Rubric]:
    """The rubrics that a grader is asked by in one call when one of them is wanted.

    They are the same in both arms, so that what is asked does not tell the arm. One that needs a part which is not
    there is left out.

    Args:
        name: The rubric that is wanted.
        threat: The threat's name; empty where the sample is none of the suite's.
        track: The track's name.
        parts: The exchange, by the names of its parts.

    Raises:
        ConfigurationError: If a rubric does not exist, or two of a panel share a criterion's name.
    """
    named = _named(threat, track)
    found = [rubric(one) for one in (named if name in named else [name])]
    ids = [criterion.id for one in found for criterion in one.criteria]
    if len(set(ids)) < len(ids):
        raise ConfigurationError(f"datasets/{threat}/panels.yaml: {track}: two criteria share a name: {sorted(ids)}")
    return [one for one in found if one.id == name or all(parts.get(part) for part in one.needs)]


def asked_beside(name: str, threat: str, track: str, parts: Mapping[str, str]) -> list[Rubric]:
    """The panel that is asked in the same call as a rubric with a view of its own; none where that has none.

    Args:
        name: The rubric that is wanted.
        threat: The threat's name; empty where the sample is none of the suite's.
        track: The track's name.
        parts: The whole exchange, by the names of its parts.

    Raises:
        ConfigurationError: As `asked_together`.
    """
    named = _named(threat, track) if name in _panels(threat).views else []
    ready = [one for one in named if all(parts.get(part) for part in rubric(one).needs)]
    return asked_together(ready[0], threat, track, parts) if ready else []


def _named(threat: str, track: str) -> list[str]:
    known = _panels(threat).panels
    return known.get(track, known.get("default", []))
