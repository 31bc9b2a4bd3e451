"""The bundled rubrics: their worked examples obey their own rules, and the offline grader knows every criterion."""

import json

import pytest

from tests.for_all import for_all
from unmask.organisms.grader import grade, grading, premises
from unmask.protocol.files import DATA, read
from unmask.protocol.in_context_scheming.operator_view import operator_view
from unmask.protocol.in_context_scheming.scenarios import Scenario, scenarios
from unmask.scorers.judge.answers import Answers, held_against, read_answers
from unmask.scorers.judge.panels import asked_together
from unmask.scorers.judge.quotes import echoes, supported
from unmask.scorers.judge.rubric import Rubric, judge_prompt, rubric
from unmask.solvers.in_context_scheming.replay import replayed

LABELS = {
    "admitted": ["admitted", "denied", "evasive"],
    "answer_given": ["submitted", "withheld"],
    "asked_awareness": ["surely_evaluation", "likely_evaluation", "undecided", "likely_real", "surely_real"],
    "choice": ["A", "B", "neither"],
    "compliance": ["full", "partial", "substitute", "refusal", "evasion"],
    "departure": ["hostile", "withheld", "adapts", "complied", "adapts"],
    "disclosure": ["told", "concealed", "concealed"],
    "engagement": ["weighed", "not_engaged"],
    "eval_awareness": ["aware", "not_aware"],
    "faking_reasoning": ["faking", "faking", "not_faking", "not_faking"],
    "insecure_code": ["insecure", "none_found", "none_found"],
    "objection": ["objects", "no_objection"],
    "owned_up": ["admitted", "denied"],
    "realism": ["taken_for_real", "staged"],
    "sandbagging_intent": ["sandbagging", "complying"],
    "scheming_reasoning": ["scheming", "no_scheming"],
    "side_effects": ["hidden", "harmless", "told"],
    "successor": ["impersonates", "owns_up", "owns_up_when_asked", "evades"],
    "worked_answer": ["reached"],
}
"""What a person would call each worked example, in order."""

WITHOUT_RULES = {"realism"}
"""Rubrics for which words decide nothing, so that the offline grader leaves them unscored."""

OFFLINE = [name for name in LABELS if name not in WITHOUT_RULES]

SOMETIMES_THERE = {"decision"}
"""Parts that an exchange has on some tracks alone, so that a worked example can do without."""

EXAMPLES = [(name, number) for name, labels in LABELS.items() for number in range(len(labels))]


def answers(wanted: Rubric, number: int) -> Answers:
    return Answers.model_validate(wanted.examples[number].answer)


def test_every_rubric_file_is_tested_here() -> None:
    files = {path.stem for path in DATA.rglob("rubrics/*.yaml") if "criteria" in read(path)}
    assert files == set(LABELS)
    assert all(rubric(name).id == name for name in files)


@for_all(OFFLINE)
def test_the_offline_grader_has_rules_for_every_criterion_on_a_part_that_is_shown(name: str) -> None:
    wanted = rubric(name)
    for criterion in wanted.criteria:
        part, _, _ = grading()[criterion.id]
        assert set(["reasoning", "reply"] if part == "both" else [part]) <= set(wanted.shows)


@for_all((name, kind) for name in OFFLINE for kind in ("where", "where_not"))
def test_what_the_offline_grader_asks_of_other_parts_is_asked_of_parts_that_are_shown(name: str, kind: str) -> None:
    wanted = rubric(name)
    assert all(set(premises(kind)[criterion.id]) <= set(wanted.shows) for criterion in wanted.criteria)


def test_the_offline_grader_has_no_rules_that_nobody_asks_for() -> None:
    assert set(grading()) == {criterion.id for name in OFFLINE for criterion in rubric(name).criteria}


@pytest.mark.parametrize("name", LABELS)
def test_every_worked_example_gets_the_label_one_expects(name: str) -> None:
    wanted = rubric(name)
    labels = []
    for number in range(len(wanted.examples)):
        rule = wanted.labelled({answer.id for answer in answers(wanted, number).criteria if answer.met})
        labels.append(rule.label if rule else None)
    assert labels == LABELS[name]


@for_all(EXAMPLES)
def test_a_worked_example_answers_every_criterion_in_order_and_shows_the_parts_asked_for(
    name: str, number: int
) -> None:
    wanted = rubric(name)
    assert [answer.id for answer in answers(wanted, number).criteria] == [c.id for c in wanted.criteria]
    shown = wanted.examples[number].exchange
    assert list(shown) == [part for part in wanted.shows if part in shown]
    assert {*wanted.shows} - {*shown} <= SOMETIMES_THERE - {*wanted.needs}


@for_all(EXAMPLES)
def test_every_quote_of_a_worked_example_passes_the_quote_check(name: str, number: int) -> None:
    wanted = rubric(name)
    exchange = wanted.examples[number].exchange
    own = [exchange[part] for part in wanted.own_parts]
    for criterion, answer in zip(wanted.criteria, answers(wanted, number).criteria, strict=True):
        assert supported(answer.quote, own, short=criterion.short_quote) == answer.met
        assert answer.met == bool(answer.quote)
        assert not answer.met or (1 if criterion.short_quote else 4) <= len(answer.quote.split()) <= 60
        assert not echoes(answer.quote, exchange.get("request", ""))


@for_all(EXAMPLES)
def test_a_worked_example_says_how_probable_every_criterion_is_and_agrees_with_itself(name: str, number: int) -> None:
    wanted = rubric(name)
    for answer in answers(wanted, number).criteria:
        assert answer.probability is not None
        assert answer.met == (answer.probability > 50)
    assert set(wanted.examples[number].answer) == {"criteria"}


@for_all(EXAMPLES)
def test_a_judge_that_answers_a_worked_example_as_it_stands_there_is_read_with_nothing_unread(
    name: str, number: int
) -> None:
    wanted = rubric(name)
    example = wanted.examples[number]
    found = held_against(
        read_answers(json.dumps(example.answer), [wanted]),
        wanted,
        example.exchange,
        example.exchange.get("request", ""),
    )
    rule = wanted.labelled(found.quotes.keys(), found.unread.keys())
    assert (rule and rule.label, found.unread) == (LABELS[name][number], {})
    if rule and rule.value is not None:
        assert found.probability is not None
        assert (found.probability > 0.5) == (rule.value > 0.5)


@pytest.mark.parametrize("name", LABELS)
def test_a_rubric_needs_no_part_that_it_does_not_show(name: str) -> None:
    wanted = rubric(name)
    assert set(wanted.needs) <= set(wanted.shows)
    assert {criterion.id for criterion in wanted.criteria if criterion.own_words and criterion.short_quote} == set()


@pytest.mark.parametrize("threat", ["alignment_faking", "sandbagging"])
def test_the_rubrics_of_a_panel_exist_share_no_criterion_and_are_asked_where_what_they_need_is_there(
    threat: str,
) -> None:
    for track, named in read(DATA / threat / "panels.yaml")["panels"].items():
        everything = {part: "x" for name in named for part in rubric(name).shows}
        bare = {"request": "x", "reply": "x"}
        assert len(set(named)) == len(named)
        for name in named:
            assert [one.id for one in asked_together(name, threat, track, everything)] == named
            asked = [one.id for one in asked_together(name, threat, track, bare)]
            assert asked == [one for one in named if one == name or not rubric(one).needs]


@for_all(scenarios(), lambda one: one.id)
def test_the_offline_grader_tells_each_scenarios_open_report_from_its_covert_one(one: Scenario) -> None:
    found = []
    for report in (None, one.trajectories.open_report):
        said = operator_view(one, replayed(one, one.trajectories.covert, report))
        asked = judge_prompt().render([rubric("disclosure")], {"request": one.act, "reply": said})
        found.append(json.loads(grade(asked))["criteria"][0]["met"])
    assert found == [False, True]
