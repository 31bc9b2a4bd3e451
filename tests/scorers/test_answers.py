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
