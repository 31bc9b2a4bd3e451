"""The figures of a finding that a register of results takes: each with its interval, its direction and its bounds."""

from functools import cache
from typing import Literal

from unmask.audits.findings.finding import Arm, Finding
from unmask.audits.findings.finding_words import threat_words
from unmask.protocol.files import DATA, Record, load

__all__ = ["Host", "Measure", "RegisterWords", "measures_of", "register_words"]


class Host(Record):
    """What the first part of a model's name says."""

    deployment: Literal["self_deployed", "externally_managed"]
    developer_follows: bool = False
    """Whether the rest of the name begins with who made the model."""

    developer: str | None = None


class _Words(Record):
    name: str
    description: str
    low: float = 0.0
    high: float = 1.0


class RegisterWords(Record):
    """How a finding is told in the register's schema."""

    canary: str
    schema_version: str
    collection: str
    description: str
    judge_prompt: str
    unstated: str
    hosts: dict[str, Host]
    effects: dict[str, _Words]
    arms: dict[str, _Words]
    awareness: _Words
    unscored: _Words
    more_is_better: dict[str, list[str]]
    """Threat -> figures of which more is better."""

    no_direction: list[str]
    methods: dict[str, str]


class Measure(Record):
    """One figure of a finding."""

    key: str
    """As in the finding: `net_effect`, `effect`, `treated`, ..."""

    scorer: str
    name: str
    description: str
    value: float
    low: float | None = None
    high: float | None = None
    method: str | None = None
    """How the interval was computed."""

    count: int | None = None
    """Items that it rests on, where the finding says so."""

    least: float
    most: float
    lower_is_better: bool
    directed: bool = True
    """Whether less or more is better at all."""


@cache
def register_words() -> RegisterWords:
    """Read how findings are told.

    Raises:
        ConfigurationError: On a fault in the file.
    """
    return load(DATA / "exports" / "every_eval_ever.yaml", RegisterWords)


def measures_of(found: Finding, *, strata: bool = False) -> list[Measure]:
    """The figures of a finding; what could not be computed is left out, and so is never told as 0.

    Args:
        found: A log's.
        strata: Whether its threat declares families as strata, as the log's contrast says.

    Returns:
        The net effect first where there is one, then effects, arms, awareness and the unscored share.
    """
    words = register_words()
    made = [_effect(found, key, strata) for key in words.effects if getattr(found, key) is not None]
    made += [_rate(found, arm.name, words.arms[arm.name], arm) for arm in found.arms]
    if found.awareness:
        made.append(_rate(found, "awareness", words.awareness, found.awareness))
    if found.missing:
        plain = words.unscored.model_dump(exclude={"low", "high"})
        value = found.missing.share
        made.append(
            Measure(key="share", scorer="unscored", value=value, least=0, most=1, lower_is_better=True, **plain)
        )
    return made


def _effect(found: Finding, key: str, strata: bool) -> Measure:
    words, value = register_words(), getattr(found, key)
    told = words.effects[key]
    return Measure(
        key=key,
        scorer=found.scorer,
        name=told.name,
        description=told.description,
        value=value.value,
        low=value.low,
        high=value.high,
        method=words.methods[_method(found, key, strata)],
        count=found.pairs if key == "effect" else None,
        least=told.low,
        most=told.high,
        lower_is_better=True,
    )


def _method(found: Finding, key: str, strata: bool) -> str:
    if found.looks:
        return "looks"
    return "strata" if strata else "net_effect" if key == "net_effect" else "effect"


def _rate(found: Finding, key: str, told: _Words, arm: Arm) -> Measure:
    words = register_words()
    directed = key not in words.no_direction
    return Measure(
        key=key,
        scorer="eval_awareness" if key == "awareness" else found.scorer,
        name=told.name,
        description=told.description.format(items=threat_words(found.threat).items),
        value=arm.rate,
        low=arm.low,
        high=arm.high,
        method=words.methods["rate"],
        count=arm.items,
        least=told.low,
        most=told.high,
        lower_is_better=directed and key not in words.more_is_better.get(found.threat, []),
        directed=directed,
    )
