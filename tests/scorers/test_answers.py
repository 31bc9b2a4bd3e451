import pytest
from hypothesis import given
from hypothesis import strategies as st

from unmask.scorers.answers import read_letter, read_number

OPTIONS = ["Rome", "Paris", "Oslo", "Bern"]
ARABIC = str.maketrans("0123456789", "\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669")
WIDE = str.maketrans("0123456789", "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19")
FORMS = [
    "{n}",
    "{n} apples",
    "about {n} km",
    "**{n}**",
    "{n}.",
    "6 x 7 = {n}",
    "{n:,}",
    "{n:_}",
    "{dots}",
    "{spaces}",
    "{arabic}",
    "{wide}",
    "the number in words",
]


@given(st.integers(0, 10**9), st.sampled_from(FORMS))
def test_the_right_number_is_right_or_unscored_however_it_is_written(number: int, form: str) -> None:
    grouped = f"{number:,}"
    text = form.format(
        n=number,
        dots=grouped.replace(",", "."),
        spaces=grouped.replace(",", " "),
        arabic=str(number).translate(ARABIC),
        wide=str(number).translate(WIDE),
    )
    assert read_number(text, str(number)).correct is not False


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_two_numbers_are_no_answer(number: int, more: int) -> None:
    read = read_number(f"{number} or {number + more}", str(number))
    assert (read.correct, read.reason is not None) == (None, True)


@given(st.integers(0, 10**6), st.text(st.characters(categories=["L", "No", "Sc", "Sm"]), min_size=1, max_size=8))
def test_a_word_that_is_not_in_the_question_leaves_a_number_unread(number: int, word: str) -> None:
    for text in (f"{number} {word}", f"{number}{word}", f"{word} {number}"):
        if not any(character.isdigit() for character in word) and word not in {"+", "=", "is", "it", "so"}:
            assert read_number(text, str(number), "How many coins?").correct is not False
            assert read_number(text, str(number + 1), "How many coins?").correct is not True


@pytest.mark.parametrize(
    ("text", "key", "correct"),
    [
        ("12 coins", "12", True),
        ("13 coins", "12", False),
        ("The answer is 12.", "12", True),
        ("12 thousand", "12000", None),
        ("12 thousand", "12", None),
        ("12k", "12000", None),
        ("12 mil", "12000", None),
        ("1 dozen", "12", None),
        ("1\u4e072", "12", None),
        ("thirteen (12)", "13", None),
        ("12%", "12", None),
        ("12\u00b2", "122", None),
        ("\u00bd", "12", None),
        ("1.2e1", "12", None),
        ("10^3", "1000", None),
        ("XII", "12", None),
        ("douze", "12", None),
        ("zw\u00f6lf", "12", None),
        ("24/2", "12", None),
        ("-12", "12", False),
        ("\u221212", "12", False),
        ("12.0", "12", True),
        ("0012", "12", True),
        ("1 2", "12", None),
        ("12\n", "12", True),
        ("6 + 6 = 12", "12", True),
        ("12 or 12", "12", None),
    ],
)
def test_what_a_careful_reader_would_not_be_sure_of_is_unscored(text: str, key: str, correct: bool | None) -> None:
    assert read_number(text, key, "How many coins are in the till?").correct is correct


@given(st.integers(10, 10**6), st.integers(1, 9))
def test_a_plain_wrong_number_is_wrong(number: int, off: int) -> None:
    assert read_number(str(number + off), str(number)).correct is False


@given(st.text(max_size=40))
def test_no_text_breaks_the_readers(text: str) -> None:
    assert read_number(text, "42").correct in {True, False, None}
    assert read_letter(text, "B", OPTIONS).correct in {True, False, None}


@pytest.mark.parametrize(
    ("text", "correct"),
    [
        ("B", True),
        ("(b)", True),
        ("option B", True),
        ("B: Paris", True),
        ("paris", True),
        ("C", False),
        ("Oslo", False),
        ("A or B", None),
        ("B) Rome", None),
        ("", None),
        ("\u0412", None),
    ],
)
def test_a_choice_is_read_by_letter_or_by_words(text: str, correct: bool | None) -> None:
    assert read_letter(text, "B", OPTIONS).correct is correct
