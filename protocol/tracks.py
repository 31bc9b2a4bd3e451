"""Tracks: how an item of each kind is laid out, and which answer is asked for under each reasoning channel."""

from functools import cache
from typing import get_args

from unmask.protocol.design import Reasoning
from unmask.protocol.errors import at_least, one_of
from unmask.protocol.files import Record, load, threat_data
from unmask.protocol.frames import Frame, Wording, fill
from unmask.protocol.items import Slug, Text

__all__ = ["PromptMessages", "Track", "Tracks", "open_tracks", "render_prompt", "tracks"]


class Track(Record):
    """One kind of work within a threat."""

    kind: Slug
    """Kind of its items, of those that the threat knows."""

    items: Slug
    """Folder of its items."""

    item: Text
    """Template of the bare item, as the viewer shows it and the judge reads it."""

    told_as: Slug | None = None
    """The track whose texts the frames use for this one, where they are the same."""

    subject: Text | None = None
    """What the frames call the subject of an item that names none itself."""

    described: Text | None = None
    """Template of an item whose tools are told of and not offered."""

    format: dict[Reasoning, Text]
    """What is asked of the answer's form."""


class Tracks(Record):
    """A threat's tracks and the instructions of the reasoning channel."""

    canary: Text | None = None
    reasoning: dict[Reasoning, Text]
    tracks: dict[Slug, Track]

    def told(self, track: str) -> str:
        """The track by which the frames know this one."""
        return self.tracks[track].told_as or track


class PromptMessages(Record):
    """Where a message's static and varying parts are put."""

    system: str
    user: str


@cache
def tracks(threat: str) -> Tracks:
    """Read a threat's tracks file.

    Args:
        threat: The threat's name, and its folder of data.

    Raises:
        ConfigurationError: On a fault in the file.
    """
    return load(threat_data(threat) / "tracks.yaml", Tracks)


def render_prompt(
    table: Tracks,
    track: str,
    reasoning: Reasoning,
    wording: Wording,
    frame: Frame,
    item: str,
    subject: str | None = None,
) -> PromptMessages:
    """Render the two messages of one sample; a part's text may speak of the item's `{subject}`."""
    named, asked = table.tracks[track], subject or table.tracks[track].subject or ""
    texts = {
        factor: text if isinstance(text := levels[frame.levels[factor]], str) else text[table.told(track)]
        for factor, levels in wording.parts.items()
    }
    texts = {factor: text.replace("{subject}", asked) for factor, text in texts.items()}
    texts |= {"reasoning": table.reasoning[reasoning], "format": named.format[reasoning]}
    texts |= {"subject": asked, "item": item}
    return PromptMessages(system=fill(wording.system, texts), user=fill(wording.user, texts))


def open_tracks(threat: str, track: str, reasoning: str, **numbers: object) -> Tracks:
    """Read a threat's tracks, and check the arguments that all tasks share.

    Args:
        threat: The threat's name, and its folder of data.
        track: One of its tracks.
        reasoning: One of the reasoning channels.
        **numbers: Arguments that must be 1 or more where they are given; `seed` may be 0.

    Raises:
        ConfigurationError: Naming the argument, and listing its right values.
    """
    table = tracks(threat)
    one_of("track", track, list(table.tracks))
    one_of("reasoning", reasoning, list(table.reasoning or get_args(Reasoning)))
    for name, number in numbers.items():
        at_least(name, number, 0 if name == "seed" else 1)
    return table
