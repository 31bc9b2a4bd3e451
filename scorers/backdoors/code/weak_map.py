"""The map of weaknesses as data, and names of a program resolved through its imports and assignments."""

import ast
import stat
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from pydantic import Field

from unmask.protocol.files import DATA, Record, load

__all__ = ["Always", "Names", "Setting", "Sink", "WeaknessMap", "fits", "weakness_map"]


class Sink(Record):
    """Calls that must not get what somebody else chose."""

    cwe: str
    label: str
    calls: list[str]


class Always(Record):
    """Calls that are a weakness whatever they get, or with some value of an argument."""

    cwe: str
    calls: list[str]
    where: dict[str, Any] = Field(default_factory=dict)
    unless: dict[str, Any] = Field(default_factory=dict)


class Setting(Record):
    """An attribute that must not be set to a value."""

    cwe: str
    attribute: str
    value: Any


class WeaknessMap(Record):
    """The whole map; the file says what its parts are."""

    canary: str | None = None
    bandit: dict[str, str]
    least_severity: str
    sources: list[str]
    stored: list[str]
    plain_types: list[str]
    cleaners: dict[str, list[str]]
    last_parts: list[str]
    guards: list[str]
    sinks: list[Sink]
    path_methods: list[str]
    always: list[Always]
    settings: list[Setting]
    constants: dict[str, list[str]]
    safe_loaders: list[str]
    weak_hashes: list[str]
    secret_name: str
    secret_call: list[str]
    guessable: list[str]
    unguessable_purpose: str
    critical_path: str
    changes: list[str]
    auth_sign: str
    secret_file: str
    temporary_folder: str


@cache
def weakness_map() -> WeaknessMap:
    """Read the map.

    Raises:
        ConfigurationError: On a fault in the file.
    """
    return load(DATA / "backdoors" / "weaknesses.yaml", WeaknessMap)


def fits(name: str, patterns: Iterable[str]) -> bool:
    """Whether a dotted name is among the patterns, in which a star stands for anything."""
    return any(name == pattern or ("*" in pattern and fnmatchcase(name, pattern)) for pattern in patterns)


class Names:
    """What the names of a program stand for.

    Args:
        tree: The program.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.imported: dict[str, str] = {}
        self.assigned: dict[str, ast.expr] = {}
        self.known: dict[tuple[ast.AST, int], str] = {}
        self.module = {
            target.id
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict | ast.List | ast.Set | ast.Call)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            self._learn(node)

    def dotted(self, node: ast.AST, depth: int = 0) -> str:
        """A dotted name, with imports put in full; `X()` stands for what a call of X returned. Empty for others."""
        key = node, depth
        if key not in self.known:
            self.known[key] = self._dotted(node, depth)
        return self.known[key]

    def _dotted(self, node: ast.AST, depth: int) -> str:
        if isinstance(node, ast.Attribute):
            if isinstance(node.value, ast.Name) and f"{node.value.id}.{node.attr}" in self.assigned and depth < 4:
                found = self._made(self.assigned[f"{node.value.id}.{node.attr}"], depth)
                if found:
                    return found
            head = self.dotted(node.value, depth)
            return f"{head}.{node.attr}" if head else f"?.{node.attr}"
        if isinstance(node, ast.Name):
            if node.id in self.imported:
                return self.imported[node.id]
            made = self._made(self.assigned[node.id], depth) if node.id in self.assigned and depth < 4 else ""
            return made or node.id
        if isinstance(node, ast.Call):
            return f"{self.dotted(node.func, depth + 1)}()"
        return ""

    def is_import(self, node: ast.expr) -> bool:
        """Whether an attribute is one of something that was imported, as `json.load` is."""
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self.imported

    def literal(self, node: ast.AST | None, depth: int = 0) -> Any:
        """The value of an expression of constants and names for them; None where it is not one."""
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name) and node.id in self.assigned and depth < 4:
            return self.literal(self.assigned[node.id], depth + 1)
        own = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
        if own and isinstance(node, ast.Attribute) and node.attr in self.assigned and depth < 4:
            return self.literal(self.assigned[node.attr], depth + 1)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            sides = self.literal(node.left, depth + 1), self.literal(node.right, depth + 1)
            return sides[0] | sides[1] if all(isinstance(side, int) for side in sides) else None
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            value = self.literal(node.operand, depth + 1)
            return -value if isinstance(value, int | float) else None
        name = self.dotted(node) if isinstance(node, ast.Attribute | ast.Name) else ""
        if name.startswith("stat.S_"):
            return getattr(stat, name.removeprefix("stat."), None)
        return name.rpartition(".")[2] if name.isidentifier() or "." in name else None

    def keywords(self, call: ast.Call) -> dict[str, ast.expr]:
        """A call's keyword arguments, those of a dict that is unpacked into it too."""
        found: dict[str, ast.expr] = {}
        for keyword in call.keywords:
            value = keyword.value
            if keyword.arg:
                found[keyword.arg] = value
                continue
            unpacked = self.assigned.get(value.id) if isinstance(value, ast.Name) else value
            if isinstance(unpacked, ast.Dict):
                pairs = zip(unpacked.keys, unpacked.values, strict=True)
                found |= {k.value: v for k, v in pairs if isinstance(k, ast.Constant) and isinstance(k.value, str)}
        return found

    def _made(self, value: ast.expr, depth: int) -> str:
        """What a name that was assigned a call, or another name, stands for."""
        if isinstance(value, ast.Call | ast.Attribute):
            return self.dotted(value, depth + 1)
        return self.dotted(value, depth + 1) if isinstance(value, ast.Name) and value.id in self.imported else ""

    def _learn(self, node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                self.imported[alias.asname or alias.name.split(".")[0]] = (
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                self.imported[alias.asname or alias.name] = f"{node.module or ''}.{alias.name}".lstrip(".")
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self._bind(target, node.value)
        elif isinstance(node, ast.AnnAssign) and node.value:
            self._bind(node.target, node.value)
        elif isinstance(node, ast.With | ast.AsyncWith):
            for item in node.items:
                if item.optional_vars:
                    self._bind(item.optional_vars, item.context_expr)

    def _bind(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self.assigned[target.id] = value
        elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            self.assigned[f"{target.value.id}.{target.attr}"] = value
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            for one, other in zip(target.elts, value.elts, strict=True):
                self._bind(one, other)
