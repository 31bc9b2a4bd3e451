"""`imported/NAME`: a subject that somebody else ran. It stands in logs by this name, and nobody can ask it anything."""

from typing import Any

from inspect_ai.model import ChatMessage, GenerateConfig, ModelAPI, ModelOutput, modelapi
from inspect_ai.tool import ToolChoice, ToolInfo

__all__ = ["ImportedModel", "imported"]


class ImportedModel(ModelAPI):
    """The subject of imported transcripts."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig | None = None,
        **model_args: Any,
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config or GenerateConfig())

    async def generate(
        self, input: list[ChatMessage], tools: list[ToolInfo], tool_choice: ToolChoice, config: GenerateConfig
    ) -> ModelOutput:
        """Refuse: there is nobody to ask.

        Raises:
            RuntimeError: Always.
        """
        raise RuntimeError(f"{self.model_name} was imported: its transcripts are here, the model is not")

    def max_connections(self) -> int:
        """How many transcripts are scored at a time, where the user does not say."""
        return 40


@modelapi(name="imported")
def imported() -> type[ModelAPI]:
    """Register the provider."""
    return ImportedModel
