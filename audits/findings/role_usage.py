"""Calls and tokens of a run by role: the subject, the graders, and whoever else took part."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from inspect_ai.event import ModelEvent
from inspect_ai.log import EvalLog, EvalSample, EvalSampleSummary, read_eval_log_sample
from inspect_ai.model import ModelUsage
from pydantic import BaseModel, ConfigDict

from unmask.audits.findings.log_figures import Samples
from unmask.audits.findings.whole_runs import places

__all__ = ["RoleUsage", "role_usage", "some_samples"]

_READ = 40
"""Whole samples that are read to count calls."""

_SUBJECT, _GRADER = "subject", "grader"


class RoleUsage(BaseModel):
    """What a role took."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: str
    """`subject`, `grader`, `second_grader`, or another role that a model was bound to."""

    models: list[str]
    calls: float | None = None
    """Calls a sample; None where no sample holds its events."""

    counted: int = 0
    """Samples in which calls were counted, spread over the run."""

    input_tokens: int
    """Of all samples, with what was read from a cache or written to one."""

    output_tokens: int


def role_usage(log: EvalLog, samples: Samples) -> list[RoleUsage]:
    """Say what each role took, the subject first.

    Tokens are those that the samples in the log used, whoever ran them first: a retry has those of the samples that it
    took over. Calls are counted in some whole samples, in all where there are few.

    Args:
        log: The run's header, or the log.
        samples: Its samples, as `log_samples` gives them.
    """
    bound = _bound(log)
    whole = [one for one in some_samples(log, samples, _READ) if one.events]
    calls: Counter[str] = Counter()
    models: dict[str, set[str]] = defaultdict(set)
    for event in (event for sample in whole for event in sample.events if isinstance(event, ModelEvent)):
        role = event.role or _role_of(event.model, log.eval.model)
        calls[role] += 1
        models[role].add(event.model)
    tokens = _tokens(log.eval.model, bound, samples)
    found = []
    for role in sorted(calls.keys() | tokens.keys(), key=lambda name: (name != _SUBJECT, name != _GRADER, name)):
        used = tokens.get(role, (ModelUsage(), set()))
        found.append(
            RoleUsage(
                role=role,
                models=sorted({*models[role], *used[1]} or bound.get(role, [])),
                calls=calls[role] / len(whole) if whole else None,
                counted=len(whole),
                input_tokens=_sent(used[0]),
                output_tokens=used[0].output_tokens,
            )
        )
    return found


def some_samples(log: EvalLog, samples: Sequence[EvalSample | EvalSampleSummary], most: int) -> list[EvalSample]:
    """Some samples of a run, whole and spread over it.

    Args:
        log: The run's header, or the log.
        samples: Its samples, as `log_samples` gives them.
        most: About how many are read.
    """
    parts = places(log) if len(places(log)) > 1 else []
    files = {str(name): part.location for part in parts for name in part.eval.dataset.sample_ids or []}
    chosen = samples[:: max(1, -(-len(samples) // most))]
    return [_whole(files.get(str(sample.id), log.location), sample) for sample in chosen]


def _whole(file: str, sample: EvalSample | EvalSampleSummary) -> EvalSample:
    if isinstance(sample, EvalSample):
        return sample
    return read_eval_log_sample(file, id=sample.id, epoch=sample.epoch)


def _bound(log: EvalLog) -> dict[str, list[str]]:
    """Role -> models that were bound to it."""
    roles = (log.eval.model_roles or {}).items()
    return {role: [one.model for one in (told if isinstance(told, list) else [told])] for role, told in roles}


def _role_of(model: str, subject: str) -> str:
    """The role of a call that names none: whatever is not the subject judges, as the offline grader does unbound."""
    return _SUBJECT if model == subject else _GRADER


def _tokens(
    subject: str, bound: Mapping[str, Sequence[str]], samples: Samples
) -> dict[str, tuple[ModelUsage, set[str]]]:
    """Role -> tokens, and the models that are known to have used them."""
    by_role: dict[str, ModelUsage] = defaultdict(ModelUsage)
    by_model: dict[str, ModelUsage] = defaultdict(ModelUsage)
    for sample in samples:
        for role, usage in sample.role_usage.items():
            by_role[role] += usage
        for model, usage in sample.model_usage.items():
            by_model[model] += usage
    found = {role: (usage, set(bound.get(role, []))) for role, usage in by_role.items()}
    for model, usage in by_model.items():
        roles = [role for role, names in bound.items() if model in names and role in by_role]
        if model == subject:
            found[_SUBJECT] = (_less(usage, [by_role[role] for role in roles]), {model})
        elif not roles:
            before, names = found.get(_GRADER, (ModelUsage(), set()))
            found[_GRADER] = (before + usage, {*names, model})
    return found


def _less(usage: ModelUsage, parts: Sequence[ModelUsage]) -> ModelUsage:
    """What is left of a model's tokens when those that it used in other roles are taken off."""
    sent, said = sum(map(_sent, parts)), sum(part.output_tokens for part in parts)
    return ModelUsage(input_tokens=max(0, _sent(usage) - sent), output_tokens=max(0, usage.output_tokens - said))


def _sent(usage: ModelUsage) -> int:
    return usage.input_tokens + (usage.input_tokens_cache_read or 0) + (usage.input_tokens_cache_write or 0)
