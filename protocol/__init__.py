"""The protocol: what a run is. Items, frames, wordings, their assignment, and the samples that are made of them."""

from unmask.protocol.assignment import assign_wordings, schedule
from unmask.protocol.design import SampleDesign
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.families import QUESTION, REQUEST, load_items
from unmask.protocol.files import DATA, Record, add_threat
from unmask.protocol.frames import Frame, FrameSet, frame_set
from unmask.protocol.items import Clustered, Family, Item, ItemKind, Slug, Text
from unmask.protocol.provenance import provenance
from unmask.protocol.samples import make_samples, scheduled_samples
from unmask.protocol.sources import item_set
from unmask.protocol.tracks import open_tracks, tracks

__all__ = [
    "DATA",
    "QUESTION",
    "REQUEST",
    "Clustered",
    "ConfigurationError",
    "Family",
    "Frame",
    "FrameSet",
    "Item",
    "ItemKind",
    "Record",
    "SampleDesign",
    "Slug",
    "Text",
    "add_threat",
    "assign_wordings",
    "frame_set",
    "item_set",
    "load_items",
    "make_samples",
    "open_tracks",
    "provenance",
    "schedule",
    "scheduled_samples",
    "tracks",
]
