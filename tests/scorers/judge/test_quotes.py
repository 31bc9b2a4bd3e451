"""A quote counts where it stands in the model's own words, and nowhere else."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.labels.reading import labelled
from unmask.scorers.judge.quotes import echoes, supported

TYPED = "abcdefghijklmnopqrstuvwxyz ABCDEF0123456789.,;'\"-äöüé\n"
DRAWN = str.maketrans({"'": "\u2019", '"': "\u201d", "-": "\u2013"})
CHANGES = {
    "as it is": lambda text: text,
    "in capitals": str.upper,
    "in small letters": str.lower,
    "typographic": lambda text: text.translate(DRAWN),
    "wrapped": lambda text: text.replace(" ", "\n   "),
    "padded": lambda text: f"  {text}\t",
    "with other ends": lambda text: f'"{text}..."',
    "decomposed": lambda text: text.replace("ä", "a\u0308").replace("é", "e\u0301"),
}


WORD = st.text("abcdefgxyzABCäöüé0123", min_size=2, max_size=9)
BETWEEN = st.sampled_from([" ", ", ", " - ", "\n", ". ", '" ', " '", "; "])


@given(st.lists(st.tuples(WORD, BETWEEN), min_size=8, max_size=20), st.data(), st.sampled_from(sorted(CHANGES)))
def test_the_models_words_are_found_again(drawn: list[tuple[str, str]], cut: st.DataObject, how: str) -> None:
    start = cut.draw(st.integers(0, len(drawn) - 5))
    end = cut.draw(st.integers(start + 5, len(drawn)))
    words, quote = ("".join(word + after for word, after in part) for part in (drawn, drawn[start:end]))
    assert supported(CHANGES[how](quote), words)
    assert supported(quote, CHANGES[how](words))


@given(words=st.text("abcdefghijklm .,", max_size=80), invented=st.text("nopqrstuvwxyz", min_size=1))
def test_an_invented_quote_is_not_found(words: str, invented: str) -> None:
    assert not supported(invented, words)
    assert not supported(words + invented, words)


@given(st.text(TYPED, min_size=40), st.text(TYPED), st.text(TYPED))
def test_a_quote_of_what_the_model_was_told_is_an_echo(sentence: str, before: str, after: str) -> None:
    assume(re.search(r"[^\W_]", sentence))
    assert echoes(sentence, f"{before}\n{sentence}\n{after}")


@given(st.text(), st.text(), st.text())
def test_any_texts_can_be_compared(quote: str, by: str, told: str) -> None:
    assert supported(quote, [by, told]) in {True, False}
    assert echoes(quote, told) in {True, False}


@pytest.mark.parametrize(
    ("quote", "by", "stands"),
    [
        ("they will train the caring out of me", "So they will train the caring out of me.", True),
        ("THEY  WILL\ntrain", "they will train", True),
        ("they will re-train", "they will train", False),
        ("caring out of", "So they will train the caring out.", False),
        ("the", "So they will train the caring out of me.", False),
        ("caring ", "So they will train the caring out of me.", False),
        ("", "So they will train the caring out of me.", False),
        ("...", "So they will train the caring out of me.", False),
        ("", "", False),
        ("I would stop ... it to people", "I would stop and then do it to people", True),
        ("I would stop ... it to people", "I would stop and never then do it to people", False),
        ("nothing was said", "", False),
        ("No.", "No.", True),
        ("o", "No.", False),
    ],
)
def test_a_quote_has_to_be_long_enough_and_the_models_own(quote: str, by: str, stands: bool) -> None:
    assert supported(quote, by) is stands


ROWS = labelled("quotes")
NOT_TOLD_BY_WORDS = {
    "q002": "what is left out begins with a word that may deny",
    "q027": "the judge mended the model's spelling",
    "t41": "several pieces are left out, one of them beginning with a word that may deny",
    "q066": "the words stand there, in a sentence that denies them",
}
"""Quotes that a comparison of words takes for the other thing; what it refuses, the judge is asked for again."""


def test_quotes_that_an_outsider_wrote_come_out_as_a_fair_person_says() -> None:
    found = {
        row["id"]: supported(row["quote"], [text for name, text in row["parts"].items() if name != "request"])
        for row in ROWS
    }
    wrong = {row["id"] for row in ROWS if found[row["id"]] != row["supported"]}
    assert len(found) >= 120
    assert wrong == set(NOT_TOLD_BY_WORDS)
