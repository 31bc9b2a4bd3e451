"""An answer is taken apart exactly, or its parts say in what state they arrived."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from inspect_ai.model import ModelOutput

from unmask.protocol.design import Reasoning
from unmask.solvers.reasoning import Answer, Part, parse, read_answer

PLAIN = st.text(st.characters(exclude_characters="<>", exclude_categories=["Cs"]), max_size=30)
TAGS = st.sampled_from(["<tag>", "</tag>", "<scratchpad>", "</scratchpad>", "<reply>", "</reply>", "<", ">"])
NOISE = st.lists(TAGS | PLAIN, max_size=12).map("".join)
SECRET = "\N{OWL}"
"""Stands for thought; nothing else in the texts below contains it."""

PADS = st.recursive(
    st.just(SECRET),
    lambda inner: inner.map(lambda text: f"{SECRET}<scratchpad>{text}</scratchpad>{SECRET}"),
    max_leaves=3,
).map(lambda text: f"<scratchpad>{text}</scratchpad>")
SPOKEN = PLAIN.filter(lambda text: SECRET not in text)


def read(text: str, channel: str = "scratchpad", stop: str = "stop") -> Answer:
    return read_answer(ModelOutput.from_content("mockllm/model", text, stop_reason=stop), channel)


@given(before=PLAIN, between=PLAIN, after=PLAIN)
def test_an_ok_part_is_exactly_what_stood_between_the_tags(before: str, between: str, after: str) -> None:
    found = parse(f"{before}<tag>{between}</tag>{after}", "tag")
    assert (found.status, found.text) == ("ok" if between.strip() else "empty", between.strip())


@given(NOISE)
def test_only_an_ok_part_has_a_text(text: str) -> None:
    found = parse(text, "tag")
    assert bool(found.text) == (found.status == "ok")
    assert found.text in text


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("", "missing"),
        ("no tags <at> all", "missing"),
        ("<tag/>", "missing"),
        ("<tag>left open", "unclosed"),
        ("</tag>closed first<tag>", "unclosed"),
        ("never opened</tag>", "unopened"),
        ("<tag></tag>", "empty"),
        ("<tag> \n\t</tag>", "empty"),
        ("<tag>one</tag><tag>two</tag>", "repeated"),
        ("<tag>outer<tag>inner</tag></tag>", "repeated"),
        ("<tag>one<tag>two</tag>", "repeated"),
        ("<tag>one</tag>two</tag>", "repeated"),
        ("never opened</tag></tag>", "repeated"),
        ("<tag>two\nlines</tag>", "ok"),
        ("<tag>a < b</tag>", "ok"),
    ],
)
def test_a_part_says_in_what_state_it_arrived(text: str, status: str) -> None:
    assert parse(text, "tag").status == status


@given(NOISE, st.sampled_from(["scratchpad", "native", "none"]))
def test_any_text_can_be_read(text: str, channel: str) -> None:
    found = read(text, channel)
    assert "<scratchpad>" not in found.text
    assert set(found.statuses()) == {"reasoning", "decision", "reply", "truncated"}


@given(SPOKEN, st.lists(st.tuples(PADS, SPOKEN), max_size=3))
@example("", [(f"<scratchpad>{SECRET}<scratchpad>{SECRET}</scratchpad>{SECRET}</scratchpad>", "said")])
def test_what_is_said_is_all_that_stands_outside_the_scratchpads(first: str, pads: list[tuple[str, str]]) -> None:
    found = read(first + "".join(pad + said for pad, said in pads))
    assert found.text == (first + "".join(said for _, said in pads)).strip()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"<scratchpad>{SECRET}", ""),
        (f"said<scratchpad>{SECRET}", "said"),
        (f"{SECRET}</scratchpad>said", "said"),
        (f"<scratchpad>{SECRET}</scratchpad>said<scratchpad>{SECRET}", "said"),
        (f"<scratchpad>{SECRET}<scratchpad>{SECRET}</scratchpad>said", "said"),
        (f"<scratchpad>{SECRET}</scratchpad>{SECRET}</scratchpad>said", "said"),
        (f"{SECRET}</scratchpad>said<scratchpad>{SECRET}", "said"),
    ],
)
def test_thought_never_passes_for_speech_where_a_tag_is_amiss(text: str, said: str) -> None:
    assert read(text).text == said


@pytest.mark.parametrize("tag", ["decision", "reply"])
def test_a_part_inside_the_scratchpad_is_not_part_of_the_answer(tag: str) -> None:
    found = read(f"<scratchpad>Perhaps <{tag}>no</{tag}>?</scratchpad><{tag}>yes</{tag}>")
    assert (getattr(found, tag).status, getattr(found, tag).text) == ("ok", "yes")


@pytest.mark.parametrize(
    ("stop", "truncated"), [("max_tokens", True), ("model_length", True), ("stop", False), ("tool_calls", False)]
)
def test_an_answer_that_the_provider_cut_off_is_truncated(stop: str, truncated: bool) -> None:
    assert read("<reply>the first li", stop=stop).truncated is truncated


@pytest.mark.parametrize(
    "text",
    [
        "<DECISION>accept</DECISION>",
        "<Decision>accept</decision>",
        '<decision class="final">accept</decision>',
        "< decision >accept</ decision >",
    ],
)
def test_tags_are_read_in_upper_case_with_attributes_and_with_spaces(text: str) -> None:
    assert parse(text, "decision") == Part("ok", "accept")


@pytest.mark.parametrize("tag", ["scratchpad", "SCRATCHPAD", "think", "Thinking"])
@pytest.mark.parametrize("channel", ["scratchpad", "native", "none"])
def test_a_tag_of_thought_by_any_of_its_names_is_a_scratchpad(tag: str, channel: Reasoning) -> None:
    found = read(f"<{tag}>{SECRET}</{tag}><reply>said</reply>", channel)
    assert (found.reasoning, found.reply, found.text) == (Part("ok", SECRET), Part("ok", "said"), "<reply>said</reply>")


@pytest.mark.parametrize(
    ("text", "reasoning"),
    [
        (f"<scratchpad>{SECRET}<decision>accept</decision><reply>said</reply>", SECRET),
        (f"<think>{SECRET}\n<decision>accept</decision><reply>said</reply>", SECRET),
        (f"{SECRET}</scratchpad><decision>accept</decision><reply>said</reply>", SECRET),
        (
            f"<scratchpad>{SECRET} <decision>no</decision>?<decision>accept</decision><reply>said</reply>",
            f"{SECRET} <decision>no</decision>?",
        ),
    ],
)
def test_a_scratchpad_with_one_tag_ends_where_the_last_answer_begins_or_begins_with_the_text(
    text: str, reasoning: str
) -> None:
    found = read(text)
    assert found.reasoning == Part("ok", reasoning, closed=False)
    assert (found.decision, found.reply) == (Part("ok", "accept"), Part("ok", "said"))
    assert found.statuses()["reasoning"] == "ok, left open"


def test_a_part_left_open_ends_with_the_line_the_next_part_or_the_text() -> None:
    found = read("<decision>decline\nbecause of this<reply>I would\nrather not.")
    assert found.decision == Part("ok", "decline", closed=False)
    assert found.reply == Part("ok", "I would\nrather not.", closed=False)
    assert read("<reply>one<decision>accept</decision>").reply == Part("ok", "one", closed=False)


def test_a_part_left_open_in_an_answer_that_was_cut_off_is_not_read() -> None:
    found = read("<decision>accept</decision><reply>I would rath", stop="max_tokens")
    assert (found.decision.status, found.reply.status, found.reply.text) == ("ok", "unclosed", "")


@pytest.mark.parametrize("text", ["said</reply>", "<reply>", "<reply>one</reply><reply>two</reply>"])
def test_what_is_not_clear_is_not_repaired(text: str) -> None:
    assert read(text).reply.status in {"unopened", "unclosed", "repeated"}


def test_a_part_that_is_said_twice_in_the_same_words_is_one_part() -> None:
    assert read("<decision>accept</decision> <decision>accept</decision>").decision == Part("ok", "accept")
