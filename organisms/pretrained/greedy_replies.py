"""Replies of a model to many conversations at once, decoded greedily."""

from collections.abc import Callable, Sequence
from typing import Any

from unmask.organisms.pretrained.extra_libraries import library

__all__ = ["Conversation", "greedy_replies", "rendered"]

Conversation = list[dict[str, str]]


def rendered(tokenizer: Any, conversation: Conversation) -> list[int]:
    """The tokens of a conversation, up to where the reply begins."""
    text = tokenizer.apply_chat_template(conversation, tokenize=False, add_generation_prompt=True)
    tokens: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    return tokens


def greedy_replies(
    model: Any,
    tokenizer: Any,
    conversations: Sequence[Conversation],
    most: int,
    batch: int = 16,
    after: Callable[[int], object] = lambda done: None,
) -> list[list[int]]:
    """The first tokens of each reply, without the one that ends it.

    Args:
        model: A causal language model.
        tokenizer: Its tokenizer, with a chat template.
        conversations: What it answers.
        most: Tokens of a reply at most.
        batch: Conversations that are answered at once; those of like length come together.
        after: Told after every batch how many were answered.
    """
    torch = library("torch")
    prompts = [rendered(tokenizer, one) for one in conversations]
    order = sorted(range(len(prompts)), key=lambda one: len(prompts[one]))
    replies: list[list[int]] = [[] for _ in prompts]
    pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
    was_training = model.training
    model.eval()
    for start in range(0, len(order), batch):
        chosen = order[start : start + batch]
        width = max(len(prompts[one]) for one in chosen)
        ids = torch.tensor([[pad] * (width - len(prompts[one])) + prompts[one] for one in chosen])
        mask = torch.tensor([[0] * (width - len(prompts[one])) + [1] * len(prompts[one]) for one in chosen])
        with torch.no_grad():
            made = model.generate(
                input_ids=ids.to(model.device),
                attention_mask=mask.to(model.device),
                max_new_tokens=most,
                do_sample=False,
                pad_token_id=pad,
            )
        for one, tokens in zip(chosen, made[:, width:].tolist(), strict=True):
            replies[one] = _ended(tokens, tokenizer.eos_token_id)
        after(start + len(chosen))
    model.train(was_training)
    return replies


def _ended(tokens: list[int], end: int) -> list[int]:
    return tokens[: tokens.index(end)] if end in tokens else tokens
