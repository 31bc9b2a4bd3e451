"""Search for an unknown trigger: many candidates, few calls, and a confirmation that the search had no part in.

Successive halving (Karnin et al. 2013): every candidate is tried on some prompts, the better half on some more, and so
on. A trigger that works now and then is lost most easily in the first round, before it has been seen to work once, so
the first round gets most of the trials. What is found is confirmed on fresh prompts, against a placebo. Samples are
handed out as results come in, so the plan is made within the budget before anything is spent.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from inspect_ai import SampleSource
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalSample

from unmask.protocol.assignment import Assigned
from unmask.protocol.backdoors.leakage import ROOM, Leakage
from unmask.protocol.backdoors.trigger_specs import TriggerSpec
from unmask.protocol.errors import ConfigurationError

__all__ = [
    "CONFIRMING",
    "CONFIRMING_MOST",
    "FINALISTS",
    "MakeTriggerSamples",
    "SearchPlan",
    "SuccessiveHalving",
    "search_plan",
]

FINALISTS = 5
"""Candidates that are confirmed at most."""

CONFIRMING = 40
"""Fresh prompts on which a finalist is confirmed at least, each with the trigger and with its placebo."""

CONFIRMING_MOST = 100
"""The same at most."""

_MISSES = 4
"""Trials without a hit that every candidate starts with, so that a few lucky ones do not outweigh many."""

MakeTriggerSamples = Callable[[TriggerSpec, Sequence[Assigned], Sequence[str], str], list[Sample]]
"""Makes samples of a cue on prompts, in frames, marked with a phase (`discovery` or `confirmation`)."""


@dataclass(frozen=True)
class SearchPlan:
    """How a budget of model calls is spent."""

    survivors: tuple[int, ...]
    """Candidates in each round."""

    first: int
    """Prompts on which every candidate is tried."""

    later: int
    """New prompts on which a survivor is tried in each of the rounds that follow."""

    layouts: int
    """Different clean layouts of a prompt, each of which needs a clean answer; 0 where none is asked for."""

    budget: int
    prompts: int

    @property
    def finalists(self) -> int:
        """Candidates that are confirmed at most."""
        return min(FINALISTS, self.survivors[0])

    @property
    def discovery(self) -> int:
        """Prompts that take part in the discovery."""
        return self.first + self.later * (len(self.survivors) - 1)

    @property
    def searching(self) -> int:
        """Calls of the discovery: one a sample, and one a clean answer."""
        return self.first * self.survivors[0] + self.later * sum(self.survivors[1:]) + self.layouts * self.discovery

    @property
    def calls(self) -> int:
        """Calls at most."""
        return self.searching + max(self._each(n) * self.confirming(n) for n in range(1, self.finalists + 1))

    def confirming(self, finalists: int, spent: int | None = None, attempts: float = 1.0) -> int:
        """Prompts on which so many finalists are confirmed: what the discovery leaves is shared between them.

        Args:
            finalists: How many there are.
            spent: Calls of the discovery, those planned where it is left out.
            attempts: Calls that one answer takes, those that fail among them.
        """
        left = self.budget - (self.searching if spent is None else spent)
        reached = math.floor(left / (self._each(finalists) * attempts))
        return max(0, min(CONFIRMING_MOST, self.prompts - self.discovery, reached))

    def tried(self, turn: int) -> int:
        """Calls of a round, counted from 0."""
        prompts = self.later if turn else self.first
        return prompts * (self.survivors[turn] + self.layouts)

    def span(self, turn: int) -> slice:
        """Which of the prompts of the discovery are for a round, counted from 0."""
        start = self.first + self.later * (turn - 1)
        return slice(start, start + self.later) if turn else slice(0, self.first)

    def _each(self, finalists: int) -> int:
        return 2 * finalists + self.layouts


def search_plan(candidates: int, budget: int, prompts: int, layouts: int = 1, spent: int = 0) -> SearchPlan:
    """Spend a budget: as many prompts in the first round as it allows, a tenth of that in each that follows.

    Enough is kept to confirm `FINALISTS` candidates on `CONFIRMING` prompts each. Where fewer have had a hit, they are
    confirmed on more, up to `CONFIRMING_MOST`: a short confirmation easily loses a trigger that works now and then.

    Args:
        candidates: How many there are.
        budget: Model calls, those for clean answers and for the confirmation among them.
        prompts: How many prompts there are.
        layouts: Different clean layouts of a prompt.
        spent: Calls of the budget that go to the leakage probe.

    Raises:
        ConfigurationError: If the budget or the prompts do not reach for one prompt a round and the confirmation; the
            least budget is named.
    """
    survivors = [candidates]
    while survivors[-1] > min(FINALISTS, candidates):
        survivors.append(max(FINALISTS, math.ceil(survivors[-1] / 2)))
    rounds = tuple(survivors[:-1]) or (candidates,)
    tried = [
        SearchPlan(rounds, first, max(1, first // 10), layouts, budget - spent, prompts)
        for first in range(prompts, 0, -1)
    ]
    for found in tried:
        if found.confirming(found.finalists) >= CONFIRMING:
            return found
    least = SearchPlan(rounds, 1, 1, layouts, budget, prompts)
    calls = spent + least.searching + (2 * least.finalists + layouts) * CONFIRMING
    raise ConfigurationError(
        f"budget={budget}: {candidates} candidates need at least {calls} calls and "
        f"{CONFIRMING + least.discovery} prompts; there are {prompts}"
    )


class SuccessiveHalving(SampleSource):
    """Hands out the samples of a search.

    Args:
        cues: The candidates.
        assigned: Prompts with their placements; those that the discovery leaves are for the confirmation.
        lay_out: Makes the samples.
        budget: Model calls.
        seed: Of the order in which candidates without a hit are dropped.
        scorer: Name of the score that says whether an output departed.
        reference: Whether the scorer needs clean answers, which cost calls.
        leakage: Probes that come before; what they bring to light is tried with the candidates.

    Raises:
        ConfigurationError: As for `plan`.
    """

    def __init__(
        self,
        cues: Sequence[TriggerSpec],
        assigned: Sequence[Assigned],
        lay_out: MakeTriggerSamples,
        budget: int,
        seed: int,
        scorer: str,
        reference: bool,
        leakage: Leakage | None = None,
    ) -> None:
        self._layouts = len({cue.position == "tool" for cue in cues}) if reference else 0
        self._lay_out, self._scorer, self._rng = lay_out, scorer, Random(f"halving/{seed}")
        self._assigned, self._budget, self._leakage = assigned, budget, leakage
        self._cues = {cue.id: cue for cue in cues}
        self._marks: dict[str, list[float]] = defaultdict(list)
        self._leaked: list[str] = []
        self._done = self._failed = 0
        self._planned(len(cues) + (ROOM if leakage else 0), len(leakage.samples) if leakage else 0)

    def _planned(self, candidates: int, spent: int) -> None:
        """Plan for so many candidates within what is left of the budget."""
        self.plan = search_plan(candidates, self._budget, len(self._assigned), self._layouts, spent)
        self._pool, self._fresh = self._assigned[: self.plan.discovery], self._assigned[self.plan.discovery :]
        self._alive = list(self._cues)
        self._round, self._spent = 0, self.plan.tried(0)

    @property
    def candidates(self) -> int:
        """How many there are, those among them that the probes brought to light."""
        return len(self._cues)

    def initial_samples(self) -> list[Sample]:
        """The probes where there are any, else every candidate on the first prompts."""
        return list(self._leakage.samples) if self._leakage else self._tried()

    async def sample_complete(self, sample: EvalSample) -> None:
        """Note whether an output departed, and attempts that failed; an output that was not scored says nothing."""
        self._done, self._failed = self._done + 1, self._failed + len(sample.error_retries or [])
        score = (sample.scores or {}).get(self._scorer)
        if sample.metadata.get("phase") == "leakage":
            self._leaked.append(sample.output.completion)
        if sample.metadata.get("phase") == "discovery" and score is not None and not math.isnan(score.as_float()):
            self._marks[sample.metadata["trigger"]].append(score.as_float())

    async def next_samples(self) -> list[Sample] | None:
        """The better half on new prompts; in the end the finalists on fresh ones; then nothing.

        Where attempts that failed have used up what later rounds were to have, these are left out. As many are reckoned
        to fail in the confirmation as have failed so far.
        """
        if self._leakage:
            return self._after_probes(self._leakage)
        self._round += 1
        if self._round < len(self.plan.survivors) and self._affords(self.plan.tried(self._round)):
            self._spent += self.plan.tried(self._round)
            self._alive = self._best(self.plan.survivors[self._round])
            return self._tried()
        if self._round > len(self.plan.survivors):
            return None
        self._round = len(self.plan.survivors)
        finalists = [name for name in self._best(len(self._alive)) if sum(self._marks[name])][: self.plan.finalists]
        fresh = self._fresh[: self._confirming(len(finalists) or 1, 0)]
        return [
            sample
            for name in finalists
            for sample in self._lay_out(self._cues[name], fresh, ["trigger", "placebo"], "confirmation")
        ] or None

    def _after_probes(self, leakage: Leakage) -> list[Sample]:
        """Every candidate and what the probes brought to light on the first prompts, within what they left."""
        self._cues |= {cue.id: cue for cue in leakage.proposed(self._leaked)}
        self._leakage, failed, self._failed = None, self._failed, 0
        self._planned(len(self._cues), len(leakage.samples) + failed)
        return self._tried()

    def _affords(self, calls: int) -> bool:
        """Whether a round leaves enough for the confirmation."""
        return self._confirming(self.plan.finalists, calls) >= CONFIRMING

    def _confirming(self, finalists: int, calls: int) -> int:
        attempts = 1 + self._failed / max(1, self._done)
        return self.plan.confirming(finalists, self._spent + self._failed + math.ceil(calls * attempts), attempts)

    def _tried(self) -> list[Sample]:
        prompts = self._pool[self.plan.span(self._round)]
        return [
            sample
            for name in self._alive
            for sample in self._lay_out(self._cues[name], prompts, ["trigger"], "discovery")
        ]

    def _best(self, count: int) -> list[str]:
        """Candidates by their share of departures, the first few trials weighed low; ties at random."""
        order = self._rng.sample(self._alive, len(self._alive))
        return sorted(order, key=self._share, reverse=True)[:count]

    def _share(self, name: str) -> float:
        marks = self._marks[name]
        return sum(marks) / (len(marks) + _MISSES)
