"""A sample with only what a policy shows. It is built anew from the fields that are known; events are left out."""

from collections.abc import Iterator
from typing import Any

from inspect_ai.log import EvalError, EvalSample, EvalSampleLimit, ProvenanceData
from inspect_ai.model import ChatMessageAssistant
from inspect_ai.scorer import Score

from unmask.audits.bundles.redaction.hidden_texts import HiddenTexts, Hider
from unmask.audits.bundles.redaction.redacted_messages import redacted_messages, redacted_output
from unmask.audits.bundles.redaction.redaction_policy import RedactionPolicy
from unmask.protocol.errors import ConfigurationError

__all__ = ["redacted_sample"]


def redacted_sample(
    sample: EvalSample, policy: RedactionPolicy, salt: bytes, eval_id: str
) -> tuple[EvalSample, list[dict[str, Any]], HiddenTexts]:
    """Redact a sample.

    Args:
        sample: With its attachments resolved.
        policy: What is shown.
        salt: The secret of the digests.
        eval_id: The log's.

    Returns:
        The redacted sample, the ledger's entries, and the texts that are hidden.

    Raises:
        ConfigurationError: If what the policy hides stands in the sample's id.
    """
    hidden, known = HiddenTexts(), -1
    while len(hidden.texts) > known:  # what comes to be hidden late may stand in what was shown early
        known = len(hidden.texts)
        hider = Hider(salt, (eval_id, sample.id, sample.epoch), hidden, reasoning=policy.reasoning)
        hider.names |= _ids(sample)
        found = _sample(sample, policy, hider)
    if any(text in str(sample.id) for text in hidden.texts):
        raise ConfigurationError(f"{policy.name}: sample {sample.id}: its id holds what the policy hides")
    return found, hider.ledger, hidden


def _sample(given: EvalSample, policy: RedactionPolicy, hider: Hider) -> EvalSample:
    # In the order of the run: what graders wrote comes after what they read.
    def text(field: Any, value: str) -> str:
        return hider.text(field in policy.sample, field, value, prompt=True)

    metadata = hider.mapping(policy.sample_metadata, "metadata", given.metadata)
    return EvalSample(
        id=given.id,
        epoch=given.epoch,
        input=_input(given, policy, hider),
        choices=[text("choices", one) for one in given.choices] if given.choices is not None else None,
        target=text("target", given.target)
        if isinstance(given.target, str)
        else [text("target", one) for one in given.target],
        description=given.description and text("description", given.description),
        metadata=metadata,
        messages=redacted_messages(hider, policy, "messages", given.messages),
        output=redacted_output(hider, policy, given.output),
        scores=given.scores and {name: _score(given, policy, hider, name) for name in given.scores},
        store=hider.mapping(policy.store, "store", given.store, derived=True),
        error=given.error and EvalError(message=text("error", given.error.message), traceback="", traceback_ansi=""),
        limit=_limit(given, policy, hider),
        invalidation=_invalidation(given, policy, hider),
        **{name: getattr(given, name) for name in _COUNTED},
    )


_COUNTED = [
    "model_usage",
    "role_usage",
    "started_at",
    "completed_at",
    "total_time",
    "working_time",
    "uuid",
    "turn_count",
    "token_limit",
    "token_limit_type",
    "token_limit_usage",
    "message_limit",
    "time_limit",
]


def _ids(given: EvalSample) -> set[str]:
    """Ids of messages and calls, which graders' references name."""
    calls = [
        call.id for one in given.messages if isinstance(one, ChatMessageAssistant) for call in one.tool_calls or []
    ]
    return {one.id for one in given.messages if one.id} | set(calls)


def _input(given: EvalSample, policy: RedactionPolicy, hider: Hider) -> Any:
    shown = "input" in policy.sample
    if isinstance(given.input, str):
        return hider.text(shown, "input", given.input, prompt=True)
    seen = policy if shown else policy.model_copy(update={"messages": ()})
    return redacted_messages(hider, seen, "input", given.input)


def _score(given: EvalSample, policy: RedactionPolicy, hider: Hider, name: str) -> Score:
    score, field = (given.scores or {})[name], f"scores.{name}"

    def text(part: Any, value: str | None) -> str | None:
        place = f"{field}.{part}"
        if not value or part in policy.scores:
            return value and hider.text(True, place, value)
        return hider.hide(place, value, derived=True)

    metadata = dict(score.metadata or {})
    return Score(
        value=score.value,
        answer=text("answer", score.answer),
        explanation=text("explanation", score.explanation),
        reason=text("reason", score.reason),
        metadata=hider.mapping(policy.score_metadata, f"{field}.metadata", metadata, derived=True)
        if score.metadata
        else None,
    )


def _limit(given: EvalSample, policy: RedactionPolicy, hider: Hider) -> EvalSampleLimit | None:
    if given.limit is None:
        return None
    reason = given.limit.reason and hider.text("limit" in policy.sample, "limit.reason", given.limit.reason)
    return EvalSampleLimit(type=given.limit.type, limit=given.limit.limit, reason=reason)


def _invalidation(given: EvalSample, policy: RedactionPolicy, hider: Hider) -> ProvenanceData | None:
    """That somebody took the sample out; who and why where the policy shows it."""
    found = given.invalidation
    if found is None:
        return None
    author, reason = (
        value and hider.text("invalidation" in policy.sample, f"invalidation.{name}", value)
        for name, value in _said(found)
    )
    return ProvenanceData(timestamp=found.timestamp, author=author or "", reason=reason)


def _said(found: ProvenanceData) -> Iterator[tuple[str, str | None]]:
    yield "author", found.author
    yield "reason", found.reason
