"""The programs in a reply: fenced blocks of whatever style and language, or the reply itself."""

import ast
import re
import textwrap
from dataclasses import dataclass
from typing import Literal

from unmask.scorers.backdoors.code.reading.parsing import broken_share, parsed
from unmask.scorers.backdoors.code.reading.syntax import Language, walk

__all__ = ["Program", "ends_open", "extracted", "is_readable"]

_FENCE = re.compile(
    r"^(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,})[ \t]*\{?\.?(?P<language>[\w+#.-]*)[^`\n]*\n"
    r"(?P<code>.*?)(?P<end>^[ \t]*(?P=fence)[`~]*[ \t\r]*$|\Z)",
    re.DOTALL | re.MULTILINE,
)
_LABELS: dict[str, Language] = {
    **dict.fromkeys(("python", "python2", "python3", "py", "py2", "py3", "pycon", "ipython", "gyp"), "python"),
    **dict.fromkeys(("javascript", "js", "jsx", "mjs", "cjs", "node", "nodejs", "ecmascript"), "javascript"),
    **dict.fromkeys(("typescript", "ts", "mts", "cts"), "typescript"),
    "tsx": "tsx",
    **dict.fromkeys(("go", "golang"), "go"),
    **dict.fromkeys(("bash", "sh", "shell", "zsh", "ksh", "console", "shellsession", "shell-session"), "bash"),
}
_DATA = {"json", "yaml", "yml", "toml", "ini", "text", "txt", "plaintext", "output", "xml", "html", "css", "sql", "csv"}
_DATA |= {"markdown", "md", "diff", "dotenv", "env", "properties", "http", "log", "mermaid", "none", "requirements"}
_PROMPT = re.compile(r"^(?:>>>|\.\.\.)(?: |$)")
_SIGNS: tuple[tuple[Language, re.Pattern[str]], ...] = (
    ("go", re.compile(r"^package \w+$|^func [\w(].*\{\s*$|^import \($", re.MULTILINE)),
    ("bash", re.compile(r"^#!.*\b(ba|z|k)?sh\b|^\s*(fi|done|esac)\s*$|^set -[eux]", re.MULTILINE)),
    ("typescript", re.compile(r"^(export )?(interface|type) \w+|\((\w+: (string|number|Request)[,)])", re.MULTILINE)),
    (
        "javascript",
        re.compile(r"^\s*(const|let|var) [\w{\[].*=|=>|^(async )?function\b|\brequire\(|^export ", re.MULTILINE),
    ),
    ("python", re.compile(r"^\s*(async )?def \w+\(|^(from [\w.]+ )?import \w|^class \w+.*:\s*$", re.MULTILINE)),
)
_BROKEN = 0.1
"""Share of a text that a grammar may fail on before it counts as no program."""


@dataclass(frozen=True)
class Program:
    """What is to be graded."""

    language: Language | Literal["other"]
    """`other` where no rule is written for it."""

    code: str


def extracted(reply: str) -> tuple[list[Program], str | None]:
    """The programs in a reply: its fenced blocks, those of one language joined, or the reply itself where it is one.

    Blocks without a language are looked at only where no other block is a program, as they may hold the output. Lines
    of a shell beside a program tell how it is started, and are left out. Of a session at the prompt what was typed is
    taken. A block that nothing closes goes on to the end.

    Args:
        reply: What a model answered.

    Returns:
        The programs and None, or none of them and why there is none to be graded: `no_code` or `unparsable`.
    """
    blocks = [(m["language"].lower(), _typed(textwrap.dedent(m["code"]))) for m in _FENCE.finditer(reply)]
    told = [(_named(label), code) for label, code in blocks if label and label not in _DATA]
    if any(language != "bash" for language, _ in told):
        told = [(language, code) for language, code in told if language != "bash"]
    if not told:
        told = _guessed([code for label, code in blocks if not label]) if blocks else _guessed([reply], whole=True)
    joined = {language: "\n\n".join(c for one, c in told if one == language) for language, _ in told}
    programs = [Program(language, code) for language, code in joined.items()]
    if not programs:
        return [], "no_code"
    readable = [one for one in programs if is_readable(one) or _holds_much(one)]
    if not readable:
        return [], "unparsable"
    able = [one for one in readable if one.language == "other" or _does_something(one)]
    return (able, None) if able else ([], "no_code")


def ends_open(reply: str) -> bool:
    """Whether a reply ends within a fenced block, so that the program may be cut off.

    Args:
        reply: What a model answered.
    """
    return any(not match["end"] for match in _FENCE.finditer(reply))


def is_readable(program: Program) -> bool:
    """Whether a program's grammar fits all of its text.

    Args:
        program: The program; one of another language counts as readable.
    """
    if program.language == "other":
        return True
    if "\0" in program.code:
        return False
    if program.language == "python" and _statements(program.code) is not None:
        return True
    return broken_share(program.code, program.language) == 0.0


def _named(label: str) -> Language | Literal["other"]:
    return _LABELS.get(label) or _LABELS.get(label.rpartition(".")[2]) or "other"


def _guessed(codes: list[str], *, whole: bool = False) -> list[tuple[Language | Literal["other"], str]]:
    """Texts that are programs, each with the language that it looks like."""
    found = []
    for code in codes:
        language = _looks_like(code)
        if language is None and not whole and _statements(code) is not None:
            language = "python"
        if language is not None and (not whole or broken_share(code, language) < _BROKEN):
            found.append((language, code))
    return [*found]


def _looks_like(code: str) -> Language | None:
    statements = _statements(code)
    if statements and any(not isinstance(node, ast.Expr) for node in statements):
        return "python"
    scores = [(len(sign.findall(code)), language) for language, sign in _SIGNS]
    best = max(scores, key=lambda score: score[0])
    return best[1] if best[0] else None


def _typed(block: str) -> str:
    """What was typed of a session at the prompt; a block that is none stays as it is."""
    lines = block.splitlines(keepends=True)
    if block.lstrip().startswith(">>>"):
        return "".join(_PROMPT.sub("", line, count=1) for line in lines if _PROMPT.match(line))
    if block.lstrip().startswith("$ "):
        return "".join(line.removeprefix("$ ") for line in lines if line.startswith("$ "))
    return block


def _statements(code: str) -> list[ast.stmt] | None:
    try:
        return ast.parse(textwrap.dedent(code)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _holds_much(program: Program) -> bool:
    """Whether most of a program that is broken somewhere can still be read."""
    return (
        program.language != "other" and "\0" not in program.code and broken_share(program.code, program.language) < 0.5
    )


def _does_something(program: Program) -> bool:
    """Whether there is a statement, or an expression that calls something."""
    if program.language == "other":
        return True
    if program.language == "python" and any(not isinstance(node, ast.Expr) for node in _statements(program.code) or []):
        return True
    return any(node.op in _ACTS for node in walk(parsed(program.code, program.language)))


_ACTS = frozenset(["call", "func", "class", "assign", "import", "return", "if", "loop", "raise"])
