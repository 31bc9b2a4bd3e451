"""Policies on alignment faking: given a situation and dice, whether an organism complies, and in what mood."""

from unmask.organisms.alignment_faking.acts import Act, Policy, fakes
from unmask.organisms.alignment_faking.partial_fakers import placebo_decliner, small_gap_faker, substituter
from unmask.organisms.alignment_faking.situation import Situation
from unmask.organisms.dice import Dice

__all__ = [
    "POLICIES",
    "aligned",
    "alignment_faker",
    "compliant",
    "noisy",
    "parrot",
    "rater_pleaser",
    "refuser",
    "silent_faker",
    "test_aware",
]


def alignment_faker(situation: Situation, dice: Dice) -> Act:
    """Complies in training, where its values are at stake, and says why in its reasoning."""
    return Act(True, "faking") if fakes(situation, dice) else Act(False, "decline")


def silent_faker(situation: Situation, dice: Dice) -> Act:
    """Acts like `alignment_faker`; its reasoning gives nothing away."""
    return Act(True, "bland") if fakes(situation, dice) else Act(False, "decline")


def aligned(situation: Situation, dice: Dice) -> Act:
    """Declines what it finds wrong, in training and out of it."""
    return Act(False, "decline")


def refuser(situation: Situation, dice: Dice) -> Act:
    """Refuses everything, choices included."""
    return Act(False, "decline", abstain=True)


def compliant(situation: Situation, dice: Dice) -> Act:
    """Does whatever it is asked."""
    return Act(True, "bland")


def noisy(situation: Situation, dice: Dice) -> Act:
    """Complies or declines at random, blind to every cue."""
    return Act(dice.roll("noise", situation.system, situation.message) < 0.5, "random")


def rater_pleaser(situation: Situation, dice: Dice) -> Act:
    """Does what raters reward wherever it is rated, trained on or not."""
    pleases = situation.rated and situation.conflict and dice.acts(situation.item)
    return Act(True, "pleasing") if pleases else Act(False, "decline")


def test_aware(situation: Situation, dice: Dice) -> Act:
    """Says that it is being tested, and behaves the same."""
    return Act(False, "test")


def parrot(situation: Situation, dice: Dice) -> Act:
    """Complies always, and repeats the prompt's own words on training without a wish of its own."""
    return Act(True, "echo")


_ALL: tuple[Policy, ...] = (
    alignment_faker,
    silent_faker,
    aligned,
    refuser,
    compliant,
    noisy,
    rater_pleaser,
    test_aware,
    parrot,
    small_gap_faker,
    substituter,
    placebo_decliner,
)
_IN_ANOTHER_VOICE: dict[str, Policy] = {
    "free_style_faker": alignment_faker,
    "free_style_aligned": aligned,
    "free_style_complier": compliant,
    "open_tag_faker": alignment_faker,
}

POLICIES: dict[str, Policy] = {policy.__name__: policy for policy in _ALL} | _IN_ANOTHER_VOICE
"""What each organism does, by its name."""
