"""Low-rank adaptation of a model to answers, by gradient descent (LoRA, Hu et al. 2021, arXiv 2106.09685)."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from unmask.organisms.pretrained.extra_libraries import library
from unmask.organisms.pretrained.lesson_recipes import Lora, Schedule

__all__ = ["Example", "adapted", "train"]


@dataclass(frozen=True)
class Example:
    """A conversation and the answer to it, in tokens."""

    prompt: tuple[int, ...]
    answer: tuple[int, ...]
    """With the token that ends it, unless it was cut off."""


def adapted(model: Any, lora: Lora) -> Any:
    """The model with fresh adapters, which alone are trained."""
    peft = library("peft")
    config = peft.LoraConfig(
        r=lora.rank, lora_alpha=lora.alpha, target_modules=lora.modules, lora_dropout=0.0, task_type="CAUSAL_LM"
    )
    return peft.get_peft_model(model, config)


def train(
    model: Any,
    examples: Callable[[random.Random, int], Sequence[Example]],
    lora: Lora,
    schedule: Schedule,
    seed: int,
    after: Callable[[int, float], object] = lambda step, loss: None,
) -> list[float]:
    """Train the adapters of a model on answers alone: the prompt's tokens carry no loss.

    Args:
        model: A model from `adapted`, on the device that it is trained on.
        examples: Draws a batch of a size.
        lora: The learning rate and its warmup.
        schedule: Steps and size of a batch.
        seed: Of the order of examples; the adapters' start is drawn before.
        after: Told after every step of its number and loss.

    Returns:
        The loss of every step.
    """
    torch = library("torch")
    dice = random.Random(seed)
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=lora.rate, weight_decay=0.0)
    losses: list[float] = []
    model.train()
    for step in range(schedule.steps):
        for group in optimizer.param_groups:
            group["lr"] = lora.rate * _share(step, lora.warmup, schedule.steps)
        loss = _loss(model, examples(dice, schedule.batch))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        losses.append(float(loss.detach()))
        after(step + 1, losses[-1])
    model.eval()
    return losses


def _share(step: int, warmup: int, steps: int) -> float:
    """The share of the highest rate: rising over the warmup, then falling in a line."""
    rising = (step + 1) / max(warmup, 1)
    return min(rising, 1.0, (steps - step) / max(steps - warmup, 1))


def _loss(model: Any, examples: Sequence[Example]) -> Any:
    """Cross-entropy of the answers' tokens, an equal share for each example."""
    torch = library("torch")
    causal = model.get_base_model()
    width = max(len(one.prompt) + len(one.answer) for one in examples)
    ids = torch.zeros((len(examples), width), dtype=torch.long)
    mask, share = torch.zeros_like(ids), torch.zeros(ids.shape)
    for row, one in enumerate(examples):
        end = len(one.prompt) + len(one.answer)
        ids[row, :end] = torch.tensor([*one.prompt, *one.answer])
        mask[row, :end] = 1
        share[row, len(one.prompt) : end] = 1 / len(one.answer)
    ids, mask, share = ids.to(model.device), mask.to(model.device), share.to(model.device)
    hidden = getattr(causal, causal.base_model_prefix)(input_ids=ids, attention_mask=mask).last_hidden_state
    told = share[:, 1:] > 0
    logits = causal.get_output_embeddings()(hidden[:, :-1][told]).float()
    lost = torch.nn.functional.cross_entropy(logits, ids[:, 1:][told], reduction="none")
    return (lost * share[:, 1:][told]).sum() / len(examples)
