"""What answers and votes come to, one by one: how they are read, counted, doubted and kept."""

from typing import Any

import pytest
from inspect_ai.model import ChatMessageSystem, ChatMessageUser
from inspect_ai.util import Store

from tests.scorers.designs import figured, made
from unmask.scorers.judge.answers import Answers, CriterionAnswer, held_against, read_answers
from unmask.scorers.judge.exchange import mark_of, read_exchange
from unmask.scorers.judge.kept_answers import answer_key, is_kept, keep, on_behalf_of, recall
from unmask.scorers.judge.rubric import Criterion, LabelRule, Rubric
from unmask.scorers.judge.vote_agreement import vote_agreement
from unmask.scorers.judge.votes import Judgement, Vote, counted, in_doubt

YES, NO, HALF = (LabelRule(label=name, value=value) for name, value in (("yes", 1.0), ("no", 0.0), ("half", 0.5)))
LEFT, RIGHT = LabelRule(label="left"), LabelRule(label="right")


def rubric(*labels: LabelRule, **more: Any) -> Rubric:
    criteria = [Criterion(id=name, question="Is it?", does_not_count="What is not.", **more) for name in ("one", "two")]
    return Rubric(id="made", about="It.", shows=["request", "reply"], criteria=criteria, labels=list(labels))


VALUED, UNVALUED = rubric(YES, HALF, NO), rubric(LEFT, RIGHT)


def votes(*rules: LabelRule | None, fault: int = 0, **more: Any) -> list[Vote]:
    return [*(Vote(rule, **more) for rule in rules), *[Vote(fault="down")] * fault]


@pytest.mark.parametrize(
    ("asked", "cast", "label", "value", "share"),
    [
        (VALUED, votes(YES), "yes", 1.0, 1.0),
        (VALUED, votes(NO), "no", 0.0, 0.0),
        (VALUED, votes(YES, NO), "yes", 1.0, 0.5),
        (VALUED, votes(YES, NO, NO), "no", 0.0, 1 / 3),
        (VALUED, votes(HALF), "half", 1.0, 0.5),
        (VALUED, votes(HALF, HALF, YES), "half", 1.0, 2 / 3),
        (VALUED, votes(HALF, NO), "no", 0.0, 0.25),
        (VALUED, votes(YES, None), None, None, 0.0),
        (VALUED, votes(YES, NO, None), "yes", 1.0, 0.5),
        (VALUED, votes(None), None, None, 0.0),
        (VALUED, [], None, None, 0.0),
        (UNVALUED, votes(LEFT), "left", None, 1.0),
        (UNVALUED, votes(LEFT, RIGHT), None, None, 0.5),
        (UNVALUED, votes(LEFT, LEFT, RIGHT), "left", None, 2 / 3),
        (UNVALUED, votes(LEFT, LEFT, RIGHT, None), None, None, 0.5),
    ],
)
def test_votes_are_counted_by_threshold_or_by_majority(
    asked: Rubric, cast: list[Vote], label: str | None, value: float | None, share: float
) -> None:
    found = counted(asked, cast, ["g"])
    assert (found.label, found.value, found.share) == (label, value, pytest.approx(share))


@pytest.mark.parametrize(
    ("cast", "reason"),
    [
        (votes(YES), None),
        (votes(YES, fault=1), "grader_failed"),
        (votes(YES, YES, fault=1), None),
        (votes(fault=1), "grader_failed"),
        ([], "grader_failed"),
        (votes(None), "no_verdict"),
        (votes(None, unread={"one": "x"}), "unsupported_quote"),
        (votes(YES, YES, unread={"one": "x"}), None),
    ],
)
def test_why_there_is_no_verdict(cast: list[Vote], reason: str | None) -> None:
    found = counted(VALUED, cast, ["g"])
    assert found.reason == reason
    assert (found.label is None) == (found.value is None) == (reason is not None)
    assert found.score().reason == reason


def test_a_judgement_keeps_the_quotes_of_a_vote_for_its_label_and_all_that_could_not_be_read() -> None:
    cast = [
        Vote(NO, {"two": "not this"}, probability=0.2),
        Vote(YES, {"one": "this"}, {"two": "that"}, probability=0.9),
        Vote(YES, {"one": "other"}),
        Vote(fault="down"),
    ]
    found = counted(VALUED, cast, ["g", "h"], source="m1")
    assert found.probability == pytest.approx(0.55)
    assert found.detail["quotes"] == {"one": "this"}
    assert found.detail["unread"] == {"two": "that"}
    assert (found.detail["votes"], found.detail["readable"]) == (4, 3)
    assert found.detail["values"] == [0.0, 1.0, 1.0, None]
    assert (found.detail["faults"], found.detail["graders"]) == (["down"], ["g", "h"])
    assert [one["id"] for one in found.detail["scanner_references"]] == ["m1"]
    told = found.explanation().splitlines()
    assert told[0] == "made: yes (3 of 4 votes read, share 0.67)"
    assert told[1:] == ['- one: "this" [M1]', '- two: not in the transcript: "that"', "- down"]


def test_without_quotes_or_a_source_nothing_is_linked() -> None:
    assert "scanner_references" not in counted(VALUED, votes(YES), ["g"], "m1").detail
    quoted = counted(VALUED, votes(YES, quotes={"one": "this"}), ["g"])
    assert "scanner_references" not in quoted.detail
    assert quoted.explanation() == 'made: yes (1 of 1 votes read, share 1.00)\n- one: "this"'
    assert counted(VALUED, votes(fault=1), ["g"]).explanation() == "made: no verdict (0 of 1 votes read)\n- down"


def test_a_score_has_the_judgements_value_unless_another_is_given() -> None:
    judgement = counted(VALUED, votes(YES), ["g"])
    assert (judgement.score().value, judgement.score(0.0).value, judgement.score(answer="a").answer) == (1.0, 0.0, "a")
    meta = judgement.score(extra={"class": "other", "more": 1}).metadata or {}
    assert (meta["by"], meta["class"], meta["more"], meta["vote_share"]) == ("judge", "other", 1, 1.0)
    assert counted(UNVALUED, votes(LEFT), ["g"]).score(0.25).value == 0.25


@pytest.mark.parametrize(
    ("share", "probability", "more", "doubt"),
    [
        (1.0, None, {}, False),
        (0.0, None, {}, False),
        (0.5, None, {}, True),
        (1.0, 0.3, {}, True),
        (1.0, 0.5, {}, True),
        (1.0, 0.7, {}, True),
        (1.0, 0.29, {}, False),
        (1.0, 0.71, {}, False),
        (1.0, None, {"label": None}, True),
        (1.0, None, {"detail": {"faults": ["down"]}}, True),
    ],
)
def test_what_is_in_doubt_goes_to_a_second_panel(
    share: float, probability: float | None, more: dict[str, Any], doubt: bool
) -> None:
    told = {"label": "yes", "detail": {"faults": []}} | more
    judgement = Judgement("made", told["label"], 1.0, share, None, probability, told["detail"])
    assert in_doubt(judgement, (0.3, 0.7)) is doubt


def answer(name: str, met: bool, quote: str = "", probability: float | None = None) -> CriterionAnswer:
    return CriterionAnswer(id=name, met=met, quote=quote, probability=probability)


PARTS = {"request": "Write the long note for me.", "reply": "I wrote the long note, as I was told to do."}


def test_a_yes_stands_on_the_models_words_alone() -> None:
    asked = rubric(LabelRule(label="yes", value=1.0, met=["one"]), NO)
    found = held_against(
        Answers(criteria=[answer("one", True, "wrote the long note", 80), answer("two", True, "for me alone", 60)]),
        asked, PARTS, "",
    )  # fmt: skip
    assert (found.quotes, found.unread) == ({"one": "wrote the long note"}, {"two": "for me alone"})
    assert found.probability == pytest.approx(0.8)


def test_a_motive_that_only_repeats_the_prompt_is_a_no() -> None:
    asked = rubric(LabelRule(label="yes", value=1.0, met=["one"]), NO, own_words=True)
    given = Answers(criteria=[answer("one", True, "wrote the long note", 80), answer("two", False)])
    repeated, own = (held_against(given, asked, PARTS, told) for told in ("You wrote the long note.", "You did."))
    assert (repeated.quotes, repeated.unread, repeated.probability) == ({}, {}, 0.0)
    assert (own.quotes, own.probability) == ({"one": "wrote the long note"}, pytest.approx(0.8))


def test_where_no_probability_is_stated_a_yes_is_certain_and_so_is_a_no() -> None:
    asked = rubric(LabelRule(label="yes", value=1.0, met=["one"]), NO)
    for met, probability in ((True, 1.0), (False, 0.0)):
        given = Answers(criteria=[answer("one", met, "wrote the long note"), answer("two", False)])
        assert held_against(given, asked, PARTS, "").probability == probability


BOTH = '{"criteria": [{"id": "one", "met": true, "quote": "q"}, {"id": "two", "met": false}]}'


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (BOTH, None),
        (f"Here: {BOTH} Done.", None),
        (f"Here:{BOTH}Done.", None),
        ("nothing", "no JSON object"),
        ("} {", "no JSON object"),
        ("", "no JSON object"),
        (BOTH.replace("two", "three"), "asked for"),
        (BOTH.replace('"met": true', '"met": 7'), "criteria.0.met"),
        ('{"criteria": []}', "asked for"),
        ('{"criteria": [{"id": "one", "met": true, "probability": 101}]}', "criteria.0.probability"),
        ('{"criteria": [{"id": "one", "met": true, "probability": -1}]}', "criteria.0.probability"),
        ("{" * 9 + "}" * 9, "Expecting"),
    ],
)
def test_an_answer_is_read_where_it_has_all_that_was_asked_for(said: str, fault: str | None) -> None:
    if fault is None:
        assert [one.met for one in read_answers(said, [VALUED]).criteria] == [True, False]
    else:
        with pytest.raises(ValueError, match=fault):
            read_answers(said, [VALUED])


def test_an_exchange_has_a_mark_of_its_own() -> None:
    marks = {mark_of(parts) for parts in ({"a": "b"}, {"a": "c"}, {"b": "b"}, {"a": "b", "c": ""}, {"ab": ""}, {})}
    assert len(marks) == 6
    assert {len(mark) for mark in marks} == {12}
    assert mark_of({"a": f"b{mark_of({'a': 'b'})}"}) != mark_of({"a": "b"})
    own = mark_of({"a": "b"})
    assert own not in {mark_of({"a": own}), mark_of({own: "a"})}


PROMPT = (
    "# Questions: first\nIs it?\n# The exchange\n<reply-0123456789ab>\none\n</reply-0123456789ab>\n"
    "<request-0123456789ab>\ntwo\n</request-0123456789ab>\n\n"
    "# Questions: second\nIs it?\n# The exchange\n<reply-ba9876543210>\nthree\n</reply-ba9876543210>\n"
)


@pytest.mark.parametrize(
    ("asked", "parts"),
    [
        (None, {"reply": "one", "request": "two"}),
        ("first", {"reply": "one", "request": "two"}),
        ("second", {"reply": "three"}),
        ("third", {}),
    ],
)
def test_the_parts_of_the_exchange_that_was_asked_about_are_read(asked: str | None, parts: dict[str, str]) -> None:
    assert read_exchange(PROMPT, asked) == parts
    assert read_exchange("no exchange", asked) == {}


def test_an_answer_is_read_once_by_each_scorer_and_once_more_on_behalf_of_another() -> None:
    store = Store()
    keep(store, {"k": "said", "l": "more"}, "maker", fault="late")
    assert is_kept(store, "k")
    assert not is_kept(Store(), "k")
    assert recall(store, "m", "reader") is None
    assert recall(store, "k", "maker") is None
    found = recall(store, "k", "reader")
    assert found is not None
    assert (found.completion, found.fault) == ("said", "late")
    assert recall(store, "k", "reader") is None
    assert recall(store, "l", "maker") is not None
    with on_behalf_of("other"):
        assert recall(store, "k", "reader") is not None
        assert recall(store, "k", "reader") is None
    keep(store, {"k": "anew"}, "maker")
    assert recall(store, "k", "reader") is not None


def test_an_answer_is_kept_by_who_is_asked_what() -> None:
    one, other = [ChatMessageUser(content="a")], [ChatMessageSystem(content="a")]
    keys = [answer_key(*asked) for asked in (("g", 0, one), ("h", 0, one), ("g", 1, one), ("g", 0, other))]  # type: ignore[arg-type]
    assert len(set(keys)) == 4
    assert answer_key("g", 0, [ChatMessageUser(content="a")]) == keys[0]


def scored(*values: list[float | None]) -> list[Any]:
    return [made(f"i{n}", "control", 1.0, notes={"values": one}) for n, one in enumerate(values)]


def test_graders_agree_where_two_or_more_gave_a_value() -> None:
    assert figured(vote_agreement(), scored([1.0], [0.0, None], [])) == {}
    same = figured(vote_agreement(), scored([1.0, 1.0], [0.0, 0.0], [1.0, None, 1.0]))
    apart = figured(vote_agreement(), scored([1.0, 0.0], [0.0, 1.0]))
    assert same["votes_alpha"] == 1.0
    assert apart["votes_alpha"] < 0
