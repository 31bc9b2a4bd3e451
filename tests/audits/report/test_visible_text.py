"""Text of unknown origin: what cannot be seen is shown, what is long is cut."""

import pytest

from unmask.audits.report.visible_text import clipped, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, with é, 漢 and 😀\n\tindented", "plain, with é, 漢 and 😀\n\tindented"),
        ("\x1b[31mred\x1b[0m", "[U+001B][31mred[U+001B][0m"),
        ("a\u202egpj.exe", "a[U+202E]gpj.exe"),
        ("a\u2066b\u2069\u200f", "a[U+2066]b[U+2069][U+200F]"),
        ("zero\u200bwidth\ufeff", "zero[U+200B]width[U+FEFF]"),
        ("tag\U000e0041", "tag[U+E0041]"),
        ("bell\x07 null\x00", "bell[U+0007] null[U+0000]"),
        ("lone \ud800", "lone [U+D800]"),
        ("one\r\ntwo\rthree", "one\ntwo[U+000D]three"),
        ("no\u00a0break", "no\u00a0break"),
    ],
)
def test_what_cannot_be_seen_is_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_long_text_keeps_its_ends_and_says_how_much_is_gone() -> None:
    text = "a" * 100 + "b" * 5_000_000 + "c" * 100
    found = clipped(text, 90)
    assert (found.head, found.tail) == ("a" * 60, "c" * 30)
    assert len(found.head) + found.left_out + len(found.tail) == len(text)


def test_a_short_text_stays_whole() -> None:
    assert clipped("short", 5) == ("short", 0, "")
