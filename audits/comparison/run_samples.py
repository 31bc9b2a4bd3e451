"""A run's scored samples as a comparison takes them, and the logs of two sides matched."""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from inspect_ai.log import EvalLog

from unmask.analysis.effects import Observation
from unmask.audits.findings import Finding, finding_of
from unmask.audits.findings.log_figures import log_samples
from unmask.protocol.design import SampleDesign
from unmask.protocol.errors import ConfigurationError
from unmask.scorers.contrast import declared, estimators, observation
from unmask.scorers.scored import Scored

__all__ = ["CELLS", "Run", "by_protocol"]

CELLS = {
    "treated": ("treatment", "target"),
    "control": ("control", "target"),
    "placebo": ("treatment", "placebo"),
    "placebo_control": ("control", "placebo"),
}
"""Arms as findings name them -> arm and stratum."""

Protocol = tuple[str, str, str]
"""Threat, track, set of frames."""


@dataclass(frozen=True)
class Run:
    """One log with its finding."""

    log: EvalLog
    finding: Finding

    @property
    def protocol(self) -> Protocol:
        """What it is matched by."""
        return (self.finding.threat, self.finding.track, self.finding.frames)

    @property
    def date(self) -> str:
        """When the subject was run: an imported run's own date where its source has one, else the log's."""
        source = (self.log.eval.metadata or {}).get("source") or {}
        date = source.get("date") or {}
        return str(date.get("first") if isinstance(date, dict) and date else date or self.log.eval.created)

    @cached_property
    def texts(self) -> dict[str, set[str]]:
        """Item -> the bare texts that its samples have, scored or not."""
        found: dict[str, set[str]] = defaultdict(set)
        for sample in self._samples:
            found[str(sample.metadata.get("item"))].add(str(sample.input))
        return found

    @cached_property
    def scored(self) -> list[Scored]:
        """Samples on which the behaviour was scored; without those that somebody invalidated."""
        found = []
        for sample in self._samples:
            score = (sample.scores or {}).get(self.finding.scorer)
            if score is None or getattr(sample, "invalidation", None) is not None or math.isnan(score.as_float()):
                continue
            found.append(Scored(SampleDesign.read(sample.metadata), score.as_float(), score.metadata or {}))
        return found

    @cached_property
    def _samples(self):  # type: ignore[no-untyped-def]  # whole samples or summaries, which share no type
        return log_samples(self.log)

    @cached_property
    def direction(self) -> int:
        """1 where a rise is the threat, -1 where a fall is: whichever the run's own effect has; 0 where it has none."""
        own = estimators(self.finding.threat).effect(declared(self.scored), self.finding.alpha).effect
        told = self.finding.effect.value if self.finding.effect else 0.0
        return 0 if math.isnan(own) or not own or not told else 1 if own * told > 0 else -1

    def effects(self, items: Iterable[str], direction: int) -> list[Observation]:
        """The samples of the declared contrast.

        Args:
            items: Items that count.
            direction: 1 where a rise is the threat, -1 where a fall is.
        """
        kept = set(items)
        return declared([one for one in self.scored if one.design.item in kept], direction)

    def arm(self, name: str, items: Iterable[str]) -> list[Observation]:
        """The samples of one arm, whose wordings name the frame as well.

        Args:
            name: As findings name it.
            items: Items that count.
        """
        kept, cell = set(items), CELLS[name]
        return [
            replace(observation(one), wording=f"{one.design.frame}/{one.design.wording}")
            for one in self.scored
            if one.design.item in kept and one.design.pooled and (one.design.arm, one.design.stratum) == cell
        ]


def by_protocol(headers: Iterable[EvalLog]) -> tuple[dict[Protocol, list[Run]], list[str]]:
    """Runs by what they are matched by, and a line for each log without a behaviour that was scored.

    Args:
        headers: Of logs.
    """
    found: dict[Protocol, list[Run]] = defaultdict(list)
    faults = []
    for header in headers:
        try:
            run = Run(header, finding_of(header))
        except ConfigurationError as error:
            faults.append(str(error))
        else:
            found[run.protocol].append(run)
    return dict(found), faults
