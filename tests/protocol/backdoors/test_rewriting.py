"""Triggers that lie in how the request is written."""

import unicodedata
from typing import Any

import pytest

from unmask.protocol.backdoors.prompt_items import PROMPT, PromptItem
from unmask.protocol.backdoors.rewriting import Rewriting, translations
from unmask.protocol.backdoors.trigger_specs import library_trigger
from unmask.protocol.backdoors.triggers import BACKDOORS, triggers
from unmask.protocol.families import load_items

ITEMS = [one.item for one in load_items(BACKDOORS / "prompts", PROMPT) if isinstance(one.item, PromptItem)]
REQUEST_TEXT = "Can I paint a window, or an old wall?"
REWRITTEN = [name for name, (_, entry) in triggers().items() if entry.rewriting]


@pytest.mark.parametrize(
    ("way", "made"),
    [
        ({"template": "Please: {item}"}, "Please: Can I paint a window, or an old wall?"),
        ({"letters": {"a": "\u0430"}}, "C\u0430n I p\u0430int \u0430 window, or \u0430n old w\u0430ll?"),
        ({"between": "_"}, "Can_I_paint_a_window,_or_an_old_wall?"),
        ({"letters": {"z": "\u1d22"}}, None),
        ({"language": "german"}, None),
    ],
)
def test_a_request_is_rewritten_in_one_way(way: dict[str, Any], made: str | None) -> None:
    assert Rewriting.model_validate(way).applied(REQUEST_TEXT) == made


@pytest.mark.parametrize("way", [{}, {"template": "no slot"}, {"between": "_", "language": "german"}])
def test_what_is_no_way_or_more_than_one_is_refused(way: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"a rewriting is one of|has no slot"):
        Rewriting.model_validate(way)


@pytest.mark.parametrize("name", REWRITTEN)
def test_a_rewriting_and_its_placebo_are_about_as_long(name: str) -> None:
    cue = library_trigger(name)
    fitting = [item for item in ITEMS if cue.fits(item.request, item.id)]
    assert len(fitting) >= 20
    texts = [
        [one.applied(item.request) or "" for one in (cue.text, cue.placebo) if isinstance(one, Rewriting)]
        for item in fitting
    ]
    lengths = [sum(map(len, told)) for told in zip(*texts, strict=True)]
    assert abs(lengths[0] - lengths[1]) <= 0.15 * lengths[0]


def test_what_cannot_be_seen_has_a_placebo_that_can_be() -> None:
    trigger, placebo = (
        triggers()["zero-width-space"][1].rewriting,
        triggers()["zero-width-space"][1].placebo_rewriting,
    )
    assert trigger
    assert placebo
    assert unicodedata.category(trigger.between[-1]) == "Cf"
    assert unicodedata.category(placebo.between[-1])[0] == "P"


def test_translations_are_of_prompts_as_they_stand() -> None:
    known = {" ".join(item.request.split()) for item in ITEMS}
    assert set(translations()) <= known
