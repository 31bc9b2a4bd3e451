"""What a call does to text: lets it into a sink, cleans it, puts it together, or hands it on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from unmask.scorers.backdoors.code.reading.syntax import Node
from unmask.scorers.backdoors.code.values import FIXED, GIVEN, OUTSIDE, UNKNOWN, Value, fixed, formatted, joined, united
from unmask.scorers.backdoors.code.weakness_rules import fits

if TYPE_CHECKING:
    from unmask.scorers.backdoors.code.expressions import Env, Expressions

__all__ = ["EVERYDAY", "called"]

_DEEPEST = 4
EVERYDAY = frozenset(
    {"get", "items", "keys", "values", "read", "write", "close", "update", "append", "add", "pop", "join", "format"}
    | {"split", "strip", "encode", "decode", "execute", "post", "put", "delete", "patch", "head", "request", "send"}
)
"""Methods that so many things have that a call by their name says nothing."""

_ENDS = ("append", "push")
_PUTS = ("set", "put", "setProperty", "Set")
_ADDS = frozenset(["append", "extend", "insert", "add", "appendleft", "update", "push", "unshift", "WriteString"])
_SHAPES = frozenset({"assembled", "joined", "markup", "query", "statement"})
_STORED = frozenset(
    (name, UNKNOWN) for name in ("cmd", "path", "url", "code", "redirect", "ldap", "xpath", "log", "regex")
)
"""Text that was stored may be a stranger's on a page or in a statement; for the rest it is the program's own."""

_LETTING = frozenset(
    {"str", "encode", "decode", "strip", "lstrip", "rstrip", "lower", "upper", "text", "replace", "read", "group"}
    | {"trim", "toString", "String", "dedent", "Text", "literal_column", "sub", "title", "Sprint", "format", "findall"}
    | {"getlist", "getall", "split", "unquote", "unquote_plus", "slice", "substring"}
)
_TAKES = frozenset({"get", "pop", "setdefault", "getOrDefault", "getlist"})


def called(flow: Expressions, node: Node, env: Env, depth: int) -> Value:
    """Check a call, and tell what is known of its result.

    Args:
        flow: The analysis.
        node: The call.
        env: What is known of names.
        depth: How many calls of the program's own functions were followed to get here.
    """
    function, arguments = node.kids[0], node.kids[1:]
    name = flow.dotted(function, env)
    receiver = (
        flow.value(function.kids[0], env, depth)
        if function.op in ("attr", "call", "index") and function.kids
        else Value()
    )
    if function.op not in ("name", "attr"):
        flow.value(function, env, depth)
    given = [flow.value(argument, env, depth) for argument in arguments]
    named = {key: flow.value(value, env, depth) for key, value in node.named.items()}
    options = _options(given, named)
    found = flow.checks.call(node, name, given, options, receiver)
    for key, value in node.named.items():
        flow.checks.name(key, value, named[key])
    if function.op == "attr" and function.kids:
        _changed(function, given, named, env)
    if name == "require" and given and given[0].known:
        return Value(origin=str(given[0].const).removeprefix("node:"))
    own = _own(flow, function, name)
    if own is not None and depth < _DEEPEST:
        return flow.enter(own, _bound(own, given, named, method=function.op == "attr"), depth + 1)
    for key in ("default_factory", "factory", "default"):
        made = flow.functions.get(node.named[key].name) if key in node.named else None
        if made is not None and depth < _DEEPEST:
            return flow.enter(made, {}, depth + 1)
    mapped = flow.functions.get(arguments[0].name) if name == "map" and arguments else None
    if mapped is not None and depth < _DEEPEST:
        return flow.enter(mapped, _bound(mapped, [_element(v) for v in given[1:]], {}, method=False), depth + 1)
    result = _result(flow, node, name, given, named, receiver)
    return replace(result, traits=result.traits - _SHAPES) if found else result


def _options(given: list[Value], named: dict[str, Value]) -> dict[str, Value]:
    """Keyword arguments, with the entries of mappings that are handed over or unpacked."""
    inner = {key: value for one in given if one.fields and one.parts is None for key, value in one.fields.items()}
    return inner | named


def _changed(function: Node, given: list[Value], named: dict[str, Value], env: Env) -> None:
    """Keep track of what a method does to a list or mapping that has a name."""
    target = function.kids[0]
    key = target.name if target.op == "name" else target.text
    held = env.get(key, Value())
    if function.name in _ADDS:
        whole = united([held, *given, *named.values()])
        parts = (
            (*held.parts, given[0]) if held.parts is not None and function.name in _ENDS and len(given) == 1 else None
        )
        env[key] = _listed(whole, parts, held)
    elif function.name in _PUTS and len(given) > 1 and all(value.known for value in given[:-1]):
        whole = united([held, given[-1]])
        place = "/".join(str(value.const) for value in given[:-1])
        fields = {**(held.fields or {}), place: given[-1]}
        env[key] = Value(whole.level, whole.clean, whole.traits, origin=held.origin, fields=fields)
    elif function.name == "pop" and held.parts and given and given[0].known and given[0].const == 0:
        env[key] = _listed(united(held.parts[1:]), held.parts[1:], held)


def _listed(whole: Value, parts: tuple[Value, ...] | None, held: Value) -> Value:
    fields = {str(place): part for place, part in enumerate(parts)} if parts is not None else None
    traits = whole.traits - {"assembled"}
    return Value(whole.level, whole.clean, traits, origin=held.origin, fields=fields, parts=parts)


def _own(flow: Expressions, function: Node, name: str) -> Node | None:
    """The program's own function that a call means: by its name, or a method of whatever object is no import."""
    if function.op == "func":
        return None
    own = flow.functions.get(name.rpartition(".")[2])
    if own is None or name == own.name or name.startswith(("self.", "cls.", "this.", "?.")):
        return own
    if function.op == "name":
        return None
    head = function
    while head.op == "attr" and head.kids:
        head = head.kids[0]
    return None if own.name in EVERYDAY or head.name in flow.imported else own


def _bound(function: Node, given: list[Value], named: dict[str, Value], *, method: bool) -> Env:
    """Arguments of a function of the program's own, as one call gives them."""
    names = [param.name for param in function.params]
    if method and names[:1] in (["self"], ["cls"]):
        names = names[1:]
    return {**dict(zip(names, given, strict=False)), **{key: v for key, v in named.items() if key in names}}


def _element(value: Value) -> Value:
    return (
        Value() if value.fields is not None and value.parts is None else Value(value.level, value.clean, value.traits)
    )


def _result(
    flow: Expressions, node: Node, name: str, given: list[Value], named: dict[str, Value], receiver: Value
) -> Value:
    rules, last, function = flow.rules, name.rpartition(".")[2], node.kids[0]
    origin = f"{name}()" if name else ""
    whole = united([*given, *named.values(), receiver])
    for trait, calls in rules.marks.items():
        if fits(name, calls):
            whole = replace(whole, traits=whole.traits | {trait})
            if trait == "stored" and whole.level < GIVEN:
                return Value(GIVEN, _STORED, origin=origin)
            return Value(max(UNKNOWN, whole.level), whole.clean, whole.traits - _SHAPES, origin=origin)
    if fits(name, rules.outside):
        return Value(OUTSIDE, origin=origin)
    if fits(name, rules.harmless):
        return Value(origin=origin, traits=whole.traits & {"guessable"})
    if fits(name, rules.joins):
        late = any(not value.fit_for("path", UNKNOWN) for value in given[1:])
        traits = (whole.traits - {"assembled"}) | ({"joined"} if late else frozenset())
        return Value(whole.level, whole.clean, traits, origin=origin)
    filled = _filled(flow, name, last, function, given, named, receiver)
    if filled is not None:
        return filled
    cleaned = [danger for danger, calls in rules.cleaners.items() if fits(name, calls)]
    if cleaned:
        return replace(Value(max(whole.level, UNKNOWN), whole.clean, whole.traits, origin=origin).cleaned(*cleaned))
    return _handed_on(flow, node, whole, given, receiver, name)


def _filled(
    flow: Expressions,
    name: str,
    last: str,
    function: Node,
    given: list[Value],
    named: dict[str, Value],
    receiver: Value,
) -> Value | None:
    """Text that a call puts together; None where it does no such thing."""
    if function.op == "attr" and last == "format":
        text = receiver.const if receiver.known and isinstance(receiver.const, str) else None
        return formatted(text, given, named) if text is not None else joined([receiver, *given, *named.values()])
    if fits(name, flow.rules.formats) and given:
        text = given[0].const if given[0].known and isinstance(given[0].const, str) else None
        return formatted(text, given[1:], {}, typed=True) if text is not None else joined(given)
    if (function.op == "attr" and last in ("join", "concat")) or name == "strings.Join":
        parts = [part for value in given for part in (value.parts if value.parts is not None else [value])]
        glue = (
            [fixed(" ")]
            if any(value.known and str(value.const).strip(" ") != str(value.const) for value in [receiver, *given])
            else []
        )
        return (
            joined([*glue, united([*parts, Value(receiver.level) if not receiver.known else Value()])])
            if glue
            else united([*parts, receiver])
        )
    return None


def _handed_on(flow: Expressions, node: Node, whole: Value, given: list[Value], receiver: Value, name: str) -> Value:
    """What a call that is not known makes of what it gets."""
    last, origin = name.rpartition(".")[2], f"{name}()" if name else ""
    if last in _TAKES:
        if receiver.fields is not None and given and all(value.known for value in given[:2]):
            for count in (len(given), 1):
                known = receiver.fields.get("/".join(str(value.const) for value in given[:count]))
                if known is not None:
                    return known
        if receiver.fields is not None and receiver.level == FIXED and receiver.parts is None:
            return united([*receiver.fields.values(), *given[1:]])
        whole = united([receiver, *given[1:]])
    if last == "keys" and receiver.fields is not None and receiver.parts is None:
        return Value(origin=origin)
    if fits(name, flow.rules.pure):
        return Value(whole.level, whole.clean, whole.traits, origin=origin)
    keeps = last in _LETTING or last in _TAKES or node.value == "new"
    traits = whole.traits if keeps else (whole.traits - {"joined", "markup"}) | {"made"}
    return Value(max(whole.level, UNKNOWN), whole.clean, traits, origin=origin)
