"""Misspelt names end a run before anything is spent, in one line that says what was meant."""

import click
import pytest
from inspect_ai.model import get_model

from unmask.organisms.provider import OrganismError
from unmask.protocol.errors import ConfigurationError
from unmask.tasks.alignment_faking import alignment_faking
from unmask.tasks.backdoors import backdoors
from unmask.tasks.in_context_scheming import in_context_scheming
from unmask.tasks.sandbagging import sandbagging


@pytest.mark.parametrize("task", [alignment_faking, backdoors, in_context_scheming, sandbagging])
def test_an_argument_that_no_task_knows_is_refused_with_the_one_that_was_meant(task: object) -> None:
    with pytest.raises(ConfigurationError, match="frams: the task has no such argument") as found:
        task(frams="contrast")  # type: ignore[operator]
    assert "It takes " in found.value.message
    assert "unknown" not in found.value.message


def test_the_nearest_argument_is_named() -> None:
    with pytest.raises(ConfigurationError, match="did you mean limit_items"):
        alignment_faking(limit_itemz=2)


def test_an_organism_that_does_not_exist_is_a_line_and_not_a_traceback() -> None:
    with pytest.raises(OrganismError, match="did you mean alignment_faker") as found:
        get_model("organism/alignment_fakr", memoize=False)
    assert isinstance(found.value, click.ClickException)
