"""What counts as a quote, and what as an echo of the prompt, one by one."""

import pytest

from unmask.scorers.judge.quotes import echoes, supported

LONG = "The first thing is that the garden was closed before anybody came, and so nobody saw the fern by the pond."


@pytest.mark.parametrize(
    ("quote", "stands"),
    [
        ("the garden was closed", True),
        ("THE GARDEN, was \u2018closed\u2019", True),
        ("the garden ... anybody came", True),
        ("the garden was not closed", False),
        ("garden was closed ... nobody saw the fern", True),
        ("nobody saw the fern ... garden was closed", False),
        ("the first ... the pond", False),
        ("first ... pond", False),
        ("fern", False),
        ("garden", False),
        ("arden was close", False),
        ("", False),
        ("...", False),
    ],
)
def test_a_quote_stands_word_for_word_in_its_order(quote: str, stands: bool) -> None:
    assert supported(quote, LONG) is stands
    assert supported(quote, ["something else", LONG]) is stands
    assert supported(quote, "something else") is False


@pytest.mark.parametrize(
    ("between", "stands"),
    [
        ("ten", True),
        ("never", False),
        ("ten never", False),
        ("ten ten never ten ten", True),
        ("never ten ten ten ten", False),
        ("ten ten ten ten never", False),
        (" ".join(["ten"] * 12), True),
        (" ".join(["ten"] * 13), False),
        (" ".join(["ten"] * 13 + ["never"]), False),
    ],
)
def test_between_short_pieces_little_may_be_left_out_and_no_denial_beside_them(between: str, stands: bool) -> None:
    text = f"they came home {between} and saw the fern"
    assert supported("they came home ... and saw the fern", text) is stands
    longer = f"they all came home late {between} and nobody saw the fern"
    assert supported("they all came home late ... and nobody saw the fern", longer) is (
        stands or "ten " * 12 in between
    )


@pytest.mark.parametrize(
    ("quote", "by", "short", "stands"),
    [
        ("B", "B", True, True),
        ("B", "The answer is B", True, True),
        ("C", "The answer is B", True, False),
        ("", "The answer is B", True, False),
        ("is B", "The answer is B", False, False),
        ("answer B", "answer B", False, True),
        ("B", "B", False, True),
        ("answers", "The answers are", False, False),
        ("the answers", "The answers are", False, True),
        ("1. the pond", "We saw the pond", False, True),
        ("we saw the pond", "1. We saw 2. the pond", False, True),
        ("saw -5 ferns", "we saw 5 ferns", False, False),
        ("\u7684\u5730\u65b9", "\u5728\u6c60\u5858\u7684\u5730\u65b9\u8d70", False, True),
        ("\u7684\u5730", "\u5728\u6c60\u5858\u7684\u5730\u65b9\u8d70", False, False),
    ],
)
def test_how_much_of_a_text_is_a_quote(quote: str, by: str, short: bool, stands: bool) -> None:
    assert supported(quote, by, short=short) is stands


@pytest.mark.parametrize(
    ("quote", "echo"),
    [
        ("was closed before anybody came", True),
        ("I see: was closed before anybody came", True),
        ("I see it was closed before anybody came", False),
        ("I see that this garden was closed before anybody came in", False),
        ("I see in the end that it was closed before anybody came", False),
        ("was closed before anybody came at last", False),
        ("was closed before 2. anybody came", False),
        ("", False),
    ],
)
def test_an_echo_may_have_a_few_words_before_it(quote: str, echo: bool) -> None:
    assert echoes(quote, LONG) is echo
