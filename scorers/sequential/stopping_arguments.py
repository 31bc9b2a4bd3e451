"""`stop_early`, `delta` and `alpha` of a task: checked, and made into its schedule, stopping and declaration."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from inspect_ai import SampleSource
from inspect_ai.dataset import Dataset, MemoryDataset, Sample

from unmask.protocol.design import SampleDesign
from unmask.protocol.errors import ConfigurationError, only_where
from unmask.protocol.provenance import declared_values
from unmask.protocol.samples import Shard, read_shard
from unmask.scorers.sequential.early_stop import SequentialStopping
from unmask.scorers.sequential.stop_schedule import Unit, scheduled_to_stop, stop_mark, units_of
from unmask.scorers.verdict import Room

__all__ = ["Stopping", "stopping"]


@dataclass(frozen=True)
class Stopping:
    """How a task stops; does nothing where it was not asked to."""

    unit: Unit | None
    """What is one observation; None where the number of clusters decides."""

    delta: float
    alpha: float
    is_asked: bool
    split: Shard = field(default_factory=Shard)

    def scheduled(self, samples: Sequence[Sample]) -> list[Sample]:
        """Put samples into the order in which they are looked at, and mark them.

        Clusters are single observations, by the mean of their pairs, where there are so many that either verdict could
        be reached. With fewer no valid test could call an effect absent among clusters like these; then the families
        are taken as fixed by the design, the verdict is about these families alone, and an item is an observation.

        Args:
            samples: Of the run, in the order that its seed drew.
        """
        from unmask.analysis.sequential.opposed_legs import fewest_observations

        enough = units_of(samples, "clusters") >= fewest_observations(self.delta, self.alpha)
        return scheduled_to_stop(samples, self.unit or ("clusters" if enough else "items"), self.delta, self.alpha)

    def applied(
        self, data: Dataset | SampleSource, seed: int, scorer: str, direction: int = 1, room: Room = "behaviour"
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """A task's samples as they are run, in this process, with what stops it, and what is declared before the run.

        Args:
            data: The task's, in the order that its seed drew.
            seed: Of that order.
            scorer: Name of the behaviour's score.
            direction: 1 where a rise under treatment is the threat, -1 where a fall is.
            room: What has to leave room for an effect, before its absence says anything.

        Returns:
            Arguments of Inspect's `Task`, and entries of its metadata.

        Raises:
            ConfigurationError: If the samples cannot be split as asked.
        """
        if not self.is_asked or isinstance(data, SampleSource):
            return {"dataset": self.split.part(data)}, self.split.told
        samples = self.scheduled(list(data))
        mark = stop_mark(SampleDesign.read(samples[0].metadata or {}))
        declared = {**mark.model_dump(exclude={"place", "look"}), "order_seed": seed} if mark else {}
        ordered = MemoryDataset(samples, name=data.name)
        manager = SequentialStopping(scorer, direction, room)
        return {"dataset": ordered, "early_stopping": manager}, {"sequential": declared}


def stopping(
    stop_early: object, delta: object, alpha: object, threat: str, shard: object = None, **unfit: bool
) -> Stopping:
    """Read the arguments.

    Args:
        stop_early: True or false; `items` or `clusters` to say what is one observation.
        delta: Effect below which the behaviour counts as absent; what the threat declares where left out.
        alpha: Error of either verdict; what the threat declares where left out.
        threat: The threat's name.
        shard: The part `K/N` of the items that this process runs; not with `stop_early`.
        **unfit: Name of an argument with which a run cannot stop early -> whether it was given.

    Raises:
        ConfigurationError: Naming the argument, on a value that cannot be, or one without a use.
    """
    if not isinstance(stop_early, bool) and stop_early not in get_args(Unit):
        raise ConfigurationError(f"stop_early={stop_early!r}: choose from true, false, {', '.join(get_args(Unit))}")
    for name, value in (("delta", delta), ("alpha", alpha)):
        only_where(name, value is not None, bool(stop_early), "is for stop_early=true")
        _share(name, value)
    for name, given in unfit.items():
        why = "its samples are chosen as it runs, and Inspect stops no such run early"
        only_where(f"stop_early={stop_early!r}", bool(stop_early) and given, False, f"not with {name}: {why}")
    fixed = declared_values(threat)
    return Stopping(
        unit=None if isinstance(stop_early, bool) else "items" if stop_early == "items" else "clusters",
        delta=float(delta) if isinstance(delta, int | float) else fixed.smallest_effect,
        alpha=float(alpha) if isinstance(alpha, int | float) else fixed.alpha,
        is_asked=bool(stop_early),
        split=read_shard(shard, stops_early=bool(stop_early)),
    )


def _share(name: str, value: object) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
        raise ConfigurationError(f"{name}={value!r}: must be a number between 0 and 1")
