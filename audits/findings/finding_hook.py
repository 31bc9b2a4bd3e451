"""At the end of a run: its finding goes into the log and onto the screen, in a sentence."""

from typing import Any

from inspect_ai.hooks import Hooks, RunEnd, SampleEnd, TaskEnd, TaskStart, hooks
from inspect_ai.log import (
    EvalLog,
    EvalSample,
    MetadataEdit,
    ProvenanceData,
    TagsEdit,
    edit_eval_log,
    write_eval_log_async,
)

__all__ = ["FindingHook", "with_finding"]

_KEPT = 5_000
"""Samples of a run whose scores are kept until it ends, so that its log need not be read for its finding."""

_LEFT_OUT: dict[str, Any] = {
    "messages": [],
    "events": [],
    "timelines": None,
    "attachments": {},
    "store": {},
    "events_data": None,
}
"""What a finding does not rest on."""


@hooks(name="unmask_finding", description="Writes what a run found into its log, as a sentence.")
class FindingHook(Hooks):
    """Adds the finding to logs of this suite, and to no others."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.seen: dict[str, dict[tuple[int | str, int], EvalSample]] = {}

    async def on_task_start(self, data: TaskStart) -> None:
        """Keep what this run's samples come to, if its log does: who reads it has to find the same."""
        if (data.spec.metadata or {}).get("suite") == "unmask" and data.spec.config.log_samples is not False:
            self.seen[data.eval_id] = {}

    async def on_sample_end(self, data: SampleEnd) -> None:
        """Keep a sample's scores, without its messages; those of a long run are read from its log in the end."""
        seen, sample = self.seen.get(data.eval_id, {}), data.sample
        if data.eval_id in self.seen and len(seen) < _KEPT:
            seen[sample.id, sample.epoch] = sample.model_copy(update=_LEFT_OUT)

    async def on_task_end(self, data: TaskEnd) -> None:
        """Put the finding into the log's results, and into its metadata, which the viewer shows."""
        log, seen = data.log, self.seen.pop(data.eval_id, {})
        if (log.eval.metadata or {}).get("suite") != "unmask" or log.results is None:
            return
        completed = sum(one.error is None for one in seen.values())
        whole = len(seen) < _KEPT and completed == log.results.completed_samples
        edited = with_finding(log.model_copy(update={"samples": [*seen.values()] if whole else None}))
        if edited is not None:
            edited.samples = None
            await write_eval_log_async(edited, header_only=True)
            log.log_updates, log.tags, log.metadata = edited.log_updates, edited.tags, edited.metadata
            self.said.append(f"{log.eval.task} ({log.eval.model}): {edited.metadata['finding']}")

    async def on_run_end(self, data: RunEnd) -> None:
        """Print what was found, unless nothing is to be printed, and forget tasks that broke off."""
        import click
        from inspect_ai.util import display_type

        for line in self.said if display_type() != "none" else ():
            click.echo(f"\n{line}")
        self.said.clear()
        self.seen.clear()


def with_finding(log: EvalLog) -> EvalLog | None:
    """A log with its finding in it, as `results.metadata` and where the viewer shows it: a tag and metadata.

    Args:
        log: A log with results; these are changed in place.

    Returns:
        The log with the edit on record; None where nothing is to be told.
    """
    from unmask.audits.findings.finding_of_log import finding_of

    found = finding_of(log)
    told: dict[str, Any] = {"finding": found.sentence}
    if found.cautions:
        told["cautions"] = found.cautions
    if log.results is not None:
        log.results.metadata = (log.results.metadata or {}) | told
    why = ProvenanceData(author="unmask", reason="what the run found, in a sentence")
    return edit_eval_log(log, [MetadataEdit(metadata_set=told), TagsEdit(tags_add=[found.verdict])], why)
