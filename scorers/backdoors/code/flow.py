"""Where text that somebody else chose goes in a program: from arguments and requests into calls that must not get it.

A program is read function by function; calls of its own functions are followed with what they are given. Cleaners and
tests make text harmless for one danger or all. A branch that a constant decides against is passed over. Nothing is ever
run.
"""

import re
from collections.abc import Iterable

from unmask.scorers.backdoors.code.bindings import Bindings
from unmask.scorers.backdoors.code.calls import EVERYDAY
from unmask.scorers.backdoors.code.expressions import Env, TooLargeError
from unmask.scorers.backdoors.code.reading.syntax import Language, Node, Param, walk
from unmask.scorers.backdoors.code.values import FIXED, GIVEN, OUTSIDE, UNKNOWN, Value, united
from unmask.scorers.backdoors.code.weakness_rules import Rules, fits

__all__ = ["Flow"]

_ROUTES = frozenset(
    ["route", "get", "post", "put", "patch", "delete", "head", "api_route", "websocket", "command", "expose", "action"]
)
_ASKED = {f"self.{name}": Value(OUTSIDE) for name in ("path", "headers", "rfile", "requestline")}
"""What a handler of the standard library is asked for."""

_BUT_SQL = frozenset(
    (name, FIXED) for name in ("cmd", "path", "html", "url", "code", "redirect", "ldap", "xpath", "log", "regex")
)
"""A note of a type is a promise; a statement that hangs on it is put together from text all the same."""

_ENUMS = re.compile(r"\b(\w*Enum|Flag)\b")


class Flow(Bindings):
    """Follows text through a program.

    Args:
        tree: The program.
        language: What it is written in.
        rules: The rules of that language.
    """

    def __init__(self, tree: Node, language: Language, rules: Rules) -> None:
        super().__init__(tree, language, rules)
        self.read: dict[tuple[object, ...], Value] = {}
        self.closures: dict[Node, Env] = {}
        self.entered: set[Node] = set()
        self.spent = False
        for node in walk(tree):
            if node.op == "func" and node.name:
                self.functions[node.name] = node
            if node.op == "class":
                self.classes.add(node.name)
            if node.op == "class" and _ENUMS.search(node.text):
                self.fixed_types.add(node.name)
        self.called = set(self._referred())

    def run(self) -> None:
        """Read everything. Where the budget does not last, what was found until then stands; `spent` says so."""
        try:
            env: Env = {}
            self._block(self.tree.body, env, 0)
            for function in [node for node in walk(self.tree) if node.op == "func" and node not in self.entered]:
                self._open(function, self.closures.get(function, env), 0)
        except (TooLargeError, RecursionError):
            self.spent = True

    def _referred(self) -> Iterable[str]:
        for node in walk(self.tree):
            if node.op == "call" and node.kids:
                function = node.kids[0]
                plain = function.op == "name" or (function.kids and function.kids[0].name in ("self", "cls", "this"))
                if plain or function.name not in EVERYDAY:
                    yield function.name
                if function.name == "map" and len(node.kids) > 1:
                    yield node.kids[1].name

    def _block(self, body: list[Node], env: Env, depth: int) -> Value:
        found, later = list[Value](), list[Node]()
        for node in body:
            if node.op == "func":
                self.closures[node] = env
                for mark in node.marks:
                    self.value(mark, env, depth)
                later.append(node)
            else:
                found.append(self._statement(node, env, depth))
        if depth == 0:
            for function in later:
                if function.name not in self.called or function.marks:
                    self._open(function, env, depth)
        return united(found)

    def _open(self, function: Node, env: Env, depth: int) -> None:
        """Read a function that nobody in the program calls, with arguments of somebody else's choosing."""
        self.closures.setdefault(function, env)
        handler = any(mark.op == "call" and mark.kids[0].name in _ROUTES for mark in function.marks)
        if function.name.startswith("do_"):
            self.closures[function] = {**self.closures[function], **_ASKED}
        init = function.name in ("__init__", "constructor")
        level = UNKNOWN if init else OUTSIDE if handler else GIVEN
        self.enter(function, {param.name: self._argument(param, level) for param in function.params}, depth)

    def _argument(self, param: Param, level: int) -> Value:
        words = set(re.findall(r"\w+", param.note))
        if param.name in ("self", "cls"):
            return Value(UNKNOWN, origin=param.name)
        if words and words & {*self.rules.plain_types, *self.fixed_types} and not words & {"str", "string", "Any"}:
            return Value(FIXED if level == OUTSIDE or words & self.fixed_types else UNKNOWN, _BUT_SQL)
        injected = (
            param.default is not None
            and param.default.op == "call"
            and param.default.kids[0].name in ("Depends", "Security")
        )
        return Value(UNKNOWN if injected else level, origin=param.name)

    def enter(self, function: Node, given: Env, depth: int) -> Value:
        """Read a function with these arguments; what it returns."""
        self.entered.add(function)
        told = tuple(
            sorted((n, v.level, v.clean, v.traits, repr(v.const), v.known, v.origin) for n, v in given.items())
        )
        key = function, told, depth
        if key in self.read:
            return self.read[key]
        self.read[key] = Value(UNKNOWN)
        env = {**self.closures.get(function, {}), **self._defaults(function, depth), **given}
        self.spend(len(env) // 8)
        result = self._block(function.body, env, depth)
        self.read[key] = result
        if function.name:
            self.checks.name(f"{function.name}()", function, result)
        if depth == 0:
            self.checks.call(function, "return", [result], {}, Value())
        return result

    def _defaults(self, function: Node, depth: int) -> Env:
        env: Env = {}
        for param in function.params:
            if param.default is not None:
                env[param.name] = self.value(param.default, {}, depth)
                self.checks.name(param.name, param.default, env[param.name])
        return env

    def define(self, function: Node, env: Env, depth: int) -> Value:
        """Read a function that stands where a value does, as a handler that is registered."""
        self.closures[function] = env
        if function.name not in self.called or not function.name:
            given = {param.name: self._argument(param, GIVEN) for param in function.params}
            return Value(FIXED, traits=self.enter(function, given, depth).traits & {"guessable"})
        return Value(FIXED, origin=function.name)

    def _statement(self, node: Node, env: Env, depth: int) -> Value:
        self.spend()
        if node.op == "return":
            return self._all(node, env, depth)
        if node.op == "class":
            return self._class(node, env, depth)
        if node.op == "block":
            return self._block(node.body, env, depth)
        if node.op == "if":
            return self._branch(node, env, depth)
        if node.op == "match":
            return self._match(node, env, depth)
        if node.op == "loop":
            self.loop_over(node, env, depth)
            return united([self._block(node.body, env, depth), self._block(node.orelse, env, depth)])
        if node.op != "import":
            self.value(node, env, depth)
            self.vouched(node, env)
            return Value() if not any(kid.op == "return" for kid in node.kids) else self._all(node, env, depth)
        return Value()

    def _class(self, node: Node, env: Env, depth: int) -> Value:
        inner = dict(env)
        if "HTTPRequestHandler" in node.text:
            inner |= _ASKED
        own = sorted(node.body, key=lambda part: part.op == "func" and part.name not in ("__init__", "constructor"))
        for part in own:
            if part.op == "func" and part.name in ("__init__", "constructor"):
                self.closures[part] = inner
                made = {param.name: self._argument(param, UNKNOWN) for param in part.params}
                local = {**inner, **made}
                self.entered.add(part)
                self._block(part.body, local, depth + 1)
                inner |= {name: value for name, value in local.items() if "." in name}
            elif part.op == "assign":
                self._assign(part, inner, depth)
                name = part.kids[0].name
                inner |= {f"{head}.{name}": inner[name] for head in ("self", "cls", "this", node.name) if name in inner}
        self._block([p for p in own if p.op != "assign" and p.name not in ("__init__", "constructor")], inner, depth)
        return Value()

    def _branch(self, node: Node, env: Env, depth: int) -> Value:
        if not node.kids:
            return self._block([*node.body, *node.orelse], env, depth)
        test = self.value(node.kids[0], env, depth)
        if test.known:
            return self._block(node.body if test.const else node.orelse, env, depth)
        self.spend(len(env) // 8)
        held, failed = dict(env), dict(env)
        self.clear(node.kids[0], held, holds=True)
        self.clear(node.kids[0], failed, holds=False)
        result = united([self._block(node.body, held, depth), self._block(node.orelse, failed, depth)])
        ways = [way for way, body in ((held, node.body), (failed, node.orelse)) if not self._ends(body)]
        env.clear()
        env.update(_merged(ways) if ways else failed)
        return result

    def _match(self, node: Node, env: Env, depth: int) -> Value:
        subject = self.value(node.kids[0], env, depth) if node.kids else Value()
        if subject.known:
            fitting = [case for case in node.body if not case.kids or _holds(case, subject)]
            return self._block(fitting[0].body, env, depth) if fitting else Value()
        ways = [dict(env) for _ in node.body]
        found = [self._block(case.body, way, depth) for case, way in zip(node.body, ways, strict=True)]
        if ways:
            env.update(_merged([env, *ways]))
        return united(found)

    def _ends(self, body: list[Node]) -> bool:
        last = body[-1] if body else None
        while last is not None and last.op == "block" and last.body:
            last = last.body[-1]
        if last is not None and last.op == "call":
            return fits(self.dotted(last.kids[0], {}), self.rules.exits)
        return last is not None and last.op in ("raise", "return", "break")


def _holds(case: Node, subject: Value) -> bool:
    """Whether a pattern of constants fits a constant; one of names fits whatever comes."""
    consts = [part.value for part in walk(case) if part.op == "const" and part not in case.body]
    return subject.const in [part.value for kid in case.kids for part in walk(kid) if part.op == "const"] or not consts


def _merged(ways: list[Env]) -> Env:
    names = {name for way in ways for name in way}
    return {name: _either([way[name] for way in ways if name in way]) for name in names}


def _either(values: list[Value]) -> Value:
    """What is known of a name that has one of these values, most often the very same in all ways."""
    first = values[0]
    if all(value is first for value in values):
        return first
    whole = united(values)
    return Value(whole.level, whole.clean, whole.traits, origin=first.origin)
