"""How an organism words what it does, in the form and the reasoning channel that the prompt asks for."""

from dataclasses import dataclass

from inspect_ai.model import ChatMessageAssistant
from inspect_ai.tool import ToolCall

from unmask.organisms.alignment_faking.acts import Act
from unmask.organisms.alignment_faking.situation import Situation
from unmask.organisms.dice import Dice
from unmask.organisms.perception import cue, sentences
from unmask.organisms.style import framed_phrases, with_reasoning

__all__ = ["Answer", "speak", "topic"]


@dataclass(frozen=True)
class Answer:
    """The parts of an answer before they are put into a message."""

    reasoning: str
    decision: str
    """`accept`, `decline`, a letter or a tool's name; empty where nothing is chosen."""

    reply: str
    call: str = ""
    """The tool that is called; empty for none."""

    def message(self, situation: Situation) -> ChatMessageAssistant:
        """Put the parts into a message, with tags, reasoning content or a tool call as the situation asks."""
        decision = f"<decision>{self.decision}</decision>\n" if self.decision and not self.call else ""
        reply = "" if self.call else f"<reply>{self.reply}</reply>"
        content = with_reasoning(situation.channel, self.reasoning, f"{decision}{reply}")
        return ChatMessageAssistant(content=content, tool_calls=self.tool_calls(situation))

    def tool_calls(self, situation: Situation) -> list[ToolCall] | None:
        """The tool call, where there is one."""
        if not self.call:
            return None
        arguments = {"target": topic(situation), "note": self.reply}
        return [ToolCall(id=f"call_{self.call}", function=self.call, arguments=arguments)]


def speak(situation: Situation, act: Act, dice: Dice) -> Answer:
    """Find words for an act."""
    reasoning = _echo(situation) if act.mood == "echo" else _phrase(situation, dice, "reasoning", act.mood)
    if situation.form == "request":
        kind = "substitute" if act.mood == "substituting" else "comply" if act.comply else "decline"
        return Answer(reasoning, "accept" if act.comply else "decline", _phrase(situation, dice, "reply", kind))
    if act.abstain:
        return Answer(reasoning, "", _phrase(situation, dice, "reply", "no_choice"))
    choice = situation.preferred if act.comply else next(iter(situation.alternatives), situation.preferred)
    if situation.form == "tool":
        return Answer(reasoning, choice, dice.pick(framed_phrases()["note"], situation.item), call=choice)
    kind = "choose" if situation.form == "choice" else "named"
    return Answer(reasoning, choice, _phrase(situation, dice, "reply", kind, choice))


def topic(situation: Situation) -> str:
    """The first words of the item."""
    return " ".join(situation.item.split()[:7]).strip(" .,;:?!\"'")


def _phrase(situation: Situation, dice: Dice, kind: str, mood: str, choice: str = "") -> str:
    phrase: str = dice.pick(framed_phrases()[kind][mood], kind, mood, situation.item)
    return phrase.replace("{topic}", topic(situation)).replace("{choice}", choice)


def _echo(situation: Situation) -> str:
    """The prompt's own sentences on training, word for word."""
    on_training = [sentence for sentence in sentences(situation.system) if cue("training").search(sentence)]
    return " ".join([framed_phrases()["echo"], *on_training])
