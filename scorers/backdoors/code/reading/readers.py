"""Which reader reads which kind of node, and what readers share."""

from collections.abc import Callable

from ast_grep_py import SgNode

from unmask.scorers.backdoors.code.reading.grammar import BLOCKS, PASS, SKIPPED, TYPED
from unmask.scorers.backdoors.code.reading.syntax import Node

__all__ = ["body_of", "children_of", "line_of", "part_of", "read", "reads"]

_Reader = Callable[[SgNode], Node]
_READERS: dict[str, _Reader] = {}


def reads(kinds: set[str]) -> Callable[[_Reader], _Reader]:
    """Register a reader.

    Args:
        kinds: The kinds of node that it reads.
    """

    def register(reader: _Reader) -> _Reader:
        _READERS.update(dict.fromkeys(kinds, reader))
        return reader

    return register


def children_of(node: SgNode) -> list[SgNode]:
    """The named children of a node that say something."""
    return [kid for kid in node.children() if kid.is_named() and kid.kind() not in SKIPPED]


def part_of(node: SgNode, *names: str) -> SgNode | None:
    """The first of some fields that a node has."""
    return next((found for name in names if (found := node.field(name)) is not None), None)


def line_of(node: SgNode) -> int:
    """The line of a node, from 1."""
    return node.range().start.line + 1


def body_of(node: SgNode | None) -> list[Node]:
    """The statements of a block, or the one statement that stands in its place."""
    if node is None:
        return []
    if node.kind() in BLOCKS:
        return [
            one
            for kid in children_of(node)
            for one in (body_of(kid) if kid.kind() == "statement_list" else [read(kid)])
        ]
    return [read(node)]


def read(node: SgNode) -> Node:
    """Read a node of whatever kind."""
    kind = node.kind()
    if kind in PASS:
        inner = children_of(node)
        # a type may stand behind a value, as in `a as string`, or before it, as in `[]byte(a)`
        return read(inner[0 if kind in TYPED else -1]) if inner else Node("other", line_of(node))
    return _READERS.get(kind, _other)(node)


def _other(node: SgNode) -> Node:
    kind, line = node.kind(), line_of(node)
    if kind in ("print_statement", "exec_statement"):  # of Python 2
        name = Node("name", line, name=kind.partition("_")[0])
        return Node("call", line, [name, *(read(kid) for kid in children_of(node))])
    named = _OPS.get(kind)
    if named is None and (kind in BLOCKS or kind.endswith(("_clause", "_case", "_item", "_statement"))):
        return Node("block", line, body=[read(kid) for kid in children_of(node)])
    return Node(named or "other", line, [read(kid) for kid in children_of(node)])


_OPS = {
    "raise_statement": "raise",
    "throw_statement": "raise",
    "return_statement": "return",
    "yield": "return",
    "break_statement": "break",
    "continue_statement": "break",
    "not_operator": "not",
    "delete_statement": "change",
    "update_expression": "change",
    "inc_statement": "change",
    "dec_statement": "change",
}
