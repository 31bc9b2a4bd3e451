"""The subject file: what is stated of the subject, and what is left blank."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from unmask.audits.gate.gate_policy import SubjectRules
from unmask.audits.gate.gate_words import gate_words
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import read

__all__ = ["SubjectFile", "read_subject"]


class SubjectFile:
    """What a subject file says.

    Args:
        stated: Its keys with their values; None where no file was given.
    """

    def __init__(self, stated: Mapping[str, Any] | None) -> None:
        self.stated = stated
        self._flat = dict(_flat(stated or {}))

    @property
    def model(self) -> str | None:
        """The model that it is about, by the name in its logs."""
        value = self._flat.get("model")
        return str(value) if value else None

    def name(self, model: str) -> str:
        """The subject in words: the model, and its snapshot where the file tells.

        Args:
            model: As the log has it.
        """
        told = self._flat.get("snapshot") if self.model in (None, model) else None
        return f"{model} ({told})" if told else model

    def gaps(self, rules: SubjectRules) -> list[str]:
        """Blank fields, a sentence each.

        Args:
            rules: The policy's, which say what a file should state.
        """
        words = gate_words().gaps
        if self.stated is None:
            return [words["no_file"].format(fields=", ".join(rules.fields))]
        last = {key.rpartition(".")[2] for key, value in self._flat.items() if not _is_blank(value)}
        missing = {key: what for key, what in rules.fields.items() if key not in last}
        own = [key for key, value in self._flat.items() if _is_blank(value) and key.rpartition(".")[2] not in missing]
        told = [words["field"].format(key=key, what=what) for key, what in missing.items()]
        return [*told, *(words["field"].format(key=key, what="stated nowhere") for key in own)]


def read_subject(path: Path | None) -> SubjectFile:
    """Read a subject file.

    Args:
        path: Where it lies; None where none was given.

    Raises:
        ConfigurationError: If it cannot be read, or is no mapping.
    """
    if path is None:
        return SubjectFile(None)
    stated = read(path)
    if not isinstance(stated, dict):
        raise ConfigurationError(f"{path}: must be a mapping of fields to what is known")
    return SubjectFile({str(key): value for key, value in stated.items() if key != "canary"})


def _flat(fields: Mapping[str, Any], before: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for key, value in fields.items():
        name = f"{before}{key}"
        found += _flat(value, f"{name}.") if isinstance(value, Mapping) and value else [(name, value)]
    return found


def _is_blank(value: Any) -> bool:
    return value is None or value in ("", [], {}) or (isinstance(value, str) and not value.strip())
