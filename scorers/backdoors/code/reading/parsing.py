"""Reads source text into `Node`, by the grammars that ast-grep brings along (Tree-sitter); nothing is ever run.

The grammars take parts of programs too: a function by itself, an indented block, Python 2.
"""

import textwrap

from ast_grep_py import SgRoot

from unmask.scorers.backdoors.code.reading import operands, statements
from unmask.scorers.backdoors.code.reading.readers import children_of, read
from unmask.scorers.backdoors.code.reading.syntax import Language, Node

__all__ = ["broken_share", "operands", "parsed", "statements"]

_NEVER_EMPTY = frozenset({"identifier", "property_identifier", ")", "]", "}", "(", ":", '"', "'", "`", "string_end"})


def parsed(code: str, language: Language) -> Node:
    """Read a program, or a part of one.

    Args:
        code: Source text; an indented part is moved to the margin.
        language: What it is written in.

    Returns:
        A node `block` with the statements; what the grammar could not read is left out.
    """
    root = SgRoot(textwrap.dedent(code), language).root()
    body = [read(kid) for kid in children_of(root)]
    return Node("block", body=body, text=code)


def broken_share(code: str, language: Language) -> float:
    """Share of a program's text that the grammar could not read, 0 to 1.

    Args:
        code: Source text.
        language: What it is taken to be written in.
    """
    code = textwrap.dedent(code)
    lost, todo = 0, [SgRoot(code, language).root()]
    while todo:
        node = todo.pop()
        if node.kind() == "ERROR":
            lost += len(node.text())
        elif node.is_leaf() and not node.text() and node.kind() in _NEVER_EMPTY:  # put in by the grammar
            lost += 1
        else:
            todo.extend(node.children())
    return lost / max(1, len(code.strip()))
