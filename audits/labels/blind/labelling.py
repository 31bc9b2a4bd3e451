"""Has a person label part of a run: on a page that is served, or on one that is a file."""

from collections.abc import Callable
from pathlib import Path

from unmask.audits.labels.blind.label_answers import agreement_of, read_answers_file
from unmask.audits.labels.blind.label_page import label_page
from unmask.audits.labels.blind.label_plan import LabelPlan, read_plan
from unmask.audits.labels.blind.label_server import LabelServer
from unmask.audits.labels.judge_result import JudgeResult
from unmask.audits.labels.label_files import replaced
from unmask.protocol.errors import ConfigurationError

__all__ = ["begun", "finished", "label_server", "page_written", "places"]


def places(save: Path) -> tuple[Path, Path]:
    """Where the key and the answers lie beside the labels file.

    Args:
        save: The labels file.
    """
    return save.with_suffix(".key.json"), save.with_suffix(".answers.jsonl")


def begun(save: Path, drawn: Callable[[], LabelPlan], rubric: str | None) -> LabelPlan:
    """The plan that was begun, or a new one, whose key is written at once.

    Args:
        save: The labels file.
        drawn: Draws a new one.
        rubric: The question that is asked for; None for any.

    Raises:
        ConfigurationError: If a plan for another question lies there.
    """
    key, _ = places(save)
    if key.exists():
        plan = read_plan(key)
        if rubric not in (None, plan.rubric):
            raise ConfigurationError(f"{key}: is about rubric {plan.rubric!r}; choose another --save for {rubric!r}")
        return plan
    plan = drawn()
    replaced(key, plan.model_dump_json(indent=1))
    return plan


def page_written(plan: LabelPlan, out: Path) -> None:
    """Write the page as a file.

    Args:
        plan: The plan.
        out: The file.

    Raises:
        ConfigurationError: If it cannot be written.
    """
    replaced(out, label_page(plan, served=False))


def label_server(plan: LabelPlan, save: Path, told: Callable[[JudgeResult], str], port: int = 0) -> LabelServer:
    """A server for the page, which writes the labels file once the person is done.

    Args:
        plan: The plan.
        save: The labels file.
        told: Puts the result into words for the page.
        port: 0 for any that is free.

    Raises:
        ConfigurationError: If the port is taken.
    """
    return LabelServer(plan, places(save)[1], lambda given: told(_written(plan, given, save)), port)


def finished(key: Path, answers: Path, save: Path) -> JudgeResult:
    """Make the labels file of answers that were saved from a page.

    Args:
        key: The key that was written with the page.
        answers: What the page saved.
        save: The labels file.

    Raises:
        ConfigurationError: If an item has no answer yet, or the answers are to another plan.
    """
    plan = read_plan(key)
    if not answers.exists():
        raise ConfigurationError(f"{answers}: no such file")
    return _written(plan, read_answers_file(plan, answers), save)


def _written(plan: LabelPlan, given: dict[str, str], save: Path) -> JudgeResult:
    result = agreement_of(plan, given, save.name)
    replaced(save, result.model_dump_json(indent=1) + "\n")
    return result
