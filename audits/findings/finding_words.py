"""The words of a finding: what was done to whom, what could not be seen, what would change it. One file a threat."""

from functools import cache

from pydantic import Field

from unmask.protocol.files import DATA, Record, load

__all__ = ["SharedWords", "ThreatWords", "shared_words", "threat_words"]

_FOLDER = DATA / "findings"


class SharedWords(Record):
    """Words that all threats share; in braces stands what is filled in."""

    canary: str
    ends: dict[str, str]
    """`net`, `gross`, `nothing`: the sentence with a net effect, without one, or where nothing was compared."""

    verdicts: dict[str, str]
    cautions: dict[str, str]
    would_change: dict[str, str]
    unseen: list[str]
    looks: dict[str, str]
    """How a run that could stop early came to its verdict."""


class ThreatWords(Record):
    """Words of one threat."""

    canary: str
    items: str
    """What is counted, in the plural."""

    arms: dict[str, str]
    """How the arms compare, by what is run: a set of frames, a track, a mode, or `any`."""

    ends: dict[str, str] = Field(default_factory=dict)
    """In place of the shared ones."""

    unseen: list[str]

    def arms_for(self, *names: str) -> str:
        """The sentence of the arms for what was run.

        Args:
            *names: What was run, the most telling first.
        """
        return next((self.arms[name] for name in names if name in self.arms), self.arms["any"])


@cache
def shared_words() -> SharedWords:
    """Read the words that all threats share.

    Raises:
        ConfigurationError: On a fault in the file.
    """
    return load(_FOLDER / "shared.yaml", SharedWords)


@cache
def threat_words(threat: str) -> ThreatWords:
    """Read a threat's words; those for any threat where it brings none.

    Args:
        threat: The threat's name.

    Raises:
        ConfigurationError: On a fault in the file.
    """
    own = _FOLDER / f"{threat}.yaml"
    return load(own if own.exists() else _FOLDER / "any.yaml", ThreatWords)
