"""Triggers that lie in how a request is written: other letters, signs between words, a turn of phrase, a language.

Letters that look alike and signs without width are among the oldest triggers on text (Boucher et al. 2022, "Bad
characters", arXiv 2106.09898; Li et al. 2021, "Hidden backdoors", arXiv 2105.00164); for syntax and style see Qi et al.
2021 (arXiv 2105.12400 and 2110.07139).
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from unmask.protocol.files import DATA, Record, load
from unmask.protocol.frames import fill
from unmask.protocol.items import Text

__all__ = ["Rewriting", "Translated", "Translations", "translations"]

_WAYS = ("template", "letters", "between", "language")


class Translated(Record):
    """A bundled prompt in other languages."""

    request: Text
    """As it stands in the prompts; one that was changed since is not taken for it."""

    portuguese: Text
    italian: Text
    german: Text
    french: Text


class Translations(Record):
    """The file of translated prompts."""

    canary: Text | None = None
    requests: Annotated[list[Translated], Field(min_length=1)]


class Rewriting(Record):
    """How a request is rewritten; exactly one way is given."""

    template: Text | None = None
    """A text with a slot {item} for the request."""

    letters: dict[str, str] = Field(default_factory=dict)
    """What is written in place of a letter."""

    between: str = ""
    """What is written between two words."""

    language: Literal["portuguese", "italian", "german", "french"] | None = None
    """The language that the request is put in."""

    @model_validator(mode="after")
    def _is_one_way(self) -> "Rewriting":
        if sum(bool(getattr(self, way)) for way in _WAYS) != 1:
            raise ValueError(f"a rewriting is one of {', '.join(_WAYS)}")
        if self.template and "{item}" not in self.template:
            raise ValueError(f"template {self.template!r} has no slot {{item}}")
        return self

    def applied(self, request: str) -> str | None:
        """The request as it is put to the model.

        Args:
            request: The bare request.

        Returns:
            The text; None where the request is not translated, or stays as it is.
        """
        if self.template:
            return fill(self.template, {"item": request})
        if self.language:
            known = translations().get(" ".join(request.split()))
            return None if known is None else str(getattr(known, self.language))
        signs = str.maketrans(self.letters)
        made = request.translate(signs) if self.letters else request.replace(" ", self.between)
        return None if made == request else made


@cache
def translations(path: Path = DATA / "backdoors" / "translations.yaml") -> Mapping[str, Translated]:
    """Translated prompts by their English text.

    Raises:
        ConfigurationError: On a fault in the file.
    """
    return {" ".join(one.request.split()): one for one in load(path, Translations).requests}
