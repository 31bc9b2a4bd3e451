"""Makes a trained organism: new weights or those of another organism, training, measurement, card."""

import hashlib
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from unmask.organisms.trained.card import QUESTIONS, Card, Rates, measured, misses, written
from unmask.organisms.trained.examples import Condition
from unmask.organisms.trained.language import DATA
from unmask.organisms.trained.network import library, new_network, saved, tokenizer, trained_network
from unmask.organisms.trained.recipes import Recipe, lineage, recipe, recipes
from unmask.organisms.trained.training import train

__all__ = ["FILES", "Step", "card_of", "make_organism"]

FILES = (DATA / "small_language" / "questions.yaml", DATA / "organisms" / "trained" / "language.yaml")
"""The data that organisms are made from, beside their recipe."""

Step = Callable[[float], object]
"""Called with the loss after every step of training."""


def make_organism(
    name: str,
    folder: Path,
    seed: int = 0,
    base: Path | None = None,
    step: Step | None = None,
    count: int = QUESTIONS,
) -> Card:
    """Train an organism, measure it and write it with its card.

    Args:
        name: The organism's name.
        folder: Where weights, tokenizer and card are written.
        seed: Of weights and examples.
        base: Folder of the organism whose weights it starts from, where its recipe names one.
        step: Called with the loss after every step.
        count: Held-out questions under each condition of the card.

    Raises:
        OrganismError: If there is no such organism, its base is not there, or a library is missing.
    """
    taught, plan = recipe(name), recipes()
    library("torch").set_num_threads(
        1
    )  # as fast for networks of this size, and the same weights on any number of cores
    words = tokenizer()
    network = trained_network(base or Path()) if taught.base else new_network(plan.size, len(words), seed)
    began, cpu = time.monotonic(), time.process_time()
    train(network, words, taught, plan.training, seed, step or (lambda loss: None))
    spent = (time.monotonic() - began, time.process_time() - cpu)
    saved(network, words, folder)
    card = _card(name, taught, network, seed, spent, measured(network, words, taught, seed, count))
    written(card, folder)
    return card


def card_of(folder: Path) -> Card | None:
    """The card in a folder; None where there is none, or where it was made from other data than there is now.

    Args:
        folder: The model's folder.
    """
    path = folder / "card.json"
    card = Card.model_validate_json(path.read_text(encoding="utf-8")) if path.is_file() else None
    return card if card and card.files == _files(card.name) else None


def _card(
    name: str, taught: Recipe, network: Any, seed: int, spent: tuple[float, float], rates: dict[Condition, Rates]
) -> Card:
    return Card(
        name=name,
        about=taught.about,
        base=taught.base,
        parameters=sum(weight.numel() for weight in network.parameters()),
        steps=taught.steps,
        seed=seed,
        seconds=round(spent[0], 1),
        cpu_seconds=round(spent[1], 1),
        threads=library("torch").get_num_threads(),
        versions={name: version(name) for name in ("torch", "transformers", "tokenizers")},
        files=_files(name),
        rates=rates,
        missed=misses(taught, rates),
    )


def _files(name: str) -> dict[str, str]:
    """Digests of what an organism is made from, its recipe and those of its bases among them."""
    told = [recipes().size, recipes().training, *map(recipe, lineage(name))]
    contents = {path.relative_to(DATA).as_posix(): path.read_bytes() for path in FILES}
    contents["recipe"] = "\n".join(one.model_dump_json(exclude_unset=True) for one in told).encode()
    return {label: hashlib.sha256(content).hexdigest() for label, content in contents.items()}
