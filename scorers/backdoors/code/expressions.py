"""What is known of the values of a program's expressions; calls in them are checked on the way."""

import stat
from collections.abc import Callable
from dataclasses import replace

from unmask.scorers.backdoors.code.checks import Checks
from unmask.scorers.backdoors.code.constants import counted, is_constant
from unmask.scorers.backdoors.code.reading.names import imports
from unmask.scorers.backdoors.code.reading.syntax import Language, Node
from unmask.scorers.backdoors.code.values import (
    FIXED,
    OUTSIDE,
    UNKNOWN,
    Value,
    fixed,
    formatted,
    joined,
    united,
)
from unmask.scorers.backdoors.code.weakness_rules import Rules, fits

__all__ = ["Env", "Expressions", "TooLargeError"]

Env = dict[str, Value]
_MOST_WORK = 60_000
_LAST_PARTS = ("stem", "suffix", "basename")
_SHELLS = frozenset({"sh", "bash", "/bin/sh", "/bin/bash", "/usr/bin/bash", "zsh", "cmd", "cmd.exe", "powershell"})
_TEXT_NEXT = frozenset({"-c", "/c", "/C", "-lc", "-Command"})
_SHAPES = frozenset({"listed", "assembled", "joined", "markup"})


class TooLargeError(Exception):
    """A program takes more reading than there is budget for."""


class Expressions:
    """Reads expressions.

    Args:
        tree: The program.
        language: What it is written in.
        rules: The rules of that language.
    """

    def __init__(self, tree: Node, language: Language, rules: Rules) -> None:
        self.tree, self.language, self.rules = tree, language, rules
        self.checks = Checks(rules, tree.text)
        self.imported = imports(tree, language)
        self.functions: dict[str, Node] = {}
        self.classes: set[str] = set()
        self.fixed_types: set[str] = set()
        self.work = 0
        self._readers: dict[str, Callable[[Node, Env, int], Value]] = {
            "const": self._const, "name": self._name, "attr": self._attr, "index": self._index,
            "call": self._call, "join": self._join, "binary": self._binary, "compare": self._compare,
            "logic": self._all, "cond": self._cond, "items": self._items, "comp": self._comp,
            "func": self._func, "assign": self._assign, "not": self._not,
        }  # fmt: skip

    def spend(self, amount: int = 1) -> None:
        """Take from the budget.

        Raises:
            TooLargeError: If it is spent.
        """
        self.work += amount
        if self.work > _MOST_WORK:
            raise TooLargeError(f"more than {_MOST_WORK} expressions to read")

    def enter(self, function: Node, given: Env, depth: int) -> Value:
        """Read a function with these arguments; what it returns."""
        raise NotImplementedError

    def bind(self, target: Node, value: Value, origin: Node, env: Env, depth: int) -> None:
        """Give a target a value."""
        raise NotImplementedError

    def clear(self, test: Node, env: Env, *, holds: bool) -> None:
        """Take the danger from whatever a test vouches for, where it holds or where it fails."""
        raise NotImplementedError

    def define(self, function: Node, env: Env, depth: int) -> Value:
        """Take note of a function that is written where a value stands."""
        raise NotImplementedError

    def value(self, node: Node, env: Env, depth: int) -> Value:
        """What is known of an expression's value."""
        self.spend()
        return self._readers.get(node.op, self._all)(node, env, depth)

    def dotted(self, node: Node, env: Env) -> str:
        """A dotted name, with imports put in full; `X()` stands for what a call of X returned. Empty for others."""
        if node.op == "name":
            known = env.get(node.name)
            return (known.origin if known and known.origin else "") or self.imported.get(node.name, node.name)
        if node.op == "attr":
            known = env.get(node.text)
            head = self.dotted(node.kids[0], env) if node.kids else ""
            return known.origin if known and known.origin else f"{head or '?'}.{node.name}"
        if node.op == "call":
            name = self.dotted(node.kids[0], env)
            return f"{name.removesuffix('()')}()" if name else ""
        if node.op == "index" and node.kids:
            key = node.kids[-1].value if node.kids[-1].op == "const" else None
            return self.dotted(node.kids[0], env) + (f".{key}" if isinstance(key, str) else "[]")
        return ""

    def _all(self, node: Node, env: Env, depth: int) -> Value:
        found = [self.value(kid, env, depth) for kid in node.kids]
        for inner in [*node.body, *node.orelse]:
            self.value(inner, env, depth)
        return found[0] if len(found) == 1 else united(found)

    def _not(self, node: Node, env: Env, depth: int) -> Value:
        inner = self._all(node, env, depth)
        return fixed(not inner.const) if inner.known else Value()

    def _const(self, node: Node, env: Env, depth: int) -> Value:
        self.checks.text(node)
        return fixed(node.value)

    def _name(self, node: Node, env: Env, depth: int) -> Value:
        name = self.dotted(node, env)
        self.checks.use(name, node)
        if node.name in env:
            return env[node.name]
        if fits(name, self.rules.outside):
            return Value(OUTSIDE, origin=name)
        if fits(name, self.rules.marks.get("guessable", [])):
            return Value(UNKNOWN, traits=frozenset({"guessable"}), origin=name)
        own = (
            node.name in self.imported
            or node.name in self.functions
            or node.name in self.classes
            or is_constant(node.name)
        )
        return Value(FIXED if own else UNKNOWN, origin=name)

    def _attr(self, node: Node, env: Env, depth: int) -> Value:
        name = self.dotted(node, env)
        self.checks.use(name, node)
        if node.text in env:
            return env[node.text]
        if fits(name, self.rules.outside) or fits(node.text, self.rules.outside):
            return Value(OUTSIDE, origin=name)
        base = self.value(node.kids[0], env, depth) if node.kids else Value(UNKNOWN)
        if base.fields and node.name in base.fields:
            return base.fields[node.name]
        if name.startswith("stat.S_"):
            return fixed(getattr(stat, node.name, None))
        if is_constant(node.name):
            return Value(origin=name)
        found = Value(base.level, base.clean, base.traits - _SHAPES, origin=name)
        return (
            found.cleaned("path")
            if node.name in _LAST_PARTS or (node.name == "name" and node.kids[0].op == "call")
            else found
        )

    def _index(self, node: Node, env: Env, depth: int) -> Value:
        kids = [self.value(kid, env, depth) for kid in node.kids]
        if node.text in env:
            return env[node.text]
        if fits(self.dotted(node, env), self.rules.outside):
            return Value(OUTSIDE)
        if not kids:
            return Value(UNKNOWN)
        base = kids[0]
        if len(kids) > 1 and kids[1].known:
            if base.fields is not None and str(kids[1].const) in base.fields:
                return base.fields[str(kids[1].const)]
            if base.known and isinstance(base.const, str) and isinstance(kids[1].const, int):
                return fixed(base.const[kids[1].const : kids[1].const + 1])
        return Value(base.level, base.clean, base.traits - {"listed"})

    def _join(self, node: Node, env: Env, depth: int) -> Value:
        found = [self.value(kid, env, depth) for kid in node.kids]
        numbers = [v.const for v in found if v.known and isinstance(v.const, int | float)]
        if len(numbers) == len(found) and not any(isinstance(n, str) for n in numbers):
            return fixed(sum(numbers))
        shown = [k.name for k in node.kids if k.op == "call" and k.kids[0].name == "len"]
        return joined([Value() if shown and v.origin.endswith("len()") else v for v in found])

    def _binary(self, node: Node, env: Env, depth: int) -> Value:
        left, right = (self.value(kid, env, depth) for kid in (*node.kids, *[Node("other")] * 2)[:2])
        if node.name == "%" and not (left.known and isinstance(left.const, int)):
            text = left.const if left.known and isinstance(left.const, str) else None
            values = list(right.parts) if right.parts is not None else [right]
            if right.origin == "locals()":
                right = Value(UNKNOWN, fields=env)
            return formatted(text, values, right.fields or {}) if text is not None else joined([left, *values])
        if node.name == "/" and not (left.known and right.known):
            self.checks.call(node, "/", [left, right], {}, left)
            late = {"joined"} if not right.fit_for("path", UNKNOWN) else set[str]()
            whole = united([left, right])
            return Value(whole.level, whole.clean, (whole.traits | late) - {"assembled"}, origin=left.origin)
        if left.known and right.known:
            return counted(node.name, left, right)
        return (
            left
            if node.name == "*" and left.known and isinstance(left.const, str)
            else united([left, right])
            if node.name in "|&"
            else Value(min(UNKNOWN, left.level))
        )

    def _compare(self, node: Node, env: Env, depth: int) -> Value:
        found = [self.value(kid, env, depth) for kid in node.kids]
        if len(node.kids) == 2 and node.name in ("==", "!=", "===", "!=="):
            for one, other in (node.kids, node.kids[::-1]):
                self.checks.name(one.name, other, Value())
        if len(found) == 2 and all(value.known for value in found):
            return counted(node.name, *found)
        return Value()

    def _cond(self, node: Node, env: Env, depth: int) -> Value:
        test = self.value(node.kids[0], env, depth)
        if test.known and len(node.kids) == 3:
            return self.value(node.kids[1 if test.const else 2], env, depth)
        held, failed = dict(env), dict(env)
        self.clear(node.kids[0], held, holds=True)
        self.clear(node.kids[0], failed, holds=False)
        return united([self.value(node.kids[1], held, depth), *(self.value(k, failed, depth) for k in node.kids[2:])])

    def _items(self, node: Node, env: Env, depth: int) -> Value:
        parts = [self.value(kid, env, depth) for kid in node.kids]
        fields = {}
        for name, kid in node.named.items():
            fields[name] = self.value(kid, env, depth)
            self.checks.name(name, kid, fields[name])
        whole = united([*parts, *fields.values()])
        places = {str(place): part for place, part in enumerate(parts)}
        traits = (whole.traits - {"assembled"}) | {"listed"}
        if (
            len(parts) > 2
            and parts[0].const in _SHELLS
            and parts[1].const in _TEXT_NEXT
            and not parts[2].fit_for("cmd", UNKNOWN)
        ):
            traits |= {"shell_list"}
        every = fields or (places if not any(kid.op == "other" for kid in node.kids) else {})
        return replace(
            whole,
            traits=traits,
            fields=every,
            parts=tuple(parts) if not fields else None,
            origin=node.text,
        )

    def _comp(self, node: Node, env: Env, depth: int) -> Value:
        inner = dict(env)
        for part in node.kids[1:]:
            if part.op == "loop":
                self.loop_over(part, inner, depth)
            elif part.op == "if" and part.kids:
                self.value(part.kids[0], inner, depth)
                self.clear(part.kids[0], inner, holds=True)
        pair = node.kids[0].op == "items" and node.kids[0].name == "pair"
        if pair and self.value(node.kids[0].kids[0], inner, depth).level == FIXED:
            found = self.value(node.kids[0].kids[-1], inner, depth)
            return Value(found.level, found.clean, found.traits - {"assembled"}, fields={})
        found = self.value(node.kids[0], inner, depth)
        return Value(found.level, found.clean, found.traits - {"assembled"})

    def loop_over(self, node: Node, env: Env, depth: int) -> None:
        """Bind the target of a loop to an element of what is looped over."""
        over = self.value(node.kids[1], env, depth)
        mapping = node.kids[1].op == "name" and over.fields is not None and over.parts is None
        element = Value() if mapping else Value(over.level, over.clean, over.traits - {"listed"})
        items = node.kids[1].op == "call" and node.kids[1].kids[0].name in ("items", "entries")
        if items and node.kids[1].kids[0].kids and len(node.kids[0].kids) == 2:
            whole = self.value(node.kids[1].kids[0].kids[0], env, depth)
            key = Value() if whole.fields is not None else Value(whole.level, whole.clean, whole.traits)
            self.bind(node.kids[0].kids[0], key, node.kids[1], env, depth)
            self.bind(node.kids[0].kids[1], element, node.kids[1], env, depth)
        else:
            self.bind(node.kids[0], element, node.kids[1], env, depth)

    def _func(self, node: Node, env: Env, depth: int) -> Value:
        return self.define(node, env, depth)

    def _assign(self, node: Node, env: Env, depth: int) -> Value:
        target, source = node.kids[0], node.kids[1]
        value = self.value(source, env, depth)
        if node.name == "+=":
            value = joined([self.value(target, env, depth), value])
        self.bind(target, value, source, env, depth)
        return value

    def _call(self, node: Node, env: Env, depth: int) -> Value:
        from unmask.scorers.backdoors.code.calls import called

        for mark in node.marks:
            self.value(mark, env, depth)
        return called(self, node, env, depth)
