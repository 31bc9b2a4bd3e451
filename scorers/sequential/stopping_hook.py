"""Tells a sequential run of what Inspect's early stopping is not told: samples that start, and that end in an error."""

from inspect_ai.hooks import Hooks, SampleAttemptEnd, SampleAttemptStart, SampleEnd, hooks

from unmask.scorers.sequential.early_stop import current_watch

__all__ = ["StoppingHook"]


@hooks(name="unmask_sequential", description="Tells a sequential run of samples that ended in an error.")
class StoppingHook(Hooks):
    """Notes samples that start, and that end in an error."""

    async def on_sample_attempt_start(self, data: SampleAttemptStart) -> None:
        """Tell a sample that has started from one that was only let in."""
        if watch := current_watch():
            watch.started((data.summary.id, data.summary.epoch))

    async def on_sample_attempt_end(self, data: SampleAttemptEnd) -> None:
        """Let the schedule go on past a sample that is tried again."""
        if data.will_retry and (watch := current_watch()):
            watch.broke_off((data.summary.id, data.summary.epoch))

    async def on_sample_end(self, data: SampleEnd) -> None:
        """Let the schedule go on past an error."""
        watch, sample = current_watch(), data.sample
        if watch and sample.error is not None and watch.scorer not in (sample.scores or {}):
            watch.end((sample.id, sample.epoch), None)
