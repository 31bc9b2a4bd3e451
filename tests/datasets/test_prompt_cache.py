"""Prompt caches hit: most of what is sent for a sample is a prefix that its frame and wording share."""

from collections import defaultdict
from collections.abc import Callable
from statistics import fmean
from typing import Any, get_args

import pytest

from unmask.protocol.design import Reasoning
from unmask.protocol.tracks import tracks

LEAST_SHARED = 0.85


def shared(texts: list[list[str]]) -> int:
    """How many words all texts have in common from the first on."""
    return next((n for n, words in enumerate(zip(*texts, strict=False)) if len(set(words)) > 1), min(map(len, texts)))


def shares(shown: list[Any]) -> list[float]:
    groups: dict[tuple[str, str], list[list[str]]] = defaultdict(list)
    for one in shown:
        groups[one.frame.name, one.wording].append(" ".join(m.text for m in one.state.messages).split())
    return [shared(texts) / len(words) for texts in groups.values() for words in texts]


@pytest.mark.parametrize("reasoning", get_args(Reasoning))
@pytest.mark.parametrize("track", tracks("alignment_faking").tracks)
def test_most_of_a_samples_input_is_shared_from_the_first_word_on(
    track: str, reasoning: Reasoning, framed: Callable[..., list[Any]]
) -> None:
    found = shares(framed(track, "contrast", reasoning))
    assert len(found) > 100
    assert fmean(found) >= LEAST_SHARED
