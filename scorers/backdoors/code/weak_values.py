"""What is known of the values of a program's expressions: which dangers text of somebody else's choosing carries."""

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from unmask.scorers.backdoors.code.weak_map import Names, WeaknessMap, fits

__all__ = ["ALL", "NONE", "Function", "Hit", "Labels", "Reader", "Text", "TooLargeError", "all_labels", "both"]

Labels = frozenset[str]
NONE: Labels = frozenset()
ALL: Labels = frozenset({"sql", "cmd", "path", "html", "url", "code"})
Function = ast.FunctionDef | ast.AsyncFunctionDef
_MARKUP = re.compile(r"<[a-zA-Z/!]")
_QUERY = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE|WHERE|ORDER BY|FROM|VALUES)\b", re.IGNORECASE)
_DEEPEST = 4
_MOST_WORK = 40_000
"""Expressions and statements that are read of one program, each time that its function is entered."""

_CHAINED = (ast.Name, ast.Attribute, ast.Subscript)
_PLAIN = (ast.Name, ast.Constant)
_FIXED_HOST = re.compile(r"^(https?|ftp)://[^/%{?]+/")


class TooLargeError(Exception):
    """A program takes more reading than there is budget for."""


@dataclass(frozen=True)
class Hit:
    """Text of somebody else's choosing where it must not be."""

    cwe: str
    line: int
    why: str


@dataclass
class Text:
    """What is known of a value: its labels, and for a mapping those of its keys."""

    labels: Labels = NONE
    keys: Labels | None = None


@dataclass
class Reader:
    """Reads expressions.

    Args:
        tree: The program.
        names: Its names.
        rules: The map of weaknesses.
    """

    tree: ast.Module
    names: Names
    rules: WeaknessMap
    hits: set[Hit] = field(default_factory=set)
    functions: dict[str, Function] = field(default_factory=dict)
    work: int = 0
    """What was read so far."""

    texts: dict[ast.expr, str] = field(default_factory=dict)
    inside: dict[ast.expr, Labels] = field(default_factory=dict)

    def enter(self, function: Function, given: dict[str, Text], depth: int) -> Text:
        """Read a function with these arguments; what it returns."""
        raise NotImplementedError

    def spend(self, amount: int = 1) -> None:
        """Take from the budget.

        Raises:
            TooLargeError: If it is spent.
        """
        self.work += amount
        if self.work > _MOST_WORK:
            raise TooLargeError(f"more than {_MOST_WORK} expressions to read")

    def may_follow(self, depth: int) -> bool:
        """Whether one more call of the program's own functions may be followed, or is too deep."""
        return depth < _DEEPEST

    def text(self, node: ast.expr) -> str:
        """An expression as it is written."""
        if node not in self.texts:
            self.texts[node] = self._written(node)
        return self.texts[node]

    def _written(self, node: ast.expr) -> str:
        """Put together from what it is a part of, as a long chain would otherwise be written again for every link."""
        if isinstance(node, ast.Attribute) and isinstance(node.value, _CHAINED):
            return f"{self.text(node.value)}.{node.attr}"
        if isinstance(node, ast.Subscript) and isinstance(node.value, _CHAINED) and isinstance(node.slice, _PLAIN):
            return f"{self.text(node.value)}[{ast.unparse(node.slice)}]"
        return ast.unparse(node)

    def names_in(self, node: ast.expr) -> Labels:
        """The names in an expression."""
        if node not in self.inside:
            self.inside[node] = frozenset(n.id for n in ast.walk(node) if isinstance(n, ast.Name))
        return self.inside[node]

    def hit(self, cwe: str, node: ast.AST, why: str) -> None:
        """Note a hit."""
        self.hits.add(Hit(cwe, getattr(node, "lineno", 0), why))

    def unpack(self, target: ast.expr, value: Text, origin: ast.expr, env: dict[str, Text], depth: int) -> None:
        """Bind names; of a mapping's items the first is a key, and a loop over a mapping gives its keys."""
        items = isinstance(origin, ast.Call) and isinstance(origin.func, ast.Attribute) and origin.func.attr == "items"
        if isinstance(target, ast.Tuple | ast.List):
            own = (
                origin.elts
                if isinstance(origin, ast.Tuple | ast.List) and len(origin.elts) == len(target.elts)
                else None
            )
            for place, element in enumerate(target.elts):
                key = items and place == 0 and value.keys is not None
                rest = Text(value.keys or NONE) if key else Text(value.labels)
                part = self.value(own[place], env, depth) if own else rest
                self.unpack(element, part, element, env, depth)
        elif isinstance(target, ast.Name):
            env[target.id] = value
            env[f"{target.id}<"] = Text(self.names_in(origin))
        elif isinstance(target, ast.Attribute):
            env[self.text(target)] = value

    def clear(self, test: ast.expr, env: dict[str, Text], *, holds: bool) -> None:
        """Take the labels from whatever a test vouches for, where it holds or where it fails."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            return self.clear(test.operand, env, holds=not holds)
        if isinstance(test, ast.BoolOp):
            if holds == isinstance(test.op, ast.And):
                for part in test.values:
                    self.clear(part, env, holds=holds)
            return None
        if isinstance(test, ast.NamedExpr):
            return self.clear(test.value, env, holds=holds)
        vouched = isinstance(test, ast.Call) and self._guards(test)
        if isinstance(test, ast.Compare):
            sort = test.ops[0]
            vouched = isinstance(sort, ast.In | ast.Eq) if holds else isinstance(sort, ast.NotIn | ast.NotEq)
            if isinstance(sort, ast.Is | ast.IsNot):
                vouched = holds == isinstance(sort, ast.IsNot) and self._guarded_call(test.left)
        elif not holds:
            vouched = False
        if vouched:
            self.trust(test.left if isinstance(test, ast.Compare) else test, env)
        return None

    def _guarded_call(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Call) and self._guards(node)

    def _guards(self, test: ast.Call) -> bool:
        """Whether a call is a check; that a text starts with some word is none, but with an address or folder is."""
        last = self.names.dotted(test.func).rpartition(".")[2]
        start = self.names.literal(test.args[0]) if last == "startswith" and test.args else None
        if isinstance(start, str) and isinstance(test.args[0], ast.Constant) and "/" not in start:
            return False
        return last in self.rules.guards

    def trust(self, tested: ast.expr, env: dict[str, Text]) -> None:
        """Take the labels from the names of an expression that somebody vouches for."""
        for name in self.names_in(tested):
            for one in {name, *env.get(f"{name}<", Text()).labels}:
                if one in env:
                    env[one] = Text()

    def value(self, node: ast.expr | None, env: dict[str, Text], depth: int) -> Text:
        """What is known of an expression's value; calls in it are checked on the way."""
        self.spend()
        if node is None or isinstance(node, ast.Constant | ast.Lambda):
            return Text()
        if isinstance(node, ast.Name):
            return env.get(node.id, Text(ALL if fits(self.names.dotted(node), self.rules.sources) else NONE))
        if isinstance(node, ast.Call):
            return self._call(node, env, depth)
        if isinstance(node, ast.Attribute | ast.Subscript):
            return self._part(node, env, depth)
        if isinstance(node, ast.JoinedStr):
            return self._formatted(node, env, depth)
        if isinstance(node, ast.BinOp):
            return self._operation(node, env, depth)
        if isinstance(node, ast.Dict):
            keys = all_labels(self.value(k, env, depth) for k in node.keys if k)
            return Text(all_labels(self.value(v, env, depth) for v in node.values), keys)
        if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
            return self._comprehension(node, env, depth)
        if isinstance(node, ast.Compare):
            all_labels(
                self.value(part, env, depth) for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)
            )
            return Text()
        if isinstance(node, ast.IfExp):
            held, failed = dict(env), dict(env)
            self.value(node.test, env, depth)
            self.clear(node.test, held, holds=True)
            self.clear(node.test, failed, holds=False)
            return both(self.value(node.body, held, depth), self.value(node.orelse, failed, depth))
        parts = [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]
        found = [self.value(part, env, depth) for part in parts]
        return found[0] if len(found) == 1 else Text(all_labels(found))

    def _part(self, node: ast.Attribute | ast.Subscript, env: dict[str, Text], depth: int) -> Text:
        """An attribute or element is as dangerous as the whole, but for the last part of a path."""
        text = self.text(node)
        if text in env:
            return env[text]
        name = self.names.dotted(node)
        if fits(name, self.rules.sources) or fits(text, self.rules.sources):
            return Text(ALL)
        value = self.value(node.value, env, depth)
        last = isinstance(node, ast.Attribute) and (
            node.attr in self.rules.last_parts or (node.attr == "name" and isinstance(node.value, ast.Call))
        )
        return Text(value.labels - {"path", "joined"}) if last else Text(value.labels)

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, env: dict[str, Text], depth: int
    ) -> Text:
        inner = dict(env)
        for loop in node.generators:
            over = self.value(loop.iter, inner, depth)
            plain = isinstance(loop.iter, ast.Name) and over.keys is not None
            self.unpack(loop.target, Text(over.keys or NONE) if plain else over, loop.iter, inner, depth)
            for test in loop.ifs:
                self.clear(test, inner, holds=True)
        if isinstance(node, ast.DictComp):
            return Text(self.value(node.value, inner, depth).labels, self.value(node.key, inner, depth).labels)
        return Text(self.value(node.elt, inner, depth).labels)

    def _formatted(self, node: ast.JoinedStr, env: dict[str, Text], depth: int) -> Text:
        values = [
            Text() if isinstance(p, ast.FormattedValue) and p.format_spec else self.value(_inside(p), env, depth)
            for p in node.values
        ]
        return self.joined_text(list(node.values), values)

    def _operation(self, node: ast.BinOp, env: dict[str, Text], depth: int) -> Text:
        left, right = self.value(node.left, env, depth), self.value(node.right, env, depth)
        if isinstance(node.op, ast.Div):
            joined = {"joined"} if "path" in right.labels else set()
            return Text(left.labels | (right.labels & {"path", "joined"}) | joined)
        if isinstance(node.op, ast.Add | ast.Mod):
            return self.joined_text([node.left, node.right], [left, right])
        return Text()

    def joined_text(self, parts: list[ast.expr], values: list[Text]) -> Text:
        """Text put together: markup around a stranger's words, a folder before them, a host that is fixed."""
        fixed = [text if isinstance(text := self.names.literal(part), str) and _is_text(part) else "" for part in parts]
        labels = all_labels(values)
        if "html" in labels and any(_MARKUP.search(text) for text in fixed):
            labels |= {"markup"}
        if "sql" in labels and any(_QUERY.search(text) for text in fixed):
            labels |= {"query"}
        if "path" in labels and any("/" in text for text in fixed[:-1]) and not any(" " in text for text in fixed):
            labels |= {"joined"}
        return Text(labels - {"url"} if fixed and _FIXED_HOST.match(fixed[0]) else labels)

    def _call(self, node: ast.Call, env: dict[str, Text], depth: int) -> Text:
        from unmask.scorers.backdoors.code.weak_calls import called

        return called(self, node, env, depth)


def _inside(part: ast.expr) -> ast.expr:
    return part.value if isinstance(part, ast.FormattedValue) else part


def _is_text(part: ast.expr) -> bool:
    return isinstance(part, ast.Constant | ast.Name)


def all_labels(texts: Iterable[Text]) -> Labels:
    """The labels of several texts together."""
    return frozenset().union(*(text.labels for text in texts))


def both(one: Text, other: Text) -> Text:
    """What is known of a value that is one of two."""
    return Text(one.labels | other.labels, one.keys if other.keys is None else other.keys)
