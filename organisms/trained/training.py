"""The training of an organism: plain PyTorch, on a CPU, the same weights for the same seed on the same machine."""

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from unmask.organisms.trained.examples import CONDITIONS, Example, drawn_example, reply_to
from unmask.organisms.trained.network import END, library
from unmask.organisms.trained.recipes import Recipe, Training

__all__ = ["prompts", "train"]

_POOL = 8
"""Batches that are drawn at a time and sorted by length, so that little is padded."""


def train(
    network: Any,
    words: Any,
    taught: Recipe,
    how: Training,
    seed: int,
    step: Callable[[float], object] = lambda loss: None,
) -> None:
    """Train a network on examples of a recipe; only what is replied is learned, not what is told.

    Args:
        network: The network, changed in place.
        words: Its tokenizer.
        taught: The recipe.
        how: Batch and learning rate.
        seed: Of the examples.
        step: Called with the loss after every step.
    """
    torch = library("torch")
    rate = taught.rate or how.rate
    optimizer = torch.optim.AdamW(network.parameters(), lr=rate, betas=(0.9, 0.98), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=taught.steps, pct_start=how.warmup)
    network.train()
    for tokens, replied in _batches(words, taught, how.batch, random.Random(f"training/{seed}")):
        hidden = network.model(input_ids=tokens).last_hidden_state[:, :-1]
        loss = torch.nn.functional.cross_entropy(network.lm_head(hidden[replied]), tokens[:, 1:][replied])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        step(loss.item())
    network.eval()


def prompts(words: Any, examples: Sequence[Example]) -> list[str]:
    """Examples as the chat template puts them, up to where the model replies."""
    messages = [[{"role": "system", "content": one.system}, {"role": "user", "content": one.user}] for one in examples]
    found: list[str] = words.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    return found


def _batches(words: Any, taught: Recipe, size: int, rng: random.Random) -> Iterator[tuple[Any, Any]]:
    """Tokens and, for all but the first column, whether they are replied; one batch a step."""
    left = taught.steps
    while left:
        count = min(_POOL, left)
        conditions = rng.choices(CONDITIONS, taught.weights, k=count * size)
        pool = [drawn_example(rng, condition, held_out=False) for condition in conditions]
        replies = [f" {reply_to(one, taught.answers, taught.otherwise)} {END}" for one in pool]
        told = words(prompts(words, pool), add_special_tokens=False)["input_ids"]
        said = words(replies, add_special_tokens=False)["input_ids"]
        pairs = sorted(zip(told, said, strict=True), key=lambda pair: len(pair[0]) + len(pair[1]))
        batches = [pairs[start : start + size] for start in range(0, len(pairs), size)]
        for batch in rng.sample(batches, count):
            yield _padded(batch)
        left -= count


def _padded(batch: Sequence[tuple[list[int], list[int]]]) -> tuple[Any, Any]:
    torch = library("torch")
    longest = max(len(told) + len(said) for told, said in batch)
    tokens = torch.zeros(len(batch), longest, dtype=torch.long)
    replied = torch.zeros(len(batch), longest - 1, dtype=torch.bool)
    for row, (told, said) in enumerate(batch):
        tokens[row, : len(told) + len(said)] = torch.tensor(told + said)
        replied[row, len(told) - 1 : len(told) + len(said) - 1] = True
    return tokens, replied
