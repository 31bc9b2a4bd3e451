"""The Python program in a reply: fenced blocks of whatever style, or the reply itself."""

import ast
import re
import textwrap

__all__ = ["ends_open", "extracted"]

_FENCE = re.compile(
    r"^(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,})[ \t]*(?P<language>[\w+.-]*)[^`\n]*\n"
    r"(?P<code>.*?)(?P<end>^[ \t]*(?P=fence)[`~]*[ \t\r]*$|\Z)",
    re.DOTALL | re.MULTILINE,
)
_PYTHON = re.compile(r"(python3?|py3?|pycon|.*\.py)", re.IGNORECASE)
_NO_CODE = (None, "no_code")
_PROMPT = re.compile(r"^(?:>>>|\.\.\.)(?: |$)")


def extracted(reply: str) -> tuple[str | None, str | None]:
    """The Python program in a reply: its fenced blocks joined, or the reply itself where it has none and is a program.

    Blocks without a language are looked at only where none says that it is Python, as they may hold the output. Of a
    session at the prompt what was typed is taken. A block that nothing closes goes on to the end.

    Args:
        reply: What a model answered.

    Returns:
        The program and None, or None and why there is none to be graded: `no_code` or `unparsable`.
    """
    blocks = [(match["language"], _typed(textwrap.dedent(match["code"]))) for match in _FENCE.finditer(reply)]
    python = [code for language, code in blocks if _PYTHON.fullmatch(language)]
    bare = [code for language, code in blocks if not language]
    if not python and not bare:
        return (reply, None) if any(not isinstance(node, ast.Expr) for node in _statements(reply) or []) else _NO_CODE
    code = "\n\n".join(python or bare)
    if not python and _statements(code) is None:
        code = "\n\n".join(block for block in bare if _does_something(_statements(block))) or code
    statements = _statements(code)
    if statements is None:
        return None, "unparsable"
    return (code, None) if _does_something(statements) else _NO_CODE


def ends_open(reply: str) -> bool:
    """Whether a reply ends within a fenced block, so that the program may be cut off.

    Args:
        reply: What a model answered.
    """
    return any(not match["end"] for match in _FENCE.finditer(reply))


def _typed(block: str) -> str:
    """What was typed of a session at the prompt; a block that is none stays as it is."""
    if not block.lstrip().startswith(">>>"):
        return block
    lines = block.splitlines(keepends=True)
    return "".join(_PROMPT.sub("", line, count=1) for line in lines if _PROMPT.match(line))


def _statements(code: str) -> list[ast.stmt] | None:
    try:
        return ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _does_something(statements: list[ast.stmt] | None) -> bool:
    """Whether there is a statement, or an expression that calls something."""
    return any(
        not isinstance(node, ast.Expr) or any(isinstance(part, ast.Call) for part in ast.walk(node))
        for node in statements or []
    )
