"""What a register asks for and no log says: answered by hand, in a YAML file."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from unmask.protocol.files import Record, load, typed_path

__all__ = ["ExportAnswers", "ModelAnswers", "read_answers"]


class ModelAnswers(Record):
    """What is known of a model beyond its name in Inspect."""

    id: str | None = None
    """Its name in the form `developer/model`, as Hugging Face has it or would have it."""

    developer: str | None = None
    """Who made it."""

    platform: str | None = None
    """Who ran it, where Inspect's name for it does not say."""

    engine: str | None = None
    """Inference engine with its version, such as `vllm 0.11.0`."""

    deployment: Literal["self_deployed", "externally_managed", "unknown"] | None = None
    """Who controlled the deployment."""

    weights: Literal["open_weights", "closed_weights", "unknown"] = "unknown"
    """Whether its weights are available."""


class ExportAnswers(Record):
    """Answers by hand. Whatever is left out is told as not stated, never guessed."""

    organization: str | None = None
    """Who ran the evaluation."""

    organization_url: str | None = None
    """Where that organization is found."""

    relationship: Literal["first_party", "third_party", "collaborative", "other"] = "other"
    """Of the evaluator to the developer."""

    models: dict[str, ModelAnswers] = Field(default_factory=dict)
    """A model's name in Inspect, subject or grader -> what is known of it."""

    factsheet: dict[str, str] = Field(default_factory=dict)
    """Name of a field of the factsheet -> its answer, in place of the one that the logs give."""


def read_answers(path: str | None) -> ExportAnswers:
    """Read the answers.

    Args:
        path: A YAML file; none where nothing was answered.

    Raises:
        ConfigurationError: On a fault in the file, naming the key.
    """
    return load(Path(typed_path(path)), ExportAnswers) if path else ExportAnswers()
