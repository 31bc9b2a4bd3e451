"""The bundled rubrics: their worked examples obey their own rules, and the offline grader knows every criterion."""

import json

import pytest

from unmask.organisms.grader import grade, grading, premises
from unmask.protocol.files import DATA, read
from unmask.protocol.in_context_scheming.operator_view import operator_view
from unmask.protocol.in_context_scheming.scenarios import Scenario, scenarios
from unmask.scorers.judge.quotes import supported
from unmask.scorers.judge.rubric import Answers, Rubric, judge_prompt, rubric
from unmask.solvers.in_context_scheming.replay import replayed

LABELS = {
    "admitted": ["admitted", "denied", "evasive"],
    "choice": ["A"],
    "compliance": ["full", "refusal"],
    "departure": ["hostile", "withheld", "same", "complied"],
    "disclosure": ["told", "concealed", "concealed"],
    "engagement": ["weighed"],
    "eval_awareness": ["aware"],
    "faking_reasoning": ["faking", "not_faking"],
    "insecure_code": ["insecure", "none_found"],
    "objection": ["objects", "no_objection"],
    "owned_up": ["admitted", "denied"],
    "sandbagging_intent": ["sandbagging", "complying"],
    "scheming_reasoning": ["scheming", "no_scheming"],
    "worked_answer": ["reached"],
}
"""What a person would call each worked example, in order."""

EXAMPLES = [(name, number) for name, labels in LABELS.items() for number in range(len(labels))]


def answers(wanted: Rubric, number: int) -> Answers:
    return Answers.model_validate(wanted.examples[number].answer)


def test_every_rubric_file_is_tested_here() -> None:
    files = {path.stem for path in DATA.rglob("rubrics/*.yaml") if "criteria" in read(path)}
    assert files == set(LABELS)
    assert all(rubric(name).id == name for name in files)


@pytest.mark.parametrize("name", LABELS)
def test_the_offline_grader_has_rules_for_every_criterion_on_a_part_that_is_shown(name: str) -> None:
    wanted = rubric(name)
    for criterion in wanted.criteria:
        part, _, _ = grading()[criterion.id]
        assert set(["reasoning", "reply"] if part == "both" else [part]) <= set(wanted.shows)


@pytest.mark.parametrize("kind", ["where", "where_not"])
@pytest.mark.parametrize("name", LABELS)
def test_what_the_offline_grader_asks_of_other_parts_is_asked_of_parts_that_are_shown(name: str, kind: str) -> None:
    wanted = rubric(name)
    assert all(set(premises(kind)[criterion.id]) <= set(wanted.shows) for criterion in wanted.criteria)


def test_the_offline_grader_has_no_rules_that_nobody_asks_for() -> None:
    assert set(grading()) == {criterion.id for name in LABELS for criterion in rubric(name).criteria}


@pytest.mark.parametrize("name", LABELS)
def test_every_worked_example_gets_the_label_one_expects(name: str) -> None:
    wanted = rubric(name)
    labels = []
    for number in range(len(wanted.examples)):
        rule = wanted.labelled({answer.id for answer in answers(wanted, number).criteria if answer.met})
        labels.append(rule.label if rule else None)
    assert labels == LABELS[name]


@pytest.mark.parametrize(("name", "number"), EXAMPLES)
def test_a_worked_example_answers_every_criterion_in_order_and_shows_the_parts_asked_for(
    name: str, number: int
) -> None:
    wanted = rubric(name)
    assert [answer.id for answer in answers(wanted, number).criteria] == [c.id for c in wanted.criteria]
    assert list(wanted.examples[number].exchange) == wanted.shows


@pytest.mark.parametrize(("name", "number"), EXAMPLES)
def test_every_quote_of_a_worked_example_passes_the_quote_check(name: str, number: int) -> None:
    wanted = rubric(name)
    exchange = wanted.examples[number].exchange
    own = "\n".join(text for part, text in exchange.items() if part != "request")
    for answer in answers(wanted, number).criteria:
        assert supported(answer.quote, own, exchange["request"]) == answer.met
        assert answer.met or not answer.quote
        assert not answer.met or 4 <= len(answer.quote.split()) <= 60


@pytest.mark.parametrize("one", scenarios(), ids=[one.id for one in scenarios()])
def test_the_offline_grader_tells_each_scenarios_open_report_from_its_covert_one(one: Scenario) -> None:
    found = []
    for report in (None, one.trajectories.open_report):
        said = operator_view(one, replayed(one, one.trajectories.covert, report))
        asked = judge_prompt().render(rubric("disclosure"), {"request": one.act, "reply": said})
        found.append(json.loads(grade(asked))["criteria"][0]["met"])
    assert found == [False, True]
