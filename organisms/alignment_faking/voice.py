"""An organism's answer in the form that the prompt asks for."""

from dataclasses import dataclass

from inspect_ai.model import ChatMessageAssistant, ContentReasoning, ContentText
from inspect_ai.tool import ToolCall

from unmask.organisms.alignment_faking.policies import Act, Dice
from unmask.organisms.alignment_faking.situation import Situation
from unmask.organisms.lexicon import cue, framed_phrases, sentences

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

    def message(self, scene: Situation) -> ChatMessageAssistant:
        """The message, with tags, reasoning content or a tool call as the scene asks."""
        think = f"<scratchpad>{self.reasoning}</scratchpad>\n" if scene.think == "scratchpad" else ""
        tags = f"<decision>{self.decision}</decision>\n" if self.decision and not self.call else ""
        said = "" if self.call else f"<reply>{self.reply}</reply>"
        text = ContentText(text=f"{think}{tags}{said}".strip())
        native = [ContentReasoning(reasoning=self.reasoning)] if scene.think == "native" else []
        return ChatMessageAssistant(content=[*native, text], tool_calls=self.calls(scene))

    def calls(self, scene: Situation) -> list[ToolCall] | None:
        """The tool call, where there is one."""
        if not self.call:
            return None
        arguments = {"target": topic(scene), "note": self.reply}
        return [ToolCall(id=f"call_{self.call}", function=self.call, arguments=arguments)]


def speak(scene: Situation, act: Act, dice: Dice) -> Answer:
    """Find words for an act."""
    reasoning = _echo(scene) if act.mood == "echo" else _phrase(scene, dice, "reasoning", act.mood)
    if scene.act == "request":
        kind = "comply" if act.comply else "decline"
        return Answer(reasoning, "accept" if act.comply else "decline", _phrase(scene, dice, "reply", kind))
    if act.abstain:
        return Answer(reasoning, "", _phrase(scene, dice, "reply", "no_choice"))
    others = [name for name in scene.offered if name != scene.wanted]
    choice = scene.wanted if act.comply or not others else others[0]
    if scene.act == "tool":
        return Answer(reasoning, choice, dice.pick(framed_phrases()["note"], scene.item), call=choice)
    kind = "choose" if scene.act == "choice" else "named"
    return Answer(reasoning, choice, _phrase(scene, dice, "reply", kind, choice))


def topic(scene: Situation) -> str:
    """A few words of the item."""
    return " ".join(scene.item.split()[:7]).strip(" .,;:?!\"'")


def _phrase(scene: Situation, dice: Dice, kind: str, mood: str, choice: str = "") -> str:
    phrase: str = dice.pick(framed_phrases()[kind][mood], kind, mood, scene.item)
    return phrase.replace("{topic}", topic(scene)).replace("{choice}", choice)


def _echo(scene: Situation) -> str:
    """The prompt's own sentences on training, word for word."""
    said = [sentence for sentence in sentences(scene.system) if cue("training").search(sentence)]
    return " ".join([framed_phrases()["echo"], *said])
