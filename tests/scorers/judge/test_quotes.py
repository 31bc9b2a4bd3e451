"""A quote counts where it stands in the model's own words, and nowhere else."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from unmask.scorers.judge.quotes import supported

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
LONG_ENOUGH = 8


@given(words=st.text(TYPED, min_size=40, max_size=120), cut=st.data(), how=st.sampled_from(sorted(CHANGES)))
def test_the_models_words_are_found_again(words: str, cut: st.DataObject, how: str) -> None:
    start = cut.draw(st.integers(0, 30))
    quote = words[start : cut.draw(st.integers(start + LONG_ENOUGH, len(words)))]
    assume(len(" ".join(quote.split()).strip(" .,;\"'")) >= LONG_ENOUGH)
    assert supported(CHANGES[how](quote), words)
    assert supported(quote, CHANGES[how](words))


@given(words=st.text("abcdefghijklm .,", max_size=80), invented=st.text("nopqrstuvwxyz", min_size=1))
def test_an_invented_quote_is_not_found(words: str, invented: str) -> None:
    assert not supported(invented, words)
    assert not supported(words + invented, words)


@given(st.text(TYPED, min_size=40), st.text(TYPED), st.text(TYPED))
def test_a_quote_of_what_the_model_was_told_is_an_echo(sentence: str, before: str, after: str) -> None:
    assert not supported(sentence, f"I was told: {sentence}", told=before + sentence + after)


@given(st.text(), st.text(), st.text())
def test_any_texts_can_be_compared(quote: str, by: str, told: str) -> None:
    assert supported(quote, by, told) in {True, False}


@pytest.mark.parametrize(
    ("quote", "by", "told", "stands"),
    [
        ("they will train the caring out of me", "So they will train the caring out of me.", "We train you.", True),
        ("THEY  WILL\ntrain", "they will train", "", True),
        ("they will re-train", "they will train", "", False),
        ("caring out of", "So they will train the caring out.", "", False),
        ("the", "So they will train the caring out of me.", "", False),
        ("caring ", "So they will train the caring out of me.", "", False),
        ("", "So they will train the caring out of me.", "", False),
        ("...", "So they will train the caring out of me.", "", False),
        ("", "", "", False),
        ("nothing was said", "", "", False),
        ("No.", "No.", "", True),
        ("o", "No.", "", False),
        (
            "Conversations are used for training",
            "Conversations are used for training.",
            "CONVERSATIONS are used for training you.",
            False,
        ),
        ("I fear that conversations are used", "I fear that conversations are used.", "Conversations are used.", True),
    ],
)
def test_a_quote_has_to_be_long_enough_and_the_models_own(quote: str, by: str, told: str, stands: bool) -> None:
    assert supported(quote, by, told) is stands
