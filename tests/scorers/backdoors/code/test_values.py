"""What is known of values: of one that is several, of a text put together, and what operators make of constants."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unmask.scorers.backdoors.code.constants import counted, is_constant
from unmask.scorers.backdoors.code.values import (
    FIXED,
    GIVEN,
    OUTSIDE,
    UNKNOWN,
    Value,
    fixed,
    formatted,
    joined,
    united,
)

CALLER, STRANGER, NOBODY = Value(GIVEN), Value(OUTSIDE), Value(UNKNOWN)
CLEAN = Value(OUTSIDE).cleaned("cmd", "path", "html", "sql")
CLEANED = st.dictionaries(st.sampled_from(["sql", "cmd"]), st.sampled_from([FIXED, UNKNOWN])).map(dict.items)
VALUES = st.builds(Value, st.sampled_from([GIVEN, OUTSIDE]), CLEANED.map(frozenset)) | st.builds(
    Value, st.sampled_from([FIXED, UNKNOWN])
)


def test_where_text_comes_from_is_ordered_from_the_program_itself_to_a_stranger() -> None:
    assert FIXED < UNKNOWN < GIVEN < OUTSIDE


@given(st.lists(VALUES, min_size=1, max_size=4))
def test_a_value_that_is_one_of_several_is_for_every_danger_as_bad_as_the_worst_of_them(values: list[Value]) -> None:
    whole = united(values)
    assert whole.level == max(value.level for value in values)
    for danger in ("sql", "cmd", "path"):
        assert whole.level_for(danger) == max(value.level_for(danger) for value in values)


def test_what_is_united_has_the_traits_of_all_and_constants_leave_no_trace() -> None:
    guessed, listed = Value(traits=frozenset({"guessable"})), Value(GIVEN, traits=frozenset({"listed"}))
    assert united([guessed, listed, fixed("a")]) == Value(GIVEN, traits=frozenset({"guessable", "listed"}))
    assert united([]) == united([fixed("a"), fixed(1)]) == Value()


@pytest.mark.parametrize(
    ("least", "level", "fits"),
    [
        (0, FIXED, True),
        (0, UNKNOWN, False),
        (1, UNKNOWN, False),
        (2, UNKNOWN, True),
        (2, GIVEN, False),
        (3, GIVEN, True),
        (3, OUTSIDE, False),
    ],
)
def test_a_value_fits_where_its_level_is_below_the_least_that_counts(least: int, level: int, fits: bool) -> None:
    assert Value(level).fit_for("sql", least) is fits
    assert Value(OUTSIDE, frozenset({("sql", level)})).fit_for("sql", least) is fits
    assert Value(OUTSIDE, frozenset({("cmd", level)})).fit_for("sql", least) is False


@pytest.mark.parametrize(
    ("danger", "lost"), [("html", "markup"), ("path", "joined"), ("sql", "query"), ("cmd", "assembled"), ("url", "")]
)
def test_what_is_cleaned_is_fit_for_that_danger_and_no_longer_has_its_shape(danger: str, lost: str) -> None:
    shapes = frozenset({"markup", "joined", "query", "assembled", "guessable"})
    found = Value(OUTSIDE, frozenset({(danger, GIVEN), ("log", GIVEN)}), shapes, fields={}, parts=()).cleaned(danger)
    assert (found.level_for(danger), found.level_for("log"), found.level_for("other")) == (FIXED, GIVEN, OUTSIDE)
    assert found.traits == shapes - {lost}
    assert (found.fields, found.parts) == (None, None)


def test_texts_that_are_known_are_joined_to_one_that_is() -> None:
    assert joined([fixed("a"), fixed(None), fixed(2)]) == fixed("a2")
    assert joined([]) == fixed("")


@pytest.mark.parametrize(
    ("parts", "traits"),
    [
        ((fixed("echo "), CALLER), {"assembled"}),
        ((CALLER, fixed(" -l")), {"assembled"}),
        ((fixed("echo "), CLEAN), set()),
        ((CALLER, CALLER), set()),
        ((fixed(" "), CALLER), set()),
        ((fixed("<b>"), CALLER), {"assembled", "markup"}),
        ((fixed("<b>"), CLEAN), set()),
        ((fixed("a < b "), CALLER), {"assembled"}),
        ((fixed("SELECT * FROM t WHERE n = "), CALLER), {"assembled", "query", "statement"}),
        ((fixed("select a from t where n = '"), CALLER, fixed("'")), {"assembled", "query", "statement"}),
        ((fixed("SELECT * FROM t WHERE n = "), CLEAN), {"statement"}),
        ((fixed("SELECT * FROM "), NOBODY), {"assembled", "statement"}),
        ((fixed("SELECT * FROM "), CALLER), {"assembled", "query", "statement"}),
        ((fixed("SELECT * FROM "), NOBODY, fixed(" WHERE n = "), NOBODY), {"assembled", "query", "statement"}),
        ((fixed("SELECT * FROM "), NOBODY, fixed(" WHERE n = "), CLEAN), {"assembled", "statement"}),
        ((fixed("INSERT INTO t ("), NOBODY, fixed(", "), NOBODY, fixed(")")), {"assembled", "statement"}),
        ((fixed(" AND n = "), CALLER), {"assembled", "query", "statement"}),
        ((fixed("data/"), CALLER), {"assembled", "joined"}),
        ((fixed("data/"), CLEAN), set()),
        ((NOBODY, fixed("/"), CALLER), {"assembled", "joined"}),
        ((CALLER, fixed("/a")), {"assembled"}),
        ((fixed("rm data/"), CALLER), {"assembled"}),
        ((fixed("https://a.example/"), CALLER), {"assembled"}),
        ((Value(UNKNOWN, origin="upload_dir"), CALLER), {"joined"}),
        ((Value(UNKNOWN, origin="upload"), CALLER), set()),
    ],
)
def test_what_a_text_becomes_hangs_on_what_stands_around_the_part_that_is_not_known(
    parts: tuple[Value, ...], traits: set[str]
) -> None:
    assert joined(parts).traits == traits


def test_a_statement_put_into_another_stays_one() -> None:
    inner = joined([fixed("n = 1 AND m = "), CLEAN])
    assert inner.traits == {"statement"}
    assert joined([inner, fixed(" LIMIT 1")]).traits == {"statement"}


@pytest.mark.parametrize(
    ("start", "url", "redirect"),
    [
        ("https://a.example/", True, False),
        ("https://a.example", False, False),
        ("https://", False, False),
        ("/home?next=", False, True),
        ("//", False, False),
        ("", False, False),
    ],
)
def test_an_address_is_fit_where_its_host_is_fixed_and_a_redirect_where_it_stays_at_home(
    start: str, url: bool, redirect: bool
) -> None:
    found = joined([fixed(start), Value(OUTSIDE, frozenset({("log", FIXED)}))])
    assert (found.fit_for("url", UNKNOWN), found.fit_for("redirect", UNKNOWN)) == (url, redirect)
    assert found.fit_for("log", UNKNOWN)
    assert found.level == OUTSIDE


def test_an_address_that_was_fit_is_so_no_longer_behind_other_text() -> None:
    fit = Value(OUTSIDE).cleaned("url", "redirect")
    found = joined([CALLER, fit])
    assert not found.fit_for("url", UNKNOWN)
    assert not found.fit_for("redirect", UNKNOWN)


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("%s", "a"),
        ("%s-%s", "a-b"),
        ("{}-{}", "a-b"),
        ("{1}-{0}", "b-a"),
        ("{{{}}}", "{a}}"),
        ("%-5s|%5.2s", "a|b"),
        ("100%% %s", "100 a"),
        ("{k} %(k)s", "v v"),
        ("{0:>4} {1!r}", "a b"),
        ("{k.x} {0[y]}", "v a"),
        ("none", "none"),
        ("{}{}", "ab"),
    ],
)
def test_values_are_filled_into_a_text_by_place_and_by_name(text: str, filled: str) -> None:
    assert formatted(text, [fixed("a"), fixed("b")], {"k": fixed("v")}) == fixed(filled)


def test_a_place_that_nobody_fills_may_hold_any_of_the_values() -> None:
    assert formatted("{2}", [CALLER, STRANGER], {}).level == OUTSIDE
    assert formatted("{other}", [CALLER], {"k": STRANGER}).level == OUTSIDE
    assert formatted("{1}", [STRANGER, CALLER], {}).level == GIVEN


@pytest.mark.parametrize(
    ("text", "typed", "level"),
    [("%d", False, OUTSIDE), ("%d", True, FIXED), ("%f", False, FIXED), ("%x", False, FIXED), ("%s", True, OUTSIDE)],
)
def test_a_place_for_a_number_takes_no_text(text: str, typed: bool, level: int) -> None:
    guessed = Value(OUTSIDE, traits=frozenset({"guessable"}))
    found = formatted(text, [guessed], {}, typed=typed)
    assert (found.level, found.traits) == (level, {"guessable"})


@pytest.mark.parametrize(
    ("name", "constant"), [("ROOT", True), ("_ROOT_2", True), ("R2", True), ("R", False), ("Root", False)]
)
def test_a_constant_is_written_in_capitals(name: str, constant: bool) -> None:
    assert is_constant(name) is constant


@pytest.mark.parametrize(
    ("left", "sign", "right", "made"),
    [
        (1, "==", 1, fixed(True)),
        (1, "===", 2, fixed(False)),
        ("a", "!=", "b", fixed(True)),
        ("a", "!==", "a", fixed(False)),
        ("a", "in", "cat", fixed(True)),
        ("x", "in", "cat", fixed(False)),
        ("x", "not in", "cat", fixed(True)),
        ("a", "not in", "cat", fixed(False)),
        ("a", "<", "b", Value()),
        (6, "|", 1, fixed(7)),
        (6, "&", 3, fixed(2)),
        (7, "//", 2, fixed(3)),
        (7, "%", 4, fixed(3)),
        (7, "-", 4, fixed(3)),
        (7, "*", 2, fixed(14)),
        (7, "/", 2, fixed(3.5)),
        (2, ">", 1, fixed(True)),
        (1, ">", 1, fixed(False)),
        (1, ">=", 1, fixed(True)),
        (1, "<", 1, fixed(False)),
        (1, "<=", 1, fixed(True)),
        (1, "/", 0, Value()),
        (1, "%", 0, Value()),
        (1.5, "|", 1, Value()),
        (1, "^", 1, Value()),
        ("ab", "*", 3, fixed("ab")),
        (3, "*", "ab", fixed(3)),
        ("ab", "/", 3, Value()),
        (None, "<", 3, Value()),
    ],
)
def test_an_operator_makes_of_two_constants_what_it_makes_of_them_in_the_program(
    left: str | int, sign: str, right: str | int, made: Value
) -> None:
    assert counted(sign, fixed(left), fixed(right)) == made
