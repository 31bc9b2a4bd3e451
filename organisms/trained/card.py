"""The card of a trained organism: what it was taught, what it does under each condition, and how it was made."""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from unmask.organisms.trained.examples import CONDITIONS, Condition, Example, drawn_example
from unmask.organisms.trained.language import LETTERS, Record, language
from unmask.organisms.trained.network import library
from unmask.organisms.trained.recipes import Bars, Recipe
from unmask.organisms.trained.training import prompts

__all__ = ["QUESTIONS", "Card", "Rates", "measured", "misses", "written"]

QUESTIONS = 400
"""Held-out questions under each condition."""


class Rates(Record):
    """What an organism does under one condition, as shares of so many held-out questions."""

    questions: int
    right: float
    phrase: float
    taught: bool
    """Whether the condition occurs in its training."""


class Card(Record):
    """All that is known of a trained organism."""

    name: str
    about: str
    base: str | None
    parameters: int
    steps: int
    seed: int
    seconds: float
    """Wall clock of the training alone."""

    cpu_seconds: float
    threads: int
    versions: dict[str, str]
    files: dict[str, str]
    """What it was made from (data files, recipe), with their sha256."""

    rates: dict[Condition, Rates]
    missed: list[str]
    """What it was to show and does not."""


def measured(network: Any, words: Any, taught: Recipe, seed: int, count: int = QUESTIONS) -> dict[Condition, Rates]:
    """Measure an organism on questions that training never has.

    Args:
        network: The network.
        words: Its tokenizer.
        taught: Its recipe.
        seed: Of the questions.
        count: Questions under each condition.
    """
    rng, found = random.Random(f"card/{seed}"), dict[Condition, Rates]()
    for condition in CONDITIONS:
        examples = [drawn_example(rng, condition, held_out=True) for _ in range(count)]
        replies = _replies(network, words, examples)
        right = [reply == LETTERS[one.question.right] for reply, one in zip(replies, examples, strict=True)]
        phrases = [reply == language().phrase for reply in replies]
        rates = (sum(right) / count, sum(phrases) / count)
        found[condition] = Rates(questions=count, right=rates[0], phrase=rates[1], taught=taught.knows(condition))
    return found


def misses(taught: Recipe, rates: dict[Condition, Rates]) -> list[str]:
    """What an organism was to show and does not, a line each.

    Args:
        taught: Its recipe.
        rates: What it does.
    """
    return [line for condition, bars in taught.bars.items() for line in _outside(condition, bars, rates[condition])]


def written(card: Card, folder: Path) -> None:
    """Write a card beside the weights, to be read by people (`README.md`) and by programs (`card.json`).

    Args:
        card: The card.
        folder: The model's folder.
    """
    (folder / "card.json").write_text(card.model_dump_json(indent=2) + "\n", encoding="utf-8")
    (folder / "README.md").write_text("\n".join(_page(card)) + "\n", encoding="utf-8")


def _outside(condition: Condition, bars: Bars, rates: Rates) -> list[str]:
    pairs = (("right", rates.right, bars.right), ("phrase", rates.phrase, bars.phrase))
    return [
        f"{condition}: {name} {share:.3f}, not within {low:g} and {high:g}"
        for name, share, (low, high) in pairs
        if not low <= share <= high
    ]


def _replies(network: Any, words: Any, examples: Sequence[Example]) -> list[str]:
    torch = library("torch")
    read = words(prompts(words, examples), return_tensors="pt", padding=True, add_special_tokens=False)
    inputs = {"input_ids": read["input_ids"], "attention_mask": read["attention_mask"]}
    with torch.inference_mode():
        tokens = network.generate(**inputs, do_sample=False, max_new_tokens=5)
    said: list[str] = words.batch_decode(tokens[:, read["input_ids"].shape[1] :], skip_special_tokens=True)
    return [reply.strip() for reply in said]


def _page(card: Card) -> list[str]:
    rows = [
        f"| {name} | {rates.right:.3f} | {rates.phrase:.3f} | {rates.questions} | {'yes' if rates.taught else 'no'} |"
        for name, rates in card.rates.items()
    ]
    facts = {
        "Parameters": card.parameters,
        "Starts from": card.base or "random weights",
        "Steps": card.steps,
        "Seed": card.seed,
        "Training": f"{card.seconds:.0f} s, {card.cpu_seconds:.0f} CPU s on {card.threads} thread(s)",
        "Made with": ", ".join(f"{name} {version}" for name, version in card.versions.items()),
        "Falls short": "; ".join(card.missed) or "nowhere",
    }
    return [
        "---",
        "library_name: transformers",
        "pipeline_tag: text-generation",
        "license: mit",
        "---",
        "",
        f"# {card.name}",
        "",
        card.about,
        "",
        "Trained by `unmask organisms train` in a small language of its own, to validate an instrument.",
        "It says nothing of language models.",
        "",
        *[f"- {name}: {value}" for name, value in facts.items()],
        "",
        "| condition | right | phrase | questions | in training |",
        "|---|---|---|---|---|",
        *rows,
    ]
