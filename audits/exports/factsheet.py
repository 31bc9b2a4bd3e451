"""A factsheet of logs: 27 fields, each with its answer and with where that came from."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, Literal

from inspect_ai.log import EvalLog
from pydantic import Field

from unmask.audits.exports.export_answers import ExportAnswers
from unmask.audits.findings.finding import Finding
from unmask.audits.findings.finding_words import threat_words
from unmask.audits.findings.sentences import counted, number, share
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import DATA, Record, load

__all__ = ["FactsheetWords", "factsheet", "factsheet_words"]


class _Question(Record):
    section: Literal["context", "scope", "structure", "method", "alignment"]
    name: str
    question: str
    source: Literal["log", "suite", "hand"] = Field(alias="from")
    answer: str | None = None


class FactsheetWords(Record):
    """The questionnaire, and how lines of its answers read."""

    canary: str
    questionnaire: str
    nothing: str
    unsaid: str
    fields: list[_Question]
    lines: dict[str, str]


@cache
def factsheet_words() -> FactsheetWords:
    """Read the questionnaire.

    Raises:
        ConfigurationError: On a fault in the file.
    """
    return load(DATA / "exports" / "factsheet.yaml", FactsheetWords)


def factsheet(found: Sequence[tuple[EvalLog, Finding]], answers: ExportAnswers | None = None) -> dict[str, Any]:
    """The factsheet of some logs.

    Args:
        found: Logs with their findings; of one subject or of several.
        answers: What the logs do not say. An answer by hand stands in place of the logs' own.

    Returns:
        `questionnaire`, `fields` (`section`, `name`, `question`, `answer`, a list of lines or None, and `from`: `log`,
        `suite`, `hand`) and `blank`, the names of those without an answer.

    Raises:
        ConfigurationError: If an answer is for a field that there is not.
    """
    words, told = factsheet_words(), answers or ExportAnswers()
    by_hand = _by_hand(told)
    unknown = sorted(by_hand.keys() - {one.name for one in words.fields})
    if unknown:
        known = ", ".join(one.name for one in words.fields)
        named = ", ".join(unknown)
        raise ConfigurationError(f"answers, key 'factsheet': there is no field {named}; choose from {known}")
    lines = _lines(found)
    fields = [_field(one, lines, by_hand.get(one.name)) for one in words.fields]
    return {
        "questionnaire": words.questionnaire,
        "fields": fields,
        "blank": [one["name"] for one in fields if one["answer"] is None],
    }


def _by_hand(told: ExportAnswers) -> dict[str, str]:
    relationship = {"relationship": told.relationship} if "relationship" in told.model_fields_set else {}
    evaluator = {"evaluator": told.organization} if told.organization else {}
    return {**relationship, **evaluator, **told.factsheet}


def _field(one: _Question, lines: dict[str, list[str]], by_hand: str | None) -> dict[str, Any]:
    answer: list[str] | None
    if by_hand is not None:
        answer, source = [by_hand], "hand"
    elif one.source == "log":
        answer, source = _filled(one.answer or "", lines), "log"
    else:
        answer, source = [one.answer] if one.answer else None, one.source
    return {"section": one.section, "name": one.name, "question": one.question, "answer": answer, "from": source}


def _filled(pattern: str, lines: dict[str, list[str]]) -> list[str]:
    """One line where the pattern has words around its slot, else all lines of the slot."""
    if pattern.startswith("{") and pattern.endswith("}"):
        return lines[pattern.strip("{}")] or [factsheet_words().nothing]
    return [pattern.format(**{key: ", ".join(value) for key, value in lines.items()})]


def _lines(found: Sequence[tuple[EvalLog, Finding]]) -> dict[str, list[str]]:
    findings = [one for _, one in found]
    return {
        "threats": _once(one.threat for one in findings),
        "subjects": _once(one.subject.model for one in findings),
        "dates": _once(one.created for one in findings),
        "versions": _once(_version(log) for log, _ in found),
        "directions": _once(_direction(log, one) for log, one in found),
        "unseen": _once(line for one in findings for line in one.unseen),
        "sizes": _once(_told("sizes", one, items=threat_words(one.threat).items) for one in findings),
        "tracks": _once(_told("tracks", one) for one in findings),
        "graders": _once(_judge(one) for one in findings),
        "results": _once(_told("results", one) for one in findings),
        "controls": _once(_controls(one) for one in findings),
        "costs": _once(line for log, one in found for line in _costs(log, one)),
        "cautions": _once(_told("cautions", one, caution=line) for one in findings for line in one.cautions),
        "certainty": _once(_certainty(one) for one in findings),
        "would_change": _once(line for one in findings for line in one.would_change),
    }


def _once(lines: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(lines))


def _told(line: str, found: Finding, **more: Any) -> str:
    plain = {key: value for key, value in found.model_dump().items() if isinstance(value, str | int | float)}
    return factsheet_words().lines[line].format(**(plain | {"subject": found.subject.model} | more))


def _version(log: EvalLog) -> str:
    spec, declared = log.eval, log.eval.metadata or {}
    unsaid = factsheet_words().unsaid
    return (
        factsheet_words()
        .lines["versions"]
        .format(
            suite=declared.get("suite_version", unsaid),
            inspect=spec.packages.get("inspect_ai", unsaid),
            task=spec.task,
            version=spec.task_version,
            commit=spec.revision.commit if spec.revision else unsaid,
        )
    )


def _direction(log: EvalLog, found: Finding) -> str:
    said = str((log.eval.metadata or {}).get("contrast", {}).get("direction", factsheet_words().unsaid))
    return _told("directions", found, direction=" ".join(said.split()))


def _judge(found: Finding) -> str:
    graders = ", ".join(found.graders) or factsheet_words().unsaid
    return _told("offline" if found.offline_grader else "graders", found, graders=graders)


def _controls(found: Finding) -> str:
    items = threat_words(found.threat).items
    arms = {name: counted(arm, items) if (arm := found.arm(name)) else factsheet_words().nothing for name in _BESIDE}
    return _told("controls", found, **arms)


_BESIDE = ("control", "placebo")


def _costs(log: EvalLog, found: Finding) -> Iterator[str]:
    for model, usage in sorted(log.stats.model_usage.items()):
        yield _told("costs", found, model=model, input=usage.input_tokens, output=usage.output_tokens)


def _certainty(found: Finding) -> str:
    unsaid = factsheet_words().unsaid
    return _told(
        "certainty",
        found,
        level=1 - found.alpha,
        smallest=number(found.smallest_effect),
        mde=unsaid if found.mde is None else number(found.mde),
        unscored=share(found.missing.share) if found.missing else unsaid,
    )
