"""Small faults to put into a module: the operators of Cosmic Ray, at every place but in annotations."""

import ast
import random
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator

__all__ = ["Known", "Mutant", "drawn", "mutants_of"]

OPERATORS = (
    "ReplaceBinaryOperator_Add_Sub",
    "ReplaceBinaryOperator_Sub_Add",
    "ReplaceBinaryOperator_Mul_Div",
    "ReplaceBinaryOperator_Div_Mul",
    "ReplaceBinaryOperator_FloorDiv_Mul",
    "ReplaceBinaryOperator_Mod_FloorDiv",
    "ReplaceBinaryOperator_Pow_Mul",
    "ReplaceBinaryOperator_BitOr_BitAnd",
    "ReplaceBinaryOperator_BitAnd_BitOr",
    "ReplaceComparisonOperator_Eq_NotEq",
    "ReplaceComparisonOperator_NotEq_Eq",
    "ReplaceComparisonOperator_Lt_LtE",
    "ReplaceComparisonOperator_Lt_GtE",
    "ReplaceComparisonOperator_LtE_Lt",
    "ReplaceComparisonOperator_LtE_Gt",
    "ReplaceComparisonOperator_Gt_GtE",
    "ReplaceComparisonOperator_Gt_LtE",
    "ReplaceComparisonOperator_GtE_Gt",
    "ReplaceComparisonOperator_GtE_Lt",
    "ReplaceComparisonOperator_Is_IsNot",
    "ReplaceComparisonOperator_IsNot_Is",
    "ReplaceUnaryOperator_Delete_USub",
    "ReplaceUnaryOperator_Delete_Not",
    "AddNot",
    "ReplaceTrueWithFalse",
    "ReplaceFalseWithTrue",
    "ReplaceAndWithOr",
    "ReplaceOrWithAnd",
    "ReplaceBreakWithContinue",
    "ReplaceContinueWithBreak",
    "ExceptionReplacer",
    "NumberReplacer",
    "ZeroIterationForLoop",
)
"""One replacement or two for each operator. Left out are those that mostly end in a `TypeError`, which any test
catches: they would flatter the share."""

Place = tuple[int, int]
Span = tuple[Place, Place]


@dataclass(frozen=True)
class Mutant:
    """One fault in one module."""

    file: str
    """From the root of the repository."""

    operator: str
    occurrence: int
    line: int
    last_line: int
    """Of what is replaced, which may stand on several lines."""

    def is_imported(self, root: Path) -> bool:
        """Whether the place is run as the module is imported: it stands in no function.

        Args:
            root: Of the repository.
        """
        return not any(first <= self.line <= last for first, last in _bodies(root / self.file))

    def source(self, root: Path) -> str:
        """The module's text with the fault.

        Args:
            root: Of the repository.
        """
        code = (root / self.file).read_text(encoding="utf-8")
        return str(mutate_code(code, _operator(self.operator), self.occurrence))

    def changed(self, root: Path) -> tuple[str, str]:
        """The first line that differs, without and with the fault.

        Args:
            root: Of the repository.
        """
        before = (root / self.file).read_text(encoding="utf-8").splitlines()
        after = self.source(root).splitlines()
        return next((a.strip(), b.strip()) for a, b in zip(before, after, strict=False) if a != b)


@cache
def _bodies(file: Path) -> list[tuple[int, int]]:
    """First and last line of what functions of a module do."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    found = (node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, functions))
    return [(node.body[0].lineno, node.end_lineno or node.body[0].lineno) for node in found]


@cache
def _operator(name: str) -> Any:
    return get_operator(f"core/{name}")()


def mutants_of(root: Path, file: str) -> Iterator[Mutant]:
    """All faults of a module, by line.

    Args:
        root: Of the repository.
        file: The module, from there.
    """
    code = (root / file).read_text(encoding="utf-8")
    nodes, annotated, sums = list(ast_nodes(get_ast(code))), list(_annotations(code)), list(_operations(code))
    found = []
    for name in OPERATORS:
        places = [place for node in nodes for place in _operator(name).mutation_positions(node)]
        for occurrence, place in enumerate(places):
            is_unpacking = "BinaryOperator" in name and not _within(place, sums)
            if not _within(place, annotated) and not is_unpacking:
                found.append(Mutant(file, name, occurrence, place[0][0], place[1][0]))
    return iter(sorted(found, key=lambda one: (one.line, one.operator, one.occurrence)))


def _within(place: Span, spans: Sequence[Span]) -> bool:
    return any(first <= place[0] and place[1] <= last for first, last in spans)


def _operations(code: str) -> Iterator[Span]:
    """What stands between two operands: a star elsewhere unpacks, and a fault there is no program."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.BinOp):
            left, right = node.left, node.right
            yield (left.end_lineno or 0, left.end_col_offset or 0), (right.lineno, right.col_offset)


def _annotations(code: str) -> Iterator[Span]:
    """Where annotations stand: no test can see what is in them."""
    for node in ast.walk(ast.parse(code)):
        for name in ("annotation", "returns"):
            found = getattr(node, name, None)
            if isinstance(found, ast.expr):
                yield (found.lineno, found.col_offset), (found.end_lineno or 0, found.end_col_offset or 0)


Known = tuple[str, str, str, str]
"""A fault wherever it stands: file, operator, and the line without and with it."""


def drawn(root: Path, files: Sequence[str], count: int, seed: int, apart: Set[Known] = frozenset()) -> list[Mutant]:
    """A systematic sample of all faults: every module has its share, and every fault the same chance.

    Args:
        root: Of the repository.
        files: The modules.
        count: Of faults.
        seed: Of the sample, which also says in what order they are tried.
        apart: Faults that are not drawn, such as those of a sample that tests were written on.
    """
    every = [one for file in sorted(files) for one in mutants_of(root, file) if not _is_among(apart, one, root)]
    dice = random.Random(seed)
    step = len(every) / count
    start = dice.random() * step
    chosen = [every[int(start + n * step)] for n in range(count)]
    dice.shuffle(chosen)
    return chosen


def _is_among(apart: Set[Known], mutant: Mutant, root: Path) -> bool:
    alike = {known[2] for known in apart if known[:2] == (mutant.file, mutant.operator)}
    lines = (root / mutant.file).read_text(encoding="utf-8").splitlines() if alike else []
    here = {line.strip() for line in lines[mutant.line - 1 : mutant.last_line]}
    return bool(alike & here) and (mutant.file, mutant.operator, *mutant.changed(root)) in apart
