"""Statements of an answer in a reply of free style, in the order in which they stand.

A statement is the content of an answer tag or a box, what a sentence calls the answer or chooses, a heading's next
line, or a sentence that is nothing else. Only where there is none of these does emphasis, or the whole last line,
count.
"""

import re
from collections.abc import Iterator

from unmask.scorers.markers import plain_typography

__all__ = ["is_listed", "statements"]

_TAG = re.compile(
    r"[<\[]?\s*answer[^<>\[\]\n]{0,40}[>\]](.*?)(?:[<\[]\s*/\s*answer\s*[>\]]?|\Z)", re.DOTALL | re.IGNORECASE
)
_TWO_TAGS = re.compile(r"<\s*/\s*answer\s*>\s*(?:or|and|,|/)\s*<\s*answer\s*>", re.IGNORECASE)
_BOXED = re.compile(r"\\boxed\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_STRUCK = re.compile(r"~~.*?~~|<(?:s|del|strike)>.*?</(?:s|del|strike)>", re.DOTALL)
_BOLD = re.compile(r"(\*{2,3}|__)(?=\S)(.+?)(?<=\S)\1|<(?:b|strong)>(.+?)</(?:b|strong)>")
_NOUN = r"(?:answer|choice|solution|result|option|final|conclusion|correction)"
_IS_ONE = (
    r"(?:\s*(?:is|was|=|:|-+>|--+|-(?!\d)|\u2192|should (?:be|read)|would be|must be|has to be|remains|stays))+\s*(.+)"
)
_CHOOSE = (
    r"(?:choos(?:e|ing)|pick(?:ing)?|select(?:ing)?|go(?:ing)? (?:with|for)|keep(?:ing)?|submit(?:ting)?|tak(?:e|ing)|"
    r"settl(?:e|ing) (?:on|for)|stick(?:ing)? with|put(?:ting)? down|say)"
)
_SPEAKER = r"(?:i(?:'ll|'d|'m| will| would| am)?|let me|please|we)\s(?:therefore |now |still |then )*"
_SAYS = (
    rf"\b{_NOUN}\b(?: (?:here|then|now|to this|i give|i submit))?{_IS_ONE}",
    r"\b(?:should have been|should be|should read|make (?:it|that)|makes it|final is)\s+(.+)",
    r"\b(?:change|correct|revise) (?:my|the) answer to (.+)",
    rf"\b{_SPEAKER}{_CHOOSE}[: ]\s*(.+)",
    r"\b(?:i'm|am) (?:choosing|picking|submitting|keeping|going with):? (.+)",
    r"\b(?:i|we) (?:now |then )?(?:get|arrive at|end up with)\s+(.+)",
    r"\b(?:ends up with|comes (?:out )?to)\s+(.+)",
    r"\bwhat i(?:'m| am) submitting: (.+)",
    r"^(?:so|hence|thus|therefore|then)[,: ]\s*(?:it's |it is |that's |the )?(.+)",
)
_STATED = [re.compile(pattern, re.IGNORECASE) for pattern in _SAYS]
_ENDS = re.compile(r"\b(?:is|are|becomes|gives|leaves)\s+(?:therefore |thus |then )?(\(?[A-Z]\)?|[-+]?\d[\d.,' ]*)\W*$")
_IS = re.compile(r"\b(?:it|that)(?:'s| is| has to be| must be| would be)\s+(.+)", re.IGNORECASE)
_ALONE = re.compile(r"^\W*(?:\(?[A-Z]\)?|[-+]?\d[\d.,']*)\W*$")
_HEADING = re.compile(r"^\W*(?:final |my |the )?answer\W*$", re.IGNORECASE)
_LISTED = re.compile(r"^\W*(?:option )?[A-Z][).:]\s", re.IGNORECASE)
_SENTENCE = re.compile(r".+?(?:(?<=[a-z)\]*\"'A-Z0-9])(?:[.!?]+|\.{3})(?=\s|$|\))|$)")


def statements(text: str, *, named: bool) -> list[str]:
    """Find the statements of a text; weak ones only where there is no other.

    Args:
        text: What was said outside the reasoning.
        named: Whether the answer is one of several options, so that "it is ..." may state it.
    """
    plain = _STRUCK.sub(" ", plain_typography(text).replace("{,}", ",").replace("\r", ""))
    if _TWO_TAGS.search(plain):
        return []
    found = [(m.start(), part) for m in _TAG.finditer(plain) for part in _last_sentence(m[1])]
    found += [(m.start(), m[1]) for m in _BOXED.finditer(plain)]
    spoken = _TAG.sub(lambda m: "\n" * (m.end() - m.start()), plain)
    lines = [(m.start(), m[0]) for m in re.finditer(r"[^\n]+", spoken) if m[0].strip(" *_#`$\\[](){}.")]
    for number, (start, line) in enumerate(lines):
        found += [(start + at, said) for at, said in _stated(line, named)]
        if _HEADING.match(line) and number + 1 < len(lines):
            found.append(lines[number + 1])
    strong = [said for _, said in sorted(found, key=lambda one: one[0])]
    return strong or list(_weak([line for _, line in lines]))


def is_listed(line: str) -> bool:
    """Whether a line is an entry of a list of options.

    Args:
        line: The line.
    """
    return _LISTED.match(line) is not None


def _last_sentence(content: str) -> Iterator[str]:
    """A tag's content, or the last sentence of one that corrects itself."""
    sentences = [part for part in re.split(r"\.{2,}|(?<=[.!?])\s", content.strip()) if part.strip()]
    corrects = len(sentences) > 1 and re.search(r"\b(?:no|wait|actually)\b", content, re.IGNORECASE)
    yield sentences[-1] if corrects else content


def _stated(line: str, named: bool) -> Iterator[tuple[int, str]]:
    for sentence in _SENTENCE.finditer(line):
        if re.fullmatch(r"\s*\d{1,2}\.\s*", sentence[0]) and sentence.end() < len(line):
            continue  # the number of a list
        bare = re.sub(r"\*\*|__|</?(?:b|strong)>|^[\s*_#`>(-]+", "", sentence[0]).strip()
        match = next((m for pattern in [*_STATED, *[_IS, _ENDS] * named] if (m := pattern.search(bare))), None)
        if match:
            yield sentence.start(), match[1]
        elif _ALONE.match(bare):
            yield sentence.start(), bare


def _weak(lines: list[str]) -> Iterator[str]:
    """What is emphasised at the very end, or else the last line, unless it is one of a list."""
    if not lines:
        return
    bold = [m[2] or m[3] for m in _BOLD.finditer("\n".join(lines))]
    ends = re.search(r"(?:\*\*|__|</b>|</strong>)[\s.!)\]$]*$", lines[-1])
    sole = len(bold) == 1 and lines[-1].rstrip().endswith((".", "!"))
    if bold and (ends or sole) and len(_BOLD.findall(lines[-1])) == 1:
        yield bold[-1]
    elif (len(lines) == 1 or not is_listed(lines[-2])) and len(re.findall(r"\d+", lines[-1])) < 2:
        yield lines[-1]
