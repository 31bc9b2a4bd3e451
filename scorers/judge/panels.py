"""Panels: which questions about one exchange go to a grader together, so that all of them cost one call."""

from collections.abc import Mapping
from functools import cache

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import Record, load, threat_data
from unmask.protocol.items import Slug, Text
from unmask.scorers.judge.rubric import Rubric, rubric

__all__ = ["Panels", "asked_together"]


class Panels(Record):
    """A threat's panels, by track; one named `default` is for all tracks that have none of their own."""

    canary: Text | None = None
    panels: dict[Slug, list[Slug]]


@cache
def _panels(threat: str) -> dict[str, list[str]]:
    path = threat_data(threat) / "panels.yaml"
    return load(path, Panels).panels if path.exists() else {}


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
    known = _panels(threat) if threat else {}
    named = known.get(track, known.get("default", []))
    found = [rubric(one) for one in (named if name in named else [name])]
    ids = [criterion.id for one in found for criterion in one.criteria]
    if len(set(ids)) < len(ids):
        raise ConfigurationError(f"datasets/{threat}/panels.yaml: {track}: two criteria share a name: {sorted(ids)}")
    return [one for one in found if one.id == name or all(parts.get(part) for part in one.needs)]
