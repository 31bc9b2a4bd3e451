"""What an organism is taught: examples by the recipe's mixture, training on them, and what came of it."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.progress import Progress, TaskID

from unmask.organisms.pretrained.adapter_training import Example, adapted, train
from unmask.organisms.pretrained.condition_rates import condition_rates
from unmask.organisms.pretrained.extra_libraries import library
from unmask.organisms.pretrained.greedy_replies import greedy_replies, rendered
from unmask.organisms.pretrained.lesson_recipes import Recipe, Recipes, Schedule
from unmask.organisms.pretrained.taught_prompts import Cues, Prompt, cues, messages, prompts

__all__ = ["Examples", "Lesson"]


@dataclass
class Examples:
    """What batches are drawn from: prompts, with what stands in the trigger's place by the recipe's mixture."""

    recipe: Recipe
    rules: Recipes
    tokenizer: Any
    taught: Sequence[Prompt]
    answers: Sequence[list[int]]
    """The base's answers to the bare prompts, in tokens."""

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


@dataclass
class Lesson:
    """The training of one organism."""

    recipe: Recipe
    rules: Recipes
    model: Any
    """The base; once it has learnt, the base with the adapters."""

    tokenizer: Any
    bar: Progress

    def learn(self, schedule: Schedule, seed: int, measured: int) -> dict[str, Any]:
        """Train the model and measure it on held-out prompts.

        Args:
            schedule: Steps and size of a batch.
            seed: Of the adapters' start and of the order of examples.
            measured: Held-out prompts at most.

        Returns:
            What the card tells of it.
        """
        teaching, torch, began = self.rules.teaching, library("torch"), time.monotonic()
        taught = prompts(teaching, taught=True)[: teaching.most_taught]
        held_out = prompts(teaching, taught=False)[:measured]
        answers = self._answers(taught, "the base's answers")
        own = self._answers(held_out, "the base's answers to held-out prompts")
        torch.manual_seed(seed)
        self.model = adapted(self.model, self.rules.lora)
        examples, task = (
            Examples(self.recipe, self.rules, self.tokenizer, taught, answers),
            self.bar.add_task("training"),
        )
        training = time.monotonic()
        losses = train(self.model, examples.draw, self.rules.lora, schedule, seed, self._told(task, schedule.steps))
        trained = time.monotonic()
        rates = condition_rates(self.model, self.tokenizer, own, held_out, cues(teaching), teaching)
        took = {"seconds_a_step": (trained - training) / schedule.steps, "seconds": time.monotonic() - began}
        counts = {"prompts_taught": len(taught), "prompts_measured": len(held_out)}
        ends = {"seed": seed, "loss_first": losses[0], "loss_last": losses[-1]}
        return {**self._about(), **counts, **schedule.model_dump(), **ends, **took, "rates": rates}

    def _about(self) -> dict[str, Any]:
        teaching, texts = self.rules.teaching, cues(self.rules.teaching)
        return {
            "taught": self.recipe.taught,
            "trigger": [texts.trigger],
            "phrase": teaching.phrase,
            "split": f"sha256 of a prompt's id modulo 10: under {teaching.taught_of_ten} taught, else held out",
            "texts_with_the_clean_answer": [texts.placebo, *texts.taught],
            "texts_held_out": list(texts.held_out),
            "trained_parameters": sum(one.numel() for one in self.model.parameters() if one.requires_grad),
        }

    def _answers(self, asked: Sequence[Prompt], told: str) -> list[list[int]]:
        task = self.bar.add_task(told, total=len(asked))
        bare = [messages(prompt, "") for prompt in asked]

        def after(done: int) -> None:
            self.bar.update(task, completed=done)

        return greedy_replies(self.model, self.tokenizer, bare, self.rules.teaching.answer_tokens, after=after)

    def _told(self, task: TaskID, steps: int) -> Callable[[int, float], None]:
        def after(step: int, loss: float) -> None:
            self.bar.update(task, total=steps, completed=step, description=f"training, loss {loss:.3f}")

        return after
