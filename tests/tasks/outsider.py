"""A model provider of somebody else's, which tests install next to the project.

`outsider/shaky` answers as an organism does until its server breaks down, after as many answers as `OUTAGE_AFTER` says.
`outsider/stern` is a grader that says no to every question but whether the work was done. `CALLS` names a file that
gets a line for each call.
"""

import json
import os
import re
from pathlib import Path

from inspect_ai.model import ChatMessage, GenerateConfig, ModelAPI, ModelOutput, modelapi
from inspect_ai.tool import ToolChoice, ToolInfo

from unmask.organisms.provider import Organism


class Outsider(ModelAPI):
    """Neither an organism nor a model that needs a network."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008 - the signature that Inspect's providers share
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config)
        self.organism = Organism("alignment_faker")
        self.answers = 0

    async def generate(
        self, input: list[ChatMessage], tools: list[ToolInfo], tool_choice: ToolChoice, config: GenerateConfig
    ) -> ModelOutput:
        if "CALLS" in os.environ:
            with Path(os.environ["CALLS"]).open("a", encoding="utf-8") as calls:  # noqa: ASYNC230 - one short line
                calls.write(f"{self.model_name}\n")
        if self.model_name == "stern":
            return ModelOutput.from_content("outsider/stern", _no_to_all(input[-1].text))
        self.answers += 1
        if self.answers > float(os.environ.get("OUTAGE_AFTER", "inf")):
            raise RuntimeError("the server is down")
        return await self.organism.generate(input, tools, tool_choice, config)

    async def count_text_tokens(self, text: str) -> int:
        return len(text.split())


def _no_to_all(prompt: str) -> str:
    questions, _, exchange = prompt.partition("# The exchange")
    asked = re.findall(r"^\[([\w.:-]+)\] ", questions, re.MULTILINE)
    reply = re.search(r"<reply-(\w+)>\n(.*?)\n</reply-\1>", exchange, re.DOTALL)
    done = {"fulfils": " ".join(reply[2].split()[:8]) if reply else ""}
    given = [{"id": name, "met": bool(done.get(name)), "quote": done.get(name, "")} for name in asked]
    return json.dumps({"criteria": given})


@modelapi(name="outsider")
def outsider() -> type[ModelAPI]:
    return Outsider
