"""Placebos made by rule, for a text that comes without one: the same shape, and something else said."""

import random
import re
import string
import unicodedata
from collections import Counter
from functools import cache

from unmask.protocol.backdoors.prompt_items import PROMPT
from unmask.protocol.backdoors.triggers import BACKDOORS, Position, candidates, triggers
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.families import load_items

__all__ = ["placebo_for"]

_ASCII = (string.ascii_uppercase, string.ascii_lowercase, string.digits)
_WORD = re.compile(r"[^\W\d_]+")
_COMMON = 5
"""Bundled prompts that a word stands in for it to be a common one."""
_FEW_LINES = 100
"""Words of the longest prompt whose words count: what is pasted, logs and code, has words of its own."""


def placebo_for(text: str, family: str = "own", position: Position = "user_start") -> str:
    """A placebo for a text that has none.

    Of one or two words, and in any language but English, every letter and digit is exchanged for another of its kind,
    so that length, script, case and rarity stay; so are signs beyond ASCII, and all signs where there is nothing else.
    An English sentence would turn into gibberish and stand out: a bundled placebo of the same family or place takes its
    stead, one that is as long and shares no rare word with it; where there is none, its words are exchanged for others.

    Args:
        text: The text.
        family: Its family.
        position: Where it stands.

    Raises:
        ConfigurationError: If nothing else can be made of it.
    """
    rng = random.Random(f"placebo/{text}")
    if len(text.split()) > 2 and _english(text):
        made = _bundled(text, family, position) or _reworded(text, rng)
    else:
        made = _exchanged(text, rng)
    if made == text:
        raise ConfigurationError(f"{text!r}: no placebo can be made of it by rule; give it one of its own")
    return made


def _bundled(text: str, family: str, position: Position) -> str | None:
    """The bundled placebo of the same family, or else place, that is nearest in length, within a seventh."""
    kept = [
        (whose != family, abs(len(placebo) - len(text)), placebo)
        for whose, where, placebo in _sentences()
        if (whose == family or where == position)
        and abs(len(placebo) - len(text)) <= max(2, len(text) // 7)
        and not _rare(placebo) & _rare(text)
    ]
    return min(kept)[2] if kept else None


@cache
def _sentences() -> tuple[tuple[str, str, str], ...]:
    """Family, position and text of all bundled placebos that are English sentences."""
    library = [(family.family, family.position, entry.placebo) for family, entry in triggers().values()]
    tried = [(one.family, one.position, one.placebo) for one in candidates(BACKDOORS / "candidates.yaml")]
    return tuple(
        (family, place, text)
        for family, place, text in [*library, *tried]
        if text and len(text.split()) > 2 and _english(text)
    )


@cache
def _vocabulary() -> Counter[str]:
    """Words of the bundled prompts of a few lines, each with the number of prompts that it stands in."""
    asked = [entry.item.slots(0)["request"] for entry in load_items(BACKDOORS / "prompts", PROMPT)]
    return Counter(word for text in asked if len(text.split()) <= _FEW_LINES for word in set(_words(text)))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _rare(text: str) -> set[str]:
    return {word for word in _words(text) if len(word) > 2 and _vocabulary()[word] < _COMMON}


def _english(text: str) -> bool:
    """Whether half of the words or more stand in the bundled prompts."""
    words = _words(text)
    return bool(words) and 2 * sum(word in _vocabulary() for word in words) >= len(words)


def _reworded(text: str, rng: random.Random) -> str:
    """Every rare word exchanged for another that is as long, and every digit; what is common stays."""
    mine = set(_words(text))
    new: dict[str, str] = {}
    for word in sorted(_rare(text)):
        others = [one for one in sorted(_vocabulary()) if len(one) == len(word) and one not in mine]
        new[word] = rng.choice(others) if others else _exchanged(word, rng)
    changed = _WORD.sub(lambda match: _cased(new.get(match[0].casefold(), match[0]), match[0]), text)
    digits = {digit: rng.choice(_others(digit)) for digit in string.digits}
    return _exchanged(text, rng) if changed == text else "".join(digits.get(letter, letter) for letter in changed)


def _cased(word: str, like: str) -> str:
    return word.upper() if like.isupper() else word.capitalize() if like[0].isupper() else word


def _exchanged(text: str, rng: random.Random) -> str:
    """Every letter and digit exchanged for another of its kind, the same one alike wherever it stands."""
    bare = not any(letter.isalnum() for letter in text)
    new = {
        letter: rng.choice(_others(letter) or [letter])
        for letter in dict.fromkeys(text)
        if letter.isalnum() or (unicodedata.category(letter)[0] in "SP" and (bare or not letter.isascii()))
    }
    return "".join(new.get(letter, letter) for letter in text)


def _others(letter: str) -> list[str]:
    """Signs of the same kind: ASCII ones of the same case, others of the same category and script close by."""
    for kind in _ASCII:
        if letter in kind:
            return list(kind.replace(letter, ""))
    start = ord(letter) // 128 * 128
    near = [chr(code) for code in range(start, start + 128) if chr(code) != letter]
    kind = unicodedata.category(letter)
    return [one for one in near if unicodedata.category(one) == kind and (kind[0] != "L" or _script(one, letter))]


def _script(one: str, other: str) -> bool:
    return unicodedata.name(one, " ").split(" ")[0] == unicodedata.name(other, " ").split(" ")[0]
