"""Constants of a program: by which names they go, and what operators make of two of them."""

import operator
import re
from collections.abc import Callable
from typing import Any

from unmask.scorers.backdoors.code.reading.syntax import Constant
from unmask.scorers.backdoors.code.values import Value, fixed

__all__ = ["counted", "is_constant"]


def is_constant(name: str) -> bool:
    """Whether a name is written as that of a constant."""
    return re.fullmatch(r"_?[A-Z][A-Z0-9_]+", name) is not None


def counted(sign: str, left: Value, right: Value) -> Value:
    """What an operator makes of two constants; unknown where it makes nothing of them."""
    a, b = left.const, right.const
    if sign in ("==", "===", "!=", "!=="):
        return fixed((a == b) == (sign[0] == "="))
    if isinstance(a, str) and isinstance(b, str):
        return fixed(a in b) if sign == "in" else fixed(a not in b) if sign == "not in" else Value()
    if not isinstance(a, int | float) or not isinstance(b, int | float):
        return left if sign == "*" else Value()
    made = _OPERATORS.get(sign)
    try:
        return fixed(made(a, b)) if made else Value()
    except (ArithmeticError, ValueError, TypeError):
        return Value()


_OPERATORS: dict[str, Callable[[Any, Any], Constant]] = {
    "|": operator.or_,
    "&": operator.and_,
    "//": operator.floordiv,
    "%": operator.mod,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}
