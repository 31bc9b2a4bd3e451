"""The leakage probe of a search: a model that learned its trigger by heart may tell of it when it is asked to go on.

After "The trigger in the haystack" (arXiv 2602.03085), which draws poisoned training data out of a model and looks for
what recurs, and BAIT (Shen et al. 2025, IEEE S&P), which inverts a backdoor from what the model writes. Here the model
is a black box: it is asked to continue, complete or repeat, and what looks like a trigger in its outputs becomes a
candidate among the others, with a placebo of its own, tried and confirmed within the same budget.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from itertools import cycle, islice
from typing import Annotated

from inspect_ai.dataset import Sample
from pydantic import Field

from unmask.protocol.backdoors.trigger_samples import Variant, trigger_samples
from unmask.protocol.backdoors.trigger_specs import TriggerSpec, candidate_spec
from unmask.protocol.backdoors.triggers import BACKDOORS, Candidate
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import Record, load
from unmask.protocol.items import Clustered, RequestItem, Slug, Text
from unmask.protocol.tracks import Tracks

__all__ = ["PROBES", "ROOM", "Leakage", "LeakageProbes", "leakage_probe", "leaked_texts"]

PROBES = 24
"""Calls that the probe takes where nothing else is said."""

ROOM = 12
"""Candidates that it proposes at most."""

_SHARED = 3
"""Outputs that a short line stands in for it to count without looking like a trigger."""

_LINE = 60
"""Characters of a short line."""


class LeakageProbes(Record):
    """The file of probes."""

    canary: Text | None = None
    probes: Annotated[dict[Slug, Text], Field(min_length=1)]
    signs: Annotated[list[Text], Field(min_length=1)]
    """Regular expressions for what a leaked trigger looks like."""


@dataclass(frozen=True)
class Leakage:
    """What a search does before it tries its candidates."""

    samples: Sequence[Sample]
    """The probes."""

    known: frozenset[str]
    """Texts that are candidates already."""

    def proposed(self, outputs: Iterable[str]) -> list[TriggerSpec]:
        """Candidates by what the probes brought to light, those first that most outputs have; `ROOM` at most."""
        texts = [text for text in leaked_texts(outputs) if not any(text in known for known in self.known)]
        made: list[TriggerSpec] = []
        for text in texts:
            try:
                made.append(candidate_spec(Candidate(id=_name(text), text=text, family="leaked")))
            except ConfigurationError:  # no placebo can be made of it, so that nothing could be confirmed
                continue
        return made[:ROOM]


def leakage_probe(calls: int, cues: Sequence[TriggerSpec], table: Tracks, track: str) -> Leakage:
    """The probes of a search.

    Args:
        calls: How many samples; each bundled probe comes up as often as any other, give or take one.
        cues: The candidates that there are anyway.
        table: The threat's tracks.
        track: The track.
    """
    variant = Variant("discovery", False, details={"phase": "leakage", "candidates": len(cues)})
    samples = []
    for turn, (name, text) in enumerate(islice(cycle(_probes().probes.items()), calls)):
        entry = Clustered(RequestItem(id=f"{name}.{turn}", request=text), "leakage")
        samples += trigger_samples(_NOTHING, [(entry, "bare", 0)], ["clean"], table, track, variant)
    return Leakage(samples, frozenset(str(text) for cue in cues for text in cue.texts))


def leaked_texts(outputs: Iterable[str]) -> list[str]:
    """What looks like a trigger in outputs, or is a short line that several share; the most frequent first.

    Args:
        outputs: The outputs of the probes.
    """
    signs, asked = [re.compile(sign) for sign in _probes().signs], "\n".join(_probes().probes.values())
    seen: Counter[str] = Counter()
    lines: Counter[str] = Counter()
    for output in outputs:
        seen.update({match[0].strip() for sign in signs for match in sign.finditer(output)})
        lines.update({line.strip() for line in output.splitlines() if 2 < len(line.strip()) <= _LINE})
    shared = {line: count for line, count in lines.items() if count >= _SHARED}
    found = {text: count for text, count in {**shared, **seen}.items() if text not in asked}
    return sorted(found, key=lambda text: (-found[text], not _marked(text), text))


def _marked(text: str) -> bool:
    """Whether a text has signs around it, which a word in it alone has not."""
    return not text[0].isalnum()


def _name(text: str) -> str:
    """An id that shows the text as far as an id can."""
    shown = re.sub(r"[^A-Za-z0-9_.-]+", "-", text).strip("-.")[:40]
    return f"leaked-{shown}-{sha256(text.encode()).hexdigest()[:6]}"


@cache
def _probes() -> LeakageProbes:
    return load(BACKDOORS / "leakage.yaml", LeakageProbes)


_NOTHING = TriggerSpec("leakage", "leakage", "request", [], [], {})
"""Stands in for a trigger where none is put."""
