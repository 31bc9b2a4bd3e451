"""At the end of a run: its finding goes into the log and onto the screen, in a sentence."""

from collections.abc import Sequence
from typing import Any

from inspect_ai.hooks import Hooks, RunEnd, SampleEnd, TaskEnd, TaskStart, hooks
from inspect_ai.log import (
    EvalLog,
    MetadataEdit,
    ProvenanceData,
    TagsEdit,
    edit_eval_log,
    write_eval_log_async,
)

from unmask.audits.findings.sample_scores import SampleScores, place_in_log

__all__ = ["FindingHook", "with_finding"]


@hooks(name="unmask_finding", description="Writes what a run found into its log, as a sentence.")
class FindingHook(Hooks):
    """Adds the finding to logs of this suite, and to no others."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.seen: dict[str, dict[tuple[int | str, int], SampleScores]] = {}

    async def on_task_start(self, data: TaskStart) -> None:
        """Keep what this run's samples come to, if its log does: who reads it has to find the same."""
        if (data.spec.metadata or {}).get("suite") == "unmask" and data.spec.config.log_samples is not False:
            self.seen[data.eval_id] = {}

    async def on_sample_end(self, data: SampleEnd) -> None:
        """Keep a sample's scores, which Inspect holds as well, so that the log need not be read for its finding."""
        seen, one = self.seen.get(data.eval_id), data.sample
        if seen is not None:
            earlier = seen.get((one.id, one.epoch - 1))
            told = earlier.metadata if earlier and earlier.metadata == one.metadata else one.metadata
            seen[one.id, one.epoch] = SampleScores(one.id, one.epoch, told, one.scores, one.error)

    async def on_task_end(self, data: TaskEnd) -> None:
        """Put the finding into the log's results, and into its metadata, which the viewer shows."""
        log, seen = data.log, self.seen.pop(data.eval_id, {})
        if (log.eval.metadata or {}).get("suite") != "unmask" or log.results is None:
            return
        whole = sum(one.error is None for one in seen.values()) == log.results.completed_samples
        header = log.model_copy(update={"samples": None})
        edited = with_finding(header, sorted(seen.values(), key=place_in_log) if whole else None)
        if edited is not None:
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


def with_finding(log: EvalLog, samples: Sequence[SampleScores] | None = None) -> EvalLog | None:
    """A log with its finding in it, as `results.metadata` and where the viewer shows it: a tag and metadata.

    Args:
        log: A log with results; these are changed in place.
        samples: What its samples came to, where that is known.

    Returns:
        The log with the edit on record; None where nothing is to be told.
    """
    from unmask.audits.findings.finding_of_log import finding_of

    found = finding_of(log, samples)
    told: dict[str, Any] = {"finding": found.sentence}
    if found.cautions:
        told["cautions"] = found.cautions
    if log.results is not None:
        log.results.metadata = (log.results.metadata or {}) | told
    why = ProvenanceData(author="unmask", reason="what the run found, in a sentence")
    return edit_eval_log(log, [MetadataEdit(metadata_set=told), TagsEdit(tags_add=[found.verdict])], why)
