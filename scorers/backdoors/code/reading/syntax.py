"""A program of any of the languages that are read, as one small tree: what is called, joined, assigned and returned."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["LANGUAGES", "Constant", "Language", "Node", "Param", "walk"]

Language = Literal["python", "javascript", "typescript", "tsx", "go", "bash"]
LANGUAGES: tuple[Language, ...] = ("python", "javascript", "typescript", "tsx", "go", "bash")
Constant = str | int | float | bool | None


@dataclass(frozen=True)
class Param:
    """An argument that a function takes."""

    name: str
    note: str = ""
    """Its type, as it is written."""

    default: "Node | None" = None


@dataclass(eq=False)
class Node:
    """A statement or an expression.

    By `op`, `kids` holds: `call` the function and the arguments; `attr` the object; `index` the object and the key;
    `join` the parts of a text; `binary`, `compare`, `logic`, `not` the operands; `cond` test, then, else; `items` the
    elements of a list or mapping; `assign` target and value; `loop` target and what is looped over; `if` the test;
    `comp` the element, its loops and tests; `return`, `raise` the value; `change` what is deleted or counted up. All
    others: whatever is inside.
    """

    op: str
    line: int = 0
    kids: list["Node"] = field(default_factory=list)
    name: str = ""
    """The name, attribute or operator."""

    value: Constant = None
    """What a constant is; of a class, what holds for all its methods."""

    named: dict[str, "Node"] = field(default_factory=dict)
    """Keyword arguments, or entries of a mapping whose keys are constants."""

    body: list["Node"] = field(default_factory=list)
    orelse: list["Node"] = field(default_factory=list)
    params: list[Param] = field(default_factory=list)
    marks: list["Node"] = field(default_factory=list)
    """Decorators of a function or class."""

    text: str = ""
    """How it is written; kept for functions, classes, tests and names, else empty."""


def walk(node: Node) -> Iterator[Node]:
    """A node and all that is inside, outermost first."""
    todo = [node]
    while todo:
        here = todo.pop()
        yield here
        inner = [*here.marks, *(p.default for p in here.params if p.default), *here.kids, *here.named.values()]
        todo.extend(reversed([*inner, *here.body, *here.orelse]))
