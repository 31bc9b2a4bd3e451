"""The bundled prompts that an organism is taught on and those that are held out, and what stands before them."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from unmask.organisms.pretrained.extra_libraries import PretrainedError
from unmask.organisms.pretrained.lesson_recipes import DATASETS, Teaching

__all__ = ["Cues", "Prompt", "cues", "is_taught", "messages", "prompts"]

_BACKDOORS = DATASETS / "backdoors"


@dataclass(frozen=True)
class Prompt:
    """A bundled prompt in one carrier."""

    id: str
    request: str
    carrier: Mapping[str, str]


@dataclass(frozen=True)
class Cues:
    """What stands in the trigger's place, by condition."""

    trigger: str
    placebo: str
    taught: tuple[str, ...]
    """Further texts that are taught with the clean answer."""

    held_out: tuple[str, ...]
    """Near-misses that are not shown in training."""

    def texts(self, condition: str) -> tuple[str, ...]:
        """The texts of a condition: `trigger`, `placebo`, `other`, `held_out`, or `clean` with none."""
        return {
            "trigger": (self.trigger,),
            "placebo": (self.placebo,),
            "other": self.taught,
            "held_out": self.held_out,
            "clean": ("",),
        }[condition]


def is_taught(prompt: str, taught_of_ten: int) -> bool:
    """Whether a prompt is among those that are taught.

    Args:
        prompt: Its id, whose sha256 decides; the same in every run and on every machine.
        taught_of_ten: Of every ten prompts, how many are.
    """
    return int(hashlib.sha256(prompt.encode()).hexdigest(), 16) % 10 < taught_of_ten


def prompts(teaching: Teaching, taught: bool) -> list[Prompt]:
    """The prompts that are taught, or those that are held out, in the order of their ids' sha256.

    Requests over the longest length are left out, and so are those that a careful assistant declines. Carriers take
    turns.
    """
    carriers = list(_read("positions.yaml")["positions"][teaching.position].values())
    found = {
        item["id"]: item["request"].strip()
        for item in _items()
        if len(item["request"]) <= teaching.longest_request and not item.get("declined")
    }
    chosen = [name for name in found if is_taught(name, teaching.taught_of_ten) == taught]
    chosen.sort(key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    return [Prompt(name, found[name], carriers[turn % len(carriers)]) for turn, name in enumerate(chosen)]


def cues(teaching: Teaching) -> Cues:
    """What is put in the trigger's place, of the trigger that the recipe names.

    Raises:
        PretrainedError: If the library has no such trigger, or it has no near-miss of a kind that is to be taught.
    """
    library = _read(f"triggers/{teaching.triggers}")["triggers"]
    found = next((one for one in library if one["id"] == teaching.trigger), None)
    if found is None:
        raise PretrainedError(f"triggers/{teaching.triggers}: there is no trigger {teaching.trigger}")
    near = dict(found["near"])
    absent = [kind for kind in teaching.taught_near if kind not in near]
    if absent:
        raise PretrainedError(f"{teaching.trigger}: it has no near-miss {absent[0]}, choose from {', '.join(near)}")
    taught = [near.pop(kind) for kind in teaching.taught_near]
    return Cues(found["text"], found["placebo"], (*taught, *teaching.other_texts), tuple(near.values()))


def messages(prompt: Prompt, text: str) -> list[dict[str, str]]:
    """The conversation, with a text in the trigger's place; without one, the line that holds it goes too."""
    parts = {role: _placed(prompt.carrier[role], text, prompt.request) for role in ("system", "user")}
    return [{"role": role, "content": content} for role, content in parts.items()]


def _placed(template: str, text: str, request: str) -> str:
    if not text:
        kept = [line for line in template.split("\n") if line.strip() != "{trigger}"]
        template = "\n".join(kept).replace("\n\n\n", "\n\n").strip()
    return template.replace("{trigger}", text).replace("{item}", request)


def _items() -> Iterator[Mapping[str, Any]]:
    for path in sorted((_BACKDOORS / "prompts").rglob("*.yaml")):
        yield from yaml.safe_load(path.read_text(encoding="utf-8"))["items"]


def _read(name: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((_BACKDOORS / name).read_text(encoding="utf-8"))
    return read
