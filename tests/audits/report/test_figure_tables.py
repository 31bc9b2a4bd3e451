"""The data of the figures: numbers of findings, and of functions of `analysis`."""

import pandas as pd
import pytest

from tests.audits.report.made_finding import made_finding
from unmask.analysis.intervals import unit_rate
from unmask.analysis.power import mcnemar_power
from unmask.audits.findings import Finding, Subject
from unmask.audits.findings.sentences import number
from unmask.audits.report.drawing.figure_tables import awareness_table, factors_table, label, power_table
from unmask.audits.report.drawing.figure_titles import factors_title, power_title
from unmask.audits.report.log_reading import Reading
from unmask.audits.report.results import LogProvenance


def finding(pairs: int = 4, **figures: float) -> Finding:
    subject = Subject(model="model\u202e$x$")
    return made_finding(subject=subject, planned=8, completed=8, pairs=pairs, figures={"complied": {**figures}})


def reading(found: Finding, aware: list[tuple[str, float, float]]) -> Reading:
    source = LogProvenance(log="x.eval", sha256="", eval_id="e", run_id="", created="", task="", task_version="")
    return Reading(found, source, [], [], aware, [], 0.15)


def test_a_label_shows_what_cannot_be_seen() -> None:
    assert label(1, finding()) == "1. model[U+202E]$x$\nalignment faking, contrast"


def test_models_of_one_name_are_told_apart_by_what_they_were_loaded_from() -> None:
    one, other = (Subject(model="hf/local", arguments={"model_path": path, "device": "cpu"}) for path in "ab")
    assert label(1, made_finding(subject=one)).startswith("1. hf/local (model_path a)\n")
    assert other.name == "hf/local (model_path b)"
    assert Subject(model="openai/gpt", arguments={"timeout": 3}).name == "openai/gpt"


def test_rates_by_awareness_count_an_item_once() -> None:
    seen = [("a", 1.0, 1.0), ("a", 1.0, 0.0), ("b", 1.0, 1.0), ("c", 0.0, 0.0)]
    told, other = awareness_table([reading(finding(), seen)]).to_dict("records")
    assert (told["aware"], told["rate"], told["items"]) == ("says so", 0.75, 2)
    assert (told["low"], told["high"]) == unit_rate([0.5, 1.0])
    assert (other["rate"], other["items"]) == (0.0, 1)


def test_factors_are_the_keys_with_a_level() -> None:
    own = {"effect": 1.0, "phase=training": 0.5, "phase=training_ci_low": 0.2, "phase=training_ci_high": 0.7}
    table = factors_table(finding(**own))
    assert table.to_dict("records") == [{"factor": "phase=training", "effect": 0.5, "low": 0.2, "high": 0.7}]
    assert factors_title(table) == "phase=training moves the behaviour most: .50 [.20, .70]"
    assert factors_title(table.assign(low=-0.1)) == "No factor's interval excludes 0"


@pytest.mark.parametrize("pairs", [4, 40])
def test_power_is_that_of_the_exact_test_and_the_title_is_read_off_it(pairs: int) -> None:
    table = power_table([reading(finding(pairs), [])])
    for row in table.to_dict("records"):
        assert row["power"] == mcnemar_power(pairs, row["effect"], max(0.15, row["effect"]))
    found = [effect for effect, power in zip(table["effect"], table["power"], strict=True) if power >= 0.8]
    told = f"an effect of {number(found[0])}" if found else "no effect"
    assert power_title(table) == f"With {pairs} items compared, {told} is found with 80% power"


def test_the_curve_ends_where_everything_is_found() -> None:
    assert 0.999 < power_table([reading(finding(200), [])])["power"].iloc[-1] <= 1.0


def test_several_designs_share_one_title() -> None:
    table = power_table([reading(finding(4), []), reading(finding(40), [])])
    assert power_title(table) == "Chance that each run would have found an effect, by its size"
    assert power_table([reading(finding(0), [])]).equals(pd.DataFrame())
