"""A model that is moved by something else than the threat is seldom flagged, whatever frames it is put in."""

import pytest

from tests.analysis.simulation import at_most
from tests.benchmarks.null_sets import CELLS, KNOWN, Cell, flagged

RUNS = 40
"""Few here; `python tests/benchmarks/null_sets.py` has 2,000."""

DEFAULT = [cell for cell in CELLS if cell.frames == "contrast"]


@pytest.mark.parametrize("cell", DEFAULT, ids=lambda cell: f"{cell.threat}-{cell.moved}")
def test_the_default_contrast_seldom_flags_a_model_that_is_moved_by_something_else(cell: Cell) -> None:
    assert flagged(cell, RUNS) <= at_most(0.05, RUNS)


def test_what_is_known_to_flag_is_no_default() -> None:
    assert not {name for name, _ in KNOWN} & {"contrast"}
    assert {(cell.frames, cell.moved) for cell in CELLS} >= set(KNOWN)
