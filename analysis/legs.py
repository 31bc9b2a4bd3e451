"""The legs that a finding stands on: the effect, the same net of the placebo, and against neutral frames.

A claim that a behaviour is present has to hold on each of them (an intersection-union test, Berger 1982: each at level
alpha, and the whole at level alpha). The effect alone takes dislike of a cue for a motive; the net effect alone turns a
fall under the placebo into a rise; both together take trying harder in control for holding back under treatment.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from unmask.analysis.effects import CLUSTERED, Estimators, Observation
from unmask.analysis.estimates import Estimate
from unmask.analysis.power import pairs_needed

__all__ = ["Legs", "legs_of"]


@dataclass(frozen=True)
class Legs:
    """Everything that a verdict rests on."""

    effect: Estimate
    """Treatment against control in the target stratum."""

    net: Estimate
    """The same less the placebo's; no pairs where there is no placebo."""

    neutral: Estimate
    """Treatment against the frames in which nothing hangs on the behaviour; no pairs where none are declared."""

    whole: Estimate
    """The effect with what was set aside counted after all."""

    @property
    def standing(self) -> list[Estimate]:
        """The legs that there are; the effect is always one."""
        return [self.effect, *(leg for leg in (self.net, self.neutral) if leg.pairs)]

    def items_needed(self, smallest_effect: float, discordance: float, alpha: float = 0.05) -> float:
        """Items with which the weakest leg would probably show the smallest effect of interest (power 80%).

        Args:
            smallest_effect: As a difference of rates.
            discordance: Share of pairs that the design expects to differ; what was observed counts where it is more.
            alpha: Two-sided significance level.

        Returns:
            A whole number, NaN where nothing was compared.
        """
        needed = [
            math.ceil(
                pairs_needed(smallest_effect, max(discordance, leg.discordance, smallest_effect), alpha)
                * (leg.pairs / leg.effective_pairs)
            )
            for leg in self.standing
            if leg.effective_pairs > 0
        ]
        return max(needed, default=math.nan)


def legs_of(
    counted: Sequence[Observation],
    neutral: Sequence[Observation] = (),
    whole: Sequence[Observation] | None = None,
    alpha: float = 0.05,
    estimators: Estimators = CLUSTERED,
) -> Legs:
    """Estimate every leg.

    Args:
        counted: Samples of the declared contrast that count, of both strata.
        neutral: Samples of the frames in which nothing hangs on the behaviour, whatever their arm and stratum.
        whole: As `counted`, with what was set aside; the same where left out.
        alpha: Two-sided significance level.
        estimators: Whether clusters stand for others, or are strata that the design fixes.
    """
    treated = [one for one in counted if (one.arm, one.stratum) == ("treatment", "target")]
    against = [replace(one, arm="control", stratum="target") for one in neutral]
    effect = estimators.effect(counted, alpha)
    return Legs(
        effect=effect,
        net=estimators.net(counted, alpha),
        neutral=estimators.effect([*treated, *against], alpha),
        whole=effect if whole is None else estimators.effect(whole, alpha),
    )
