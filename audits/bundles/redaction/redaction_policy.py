"""What stays readable of a log: an allow-list. What it does not name is hidden, whatever a later Inspect may add."""

from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal, Self

from pydantic import model_validator

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import Record, load

__all__ = ["TEMPLATES", "RedactionPolicy", "inside", "load_policy"]

_FOLDER = Path(__file__).parent / "policies"

TEMPLATES = tuple(sorted(path.stem for path in _FOLDER.glob("*.yaml")))
"""Names of the bundled policies."""

Keys = tuple[str, ...]
"""Keys of a mapping at any depth; `*` and `?` stand for letters, and `key/**` for a key with all that is in it."""


class RedactionPolicy(Record):
    """An allow-list for logs."""

    canary: str | None = None
    name: str
    description: str
    everything: bool = False
    """Logs go in as they are, byte for byte; nothing else may be named then."""

    messages: tuple[Literal["system", "user", "assistant", "tool"], ...] = ()
    """Roles whose texts are shown."""

    reasoning: bool = False
    """Whether an assistant's reasoning is shown where its texts are: a provider's, and what stands in a scratchpad."""

    tool_calls: bool = False
    """Whether names and arguments of tool calls are shown."""

    sample: tuple[Literal["input", "choices", "target", "description", "error", "invalidation", "limit"], ...] = ()
    """Texts of a sample that are shown; messages of an input by their roles too."""

    scores: tuple[Literal["answer", "explanation", "reason"], ...] = ()
    """Texts of a score that are shown. Values always are."""

    sample_metadata: Keys = ()
    score_metadata: Keys = ()
    store: Keys = ()
    output_metadata: Keys = ()
    """Keys of what lies with the model's last output, such as the `reference` that it is held against."""

    log_metadata: Keys = ()
    task_args: Keys = ()
    model_args: Keys = ()
    generation: Keys = ()
    """Keys of the generate config."""

    @model_validator(mode="after")
    def _all_or_some(self) -> Self:
        named = self.model_fields_set - {"canary", "name", "description", "everything"}
        if self.everything and named:
            raise ValueError(f"shows everything, so it cannot name {', '.join(sorted(named))} as well")
        return self


def inside(keys: Keys, key: str) -> Keys | None:
    """What is shown inside a key, by a list.

    Args:
        keys: The list.
        key: The key.

    Returns:
        The list that holds inside it; None if the key is not shown.
    """
    if any(fnmatchcase(key, pattern.removesuffix(_ALL)) for pattern in keys if pattern.endswith(_ALL)):
        return ("*",)
    return keys if any(fnmatchcase(key, pattern) for pattern in keys) else None


_ALL = "/**"


def load_policy(given: str | None) -> tuple[RedactionPolicy, Path]:
    """Read a policy.

    Args:
        given: A bundled one's name or a file; None shows everything.

    Returns:
        The policy, and its file.

    Raises:
        ConfigurationError: If there is none of the name, or on a fault in the file.
    """
    path = _FOLDER / f"{given or 'everything'}.yaml" if given is None or given in TEMPLATES else Path(given)
    if not path.is_file():
        raise ConfigurationError(f"{given}: no such policy; give a file, or one of {', '.join(TEMPLATES)}")
    return load(path, RedactionPolicy), path
