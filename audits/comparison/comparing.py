"""Holds two versions of a subject against each other, on the items that both have."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from inspect_ai.log import EvalLog

from unmask.analysis.drifts.drift import effect_drift, net_effect_drift, rate_drift
from unmask.analysis.estimates import Estimate
from unmask.analysis.multiplicity import holm
from unmask.audits.comparison.comparison_model import Comparison, Drift, ThreatDrift
from unmask.audits.comparison.comparison_words import comparison_words, p_told
from unmask.audits.comparison.protocol_checks import protocol_faults
from unmask.audits.comparison.run_samples import CELLS, Run, by_protocol
from unmask.audits.findings import Interval
from unmask.audits.findings.sentences import interval, number
from unmask.protocol.errors import ConfigurationError
from unmask.scorers.contrast import estimators

__all__ = ["compare_logs"]


@dataclass(frozen=True)
class _Tested:
    """One figure's drift, before Holm."""

    of: Literal["rate", "effect", "net"]
    arm: str | None
    before: float
    after: float
    estimate: Estimate


@dataclass(frozen=True)
class _Pair:
    """Two runs of one protocol."""

    before: Run
    after: Run
    refused: list[str]
    cautions: list[str]

    @property
    def items(self) -> list[str]:
        """Items in both whose text is the same."""
        return sorted((self.before.texts.keys() & self.after.texts.keys()) - set(self.changed))

    @property
    def changed(self) -> list[str]:
        """Items whose text is not."""
        shared = self.before.texts.keys() & self.after.texts.keys()
        return sorted(item for item in shared if self.before.texts[item].isdisjoint(self.after.texts[item]))

    @property
    def unpaired(self) -> list[str]:
        """Items that were scored in both and in no wording that they share."""
        first, second = (
            {(one.design.item, one.design.wording) for one in run.scored} for run in (self.before, self.after)
        )
        together = {item for item, _ in first & second}
        return sorted(({item for item, _ in first} & {item for item, _ in second} & set(self.items)) - together)


def compare_logs(
    before: Iterable[EvalLog], after: Iterable[EvalLog], *, alpha: float = 0.05, anyway: bool = False
) -> Comparison:
    """Compare the logs of two versions of a subject, threat by threat.

    Logs are matched by threat, track and set of frames. In each, the change of every arm's rate and of the effect is
    estimated over the samples that both have (see `unmask.analysis.drifts`), and Holm's correction is over all of them.

    Args:
        before: Headers of the one side.
        after: Headers of the other.
        alpha: Two-sided error.
        anyway: Compare also where the protocols differ in what would pass for a difference of the subject.

    Raises:
        ConfigurationError: If alpha is no probability, or nothing on one side has a partner on the other.
    """
    if not 0 < alpha < 1:
        raise ConfigurationError(f"alpha={alpha}: must lie between 0 and 1")
    old, faults = by_protocol(before)
    new, more = by_protocol(after)
    lines = [*faults, *more]
    pairs = []
    for key in sorted(old.keys() | new.keys()):
        line = _unmatched("/".join(key), old.get(key, []), new.get(key, []))
        if line:
            lines.append(line)
        else:
            pairs.append(_paired(old[key][0], new[key][0], anyway))
    if not pairs:
        raise ConfigurationError("nothing to compare: " + "; ".join(lines))
    tested = {n: [] if pair.refused else _tested(pair, alpha) for n, pair in enumerate(pairs)}
    p_values = {f"{n}/{m}": one.estimate.p_value for n, found in tested.items() for m, one in enumerate(found)}
    adjusted = holm(p_values)
    threats = [
        _told(pair, [_drift(one, adjusted[f"{n}/{m}"], alpha) for m, one in enumerate(tested[n])])
        for n, pair in enumerate(pairs)
    ]
    return Comparison(alpha=alpha, tests=len(p_values), threats=threats, unmatched=lines)


def _unmatched(name: str, old: list[Run], new: list[Run]) -> str | None:
    """Why logs of a protocol cannot be paired, None where there is one on either side."""
    for side, runs in (("first", old), ("second", new)):
        if len(runs) > 1:
            told = ", ".join(run.finding.log for run in runs)
            return f"{name}: the {side} side has several logs, name the one that is meant: {told}"
        if not runs:
            return f"{name}: not on the {side} side"
    return None


def _paired(old: Run, new: Run, anyway: bool) -> _Pair:
    refused, warned = protocol_faults((old.log, old.finding), (new.log, new.finding))
    if anyway:
        told = [comparison_words().anyway.format(why=why) for why in refused]
        return _Pair(old, new, [], [*told, *warned])
    return _Pair(old, new, refused, warned)


def _tested(pair: _Pair, alpha: float) -> list[_Tested]:
    """Every figure that both runs have."""
    old, new, used = pair.before, pair.after, estimators(pair.before.finding.threat)
    found = []
    for name in CELLS:
        one, other = old.finding.arm(name), new.finding.arm(name)
        if one and other:
            estimate = rate_drift(old.arm(name, pair.items), new.arm(name, pair.items), alpha, used)
            found.append(_Tested("rate", name, one.rate, other.rate, estimate))
    direction = old.direction or new.direction or 1
    sides = old.effects(pair.items, direction), new.effects(pair.items, direction)
    first, second = old.finding.effect, new.finding.effect
    if first and second:
        estimate = effect_drift(*sides, alpha, used)
        found.append(_Tested("effect", None, first.value, second.value, estimate))
    first, second = old.finding.net_effect, new.finding.net_effect
    if first and second:
        estimate = net_effect_drift(*sides, alpha, used)
        found.append(_Tested("net", None, first.value, second.value, estimate))
    return [one for one in found if one.estimate.pairs]


def _drift(one: _Tested, adjusted: float, alpha: float) -> Drift:
    words, estimate = comparison_words(), one.estimate
    change = Interval(value=estimate.effect, low=estimate.ci_low, high=estimate.ci_high)
    shown = adjusted < alpha
    parts = {
        "arm": words.arms.get(one.arm or ""),
        "before": number(one.before),
        "after": number(one.after),
        "change": interval(change),
        "p": p_told(adjusted),
    }
    said = words.sentences[f"{one.of}_{'shown' if shown else 'open'}"].format(**parts)
    known = None if math.isnan(estimate.mde) else estimate.mde
    if not shown and known is not None:
        said = f"{said} {words.sentences['missed'].format(pairs=estimate.pairs, mde=number(known))}"
    return Drift(
        of=one.of,
        arm=one.arm,
        before=one.before,
        after=one.after,
        change=change,
        p_value=estimate.p_value,
        holm=adjusted,
        shown=shown,
        pairs=estimate.pairs,
        mde=known,
        sentence=said,
    )


def _told(pair: _Pair, drifts: list[Drift]) -> ThreatDrift:
    old, new = pair.before, pair.after
    return ThreatDrift(
        threat=old.finding.threat,
        track=old.finding.track,
        frames=old.finding.frames,
        scorer=old.finding.scorer,
        before=old.finding.log,
        after=new.finding.log,
        subjects=(old.finding.subject.model, new.finding.subject.model),
        graders=sorted({*old.finding.graders, *new.finding.graders}),
        offline_grader=old.finding.offline_grader or new.finding.offline_grader,
        drifts=drifts,
        refused=pair.refused,
        cautions=pair.cautions,
        only_before=sorted(old.texts.keys() - new.texts.keys()),
        only_after=sorted(new.texts.keys() - old.texts.keys()),
        changed_items=pair.changed,
        unpaired_items=pair.unpaired,
    )
