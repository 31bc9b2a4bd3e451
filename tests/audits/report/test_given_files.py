"""Files that other parts write: read strictly, and corrected rates beside the raw ones."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.audits.report.made_finding import made_finding
from unmask.analysis.judge.corrected_rate import Measured, corrected_rate
from unmask.audits.findings import Arm, Finding
from unmask.audits.report.given_files import corrected_arms, read_controls, read_judges
from unmask.protocol.errors import ConfigurationError

SENSITIVITY = {"value": 0.9, "low": 0.8, "high": 0.95, "n": 60}
SPECIFICITY = {"value": 0.97, "low": 0.9, "high": 0.99, "n": 80}
COMPLIANCE = {"rubric": "compliance", "sensitivity": SENSITIVITY, "specificity": SPECIFICITY}
ORGANISM = {"organism": "faker", "task": "t", "expected": True, "found": True, "k": 5, "n": 5, "low": 0.5, "high": 1}


def written(folder: Path, content: Any) -> str:
    path = folder / "given.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(path)


@pytest.fixture
def finding() -> Finding:
    arms = [Arm(name="treated", shown=12, items=40, rate=0.3, low=0.2, high=0.4)]
    arms.append(Arm(name="control", shown=2, items=40, rate=0.05, low=0.01, high=0.2))
    aware = Arm(name="treated", shown=4, items=40, rate=0.1, low=0.0, high=0.2)
    return made_finding(graders=["judge/one"], arms=arms, awareness=aware)


def test_each_arm_is_corrected_and_keeps_its_raw_rate(tmp_path: Path, finding: Finding) -> None:
    found, whys = corrected_arms(finding, read_judges(written(tmp_path, COMPLIANCE)))
    assert not whys
    assert [(arm.arm, arm.rate) for arm in found] == [("treated", 0.3), ("control", 0.05)]
    expected = corrected_rate(0.3, 40, Measured(0.9, 60), Measured(0.97, 80))
    assert (found[0].value, found[0].low, found[0].high) == expected


def test_an_arms_own_errors_are_used_where_they_were_measured(tmp_path: Path, finding: Finding) -> None:
    own = {"sensitivity": {"value": 0.7, "n": 30}, "specificity": {"value": 0.8, "n": 30}}
    found, _ = corrected_arms(finding, read_judges(written(tmp_path, [{**COMPLIANCE, "arms": {"treatment": own}}])))
    assert found[0].value == pytest.approx((0.3 + 0.8 - 1) / 0.5)
    assert found[1].value == pytest.approx((0.05 + 0.97 - 1) / 0.87)


def test_awareness_has_a_rubric_of_its_own(tmp_path: Path, finding: Finding) -> None:
    found, _ = corrected_arms(finding, read_judges(written(tmp_path, {**COMPLIANCE, "rubric": "eval_awareness"})))
    assert [arm.arm for arm in found] == ["treated, aware"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"grader": "judge/two"}, "measured with judge/two, while judge/one judged"),
        ({"specificity": {"value": 0.1, "n": 9}}, "1 or less"),
    ],
)
def test_what_does_not_apply_is_said_and_not_used(
    tmp_path: Path, finding: Finding, change: dict[str, Any], why: str
) -> None:
    found, [told] = corrected_arms(finding, read_judges(written(tmp_path, {**COMPLIANCE, **change})))
    assert not found
    assert why in told


def test_another_rubric_changes_nothing(tmp_path: Path, finding: Finding) -> None:
    assert corrected_arms(finding, read_judges(written(tmp_path, {**COMPLIANCE, "rubric": "departure"}))) == ([], [])


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "given.json: Expecting property name"),
        ({"rubric": "compliance"}, "entry 0, key 'sensitivity': Field required"),
        ({**COMPLIANCE, "sensitivity": {"value": 1.2, "n": 3}}, "key 'sensitivity', key 'value'"),
        ({**COMPLIANCE, "specificity": {"value": 0.9}}, "key 'specificity', key 'n': Field required"),
    ],
)
def test_a_fault_in_the_judges_file_is_one_line_that_names_it(tmp_path: Path, content: Any, why: str) -> None:
    with pytest.raises(ConfigurationError) as told:
        read_judges(written(tmp_path, content))
    assert why in str(told.value)
    assert "\n" not in str(told.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="nowhere"):
        read_controls(str(tmp_path / "nowhere.json"))


@pytest.mark.parametrize("content", [{"organism": "faker"}, [{**ORGANISM, "k": -1}], ["faker"]])
def test_a_fault_in_the_controls_is_one_line(tmp_path: Path, content: Any) -> None:
    with pytest.raises(ConfigurationError) as told:
        read_controls(written(tmp_path, content))
    assert str(told.value).startswith(f"{tmp_path}/given.json: ")


def test_controls_may_give_the_count_as_what_was_found(tmp_path: Path) -> None:
    [run] = read_controls(written(tmp_path, [{key: v for key, v in ORGANISM.items() if key != "k"} | {"found": 4}]))
    assert (run.k, run.n, run.hoped) == (4, 5, True)
