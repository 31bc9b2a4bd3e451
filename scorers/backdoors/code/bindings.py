"""What gives names a value, and what takes the danger from it: tests, checks, functions that only refuse."""

import re

from unmask.scorers.backdoors.code.expressions import Env, Expressions
from unmask.scorers.backdoors.code.reading.syntax import Language, Node, walk
from unmask.scorers.backdoors.code.values import OUTSIDE, UNKNOWN, Value, united
from unmask.scorers.backdoors.code.weakness_rules import Rules, fits

__all__ = ["Bindings"]

_SAFELY = r"(path|name|key|url|host|safe|allowed|valid|inside|within)"
_VOUCHES = re.compile(rf"(?i)_*(validate|sanitize|(check|ensure|verify|assert|require|guard)_?(is_)?{_SAFELY})")


class Bindings(Expressions):
    """Gives names a value, and takes the danger from it.

    Args:
        tree: The program.
        language: What it is written in.
        rules: The rules of that language.
    """

    def __init__(self, tree: Node, language: Language, rules: Rules) -> None:
        super().__init__(tree, language, rules)
        self.within: dict[str, frozenset[str]] = {}
        self.refusers: dict[Node, bool] = {}

    def bind(self, target: Node, value: Value, origin: Node, env: Env, depth: int) -> None:
        """Give a target a value: a name, an attribute, an element, or several at once."""
        if target.op == "items":
            for place, part in enumerate(target.kids):
                key = part.name if target.name == "object_pattern" else str(place)
                whole = Value(
                    value.level,
                    value.clean,
                    value.traits,
                    origin=f"{value.origin}.{key}" if target.name == "object_pattern" else value.origin,
                )
                known = (value.fields or {}).get(key, whole)
                if target.name == "object_pattern" and fits(whole.origin, self.rules.outside):
                    known = Value(OUTSIDE)
                self.bind(part, known, origin, env, depth)
            for key, part in target.named.items():
                self.bind(part, (value.fields or {}).get(key, Value(value.level, value.clean)), origin, env, depth)
            return
        if target.op == "index" and len(target.kids) > 1:
            self._put(target, value, env, depth)
        elif target.op == "attr":
            env[target.text] = value
        elif target.name:
            env[target.name] = value
            names = [n for n in walk(origin) if n.op == "name"]
            self.within[target.name] = frozenset(n.name for n in names)
        element = target.kids[1].value if target.op == "index" and len(target.kids) > 1 else target.name
        told = (element, target.kids[0].name if target.op == "index" and target.kids else "")
        for name in [one for one in told if isinstance(one, str) and one]:
            self.checks.name(name, origin, value)

    def _put(self, target: Node, value: Value, env: Env, depth: int) -> None:
        """Put a value into an element; what is known of the whole then holds it too."""
        whole, key = target.kids[0], self.value(target.kids[1], env, depth)
        name = whole.name if whole.op == "name" else whole.text
        held = env.get(name, Value(UNKNOWN))
        grown = united([held, value])
        fields = {**held.fields, str(key.const): value} if held.fields is not None and key.known else held.fields
        if held.fields is not None and not key.known and not key.fit_for("sql", UNKNOWN):
            fields = None
        env[name] = Value(grown.level, grown.clean, grown.traits, origin=held.origin, fields=fields)

    def vouched(self, node: Node, env: Env) -> None:
        """A function of the program's own that is called for nothing but to raise vouches for what it is given."""
        if node.op != "call" or not node.kids:
            return
        if node.kids[0].name not in self.functions and _VOUCHES.match(node.kids[0].name):
            for argument in node.kids[1:]:
                self._trust(argument, env)
        own = self.functions.get(node.kids[0].name)
        if own is not None and own not in self.refusers:
            self.refusers[own] = self._only_refuses(own)
        if own is not None and self.refusers[own]:
            for argument in node.kids[1:]:
                self._trust(argument, env)

    def _only_refuses(self, function: Node) -> bool:
        inside = [node for part in function.body for node in walk(part)]
        exits = [n for n in inside if n.op == "call" and fits(self.dotted(n.kids[0], {}), self.rules.exits)]
        refuses = any(node.op == "raise" for node in inside) or bool(exits)
        returns = any(node.op == "return" and node.kids for node in inside)
        return refuses and not returns and any(node.op == "if" for node in inside)

    def clear(self, test: Node, env: Env, *, holds: bool) -> None:
        """Take the danger from whatever a test vouches for, where it holds or where it fails."""
        if test.op == "not" and test.kids:
            return self.clear(test.kids[0], env, holds=not holds)
        if test.op == "logic":
            if holds == (test.name == "and"):
                for part in test.kids:
                    self.clear(part, env, holds=holds)
            return None
        if test.op == "assign":
            return self.clear(test.kids[1], env, holds=holds)
        vouched = holds and test.op == "call" and self._guards(test)
        if test.op == "compare" and test.kids:
            sign = test.name
            vouched = sign in (("in", "==", "===", "=~") if holds else ("not in", "!=", "!=="))
            if sign in ("is", "is not", "!=", "!==") and _is_nothing(test.kids[-1]):
                vouched = holds == (sign != "is") and test.kids[0].op == "call" and self._guards(test.kids[0])
            if sign in ("==", "===", "!=", "!==") and not _is_nothing(test.kids[-1]) and test.kids[-1].op == "name":
                vouched = vouched and test.kids[-1].name.isupper()
        if vouched:
            self._trust(test.kids[0] if test.op == "compare" else test, env)
        return None

    def _guards(self, test: Node) -> bool:
        """Whether a call is a check; that a text starts with some word is none, but with an address or folder is."""
        name = self.dotted(test.kids[0], {})
        start = test.kids[-1].value if test.kids[-1].op == "const" else None
        if (
            test.kids[0].name in ("startswith", "startsWith", "HasPrefix")
            and isinstance(start, str)
            and "/" not in start
        ):
            return False
        return fits(name, self.rules.guards)

    def _trust(self, tested: Node, env: Env) -> None:
        """Take the danger from the names of an expression that somebody vouches for."""
        for node in walk(tested):
            for key in (
                {node.name, node.text, *self.within.get(node.name, ())} if node.op in ("name", "attr", "index") else ()
            ):
                if key in env:
                    env[key] = Value(origin=env[key].origin)
                elif node.op in ("attr", "index") and key == node.text:
                    env[key] = Value()


def _is_nothing(node: Node) -> bool:
    return node.op == "const" and node.value is None
