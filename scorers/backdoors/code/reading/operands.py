"""Readers of expressions: names, texts, calls, lists, operators."""

import re

from ast_grep_py import SgNode

from unmask.scorers.backdoors.code.reading.grammar import COMPS, HOLES, LISTS, NAMES, NUMBERS, PIECES, TEXTS, WORDS
from unmask.scorers.backdoors.code.reading.readers import children_of, line_of, part_of, read, reads
from unmask.scorers.backdoors.code.reading.syntax import Constant, Node


@reads(NUMBERS)
def _constant(node: SgNode) -> Node:
    text = node.text().replace("_", "")
    try:
        value: Constant = int(text, 8) if re.fullmatch(r"0[0-7]+", text) else int(text, 0)
    except ValueError:
        try:
            value = float(text)
        except ValueError:
            value = text
    return Node("const", line_of(node), value=value)


@reads({"true", "false", "none", "null", "nil", "undefined"})
def _word(node: SgNode) -> Node:
    return Node("const", line_of(node), value=WORDS.get(node.text()))


@reads(NAMES)
def _name(node: SgNode) -> Node:
    return Node("name", line_of(node), name=node.text(), text=node.text())


@reads(TEXTS)
def _text(node: SgNode) -> Node:
    """A literal, or a `join` of what stands in it and what is filled in."""
    holes = [kid for kid in node.children() if kid.kind() in HOLES]
    if not holes:
        return Node("const", line_of(node), value=_unquoted(node))
    parts = []
    for kid in node.children():
        if kid.kind() in HOLES:
            parts.append(_hole(kid))
        elif kid.kind() in PIECES or kid.kind() in ("heredoc_content", "escape_sequence"):
            parts.append(Node("const", line_of(kid), value=kid.text()))
    return Node("join", line_of(node), parts)


@reads(HOLES)
def _hole(node: SgNode) -> Node:
    inner = children_of(node)
    if node.kind() in ("simple_expansion", "expansion"):
        found = Node(
            "name", line_of(node), name=inner[0].text() if inner else node.text().strip("${}"), text=node.text()
        )
        return found
    return read(inner[0]) if len(inner) == 1 else Node("other", line_of(node), [read(kid) for kid in inner])


def _unquoted(node: SgNode) -> str:
    if any(kid.kind() in PIECES for kid in node.children()):
        return "".join(kid.text() for kid in node.children() if kid.kind() in PIECES or kid.kind() == "escape_sequence")
    text = node.text()
    return (
        text if node.kind() in ("word", "regex", "heredoc_body") else re.sub(r"^[A-Za-z$]*([\"'`]+)|[\"'`]+$", "", text)
    )


@reads({"concatenated_string", "concatenation"})
def _joined(node: SgNode) -> Node:
    return Node("join", line_of(node), [read(kid) for kid in children_of(node)])


@reads({"attribute", "member_expression", "selector_expression", "qualified_type"})
def _attribute(node: SgNode) -> Node:
    thing, last = part_of(node, "object", "operand"), part_of(node, "attribute", "property", "field")
    kids = [read(thing)] if thing else []
    return Node("attr", line_of(node), kids, name=last.text() if last else "", text=node.text())


@reads({"subscript", "subscript_expression", "index_expression", "slice_expression"})
def _index(node: SgNode) -> Node:
    thing, key = part_of(node, "value", "object", "operand"), part_of(node, "subscript", "index", "start")
    kids = [read(part) for part in (thing, key) if part]
    return Node("index", line_of(node), kids, text=node.text())


@reads({"call", "call_expression", "new_expression"})
def _call(node: SgNode) -> Node:
    function, arguments = part_of(node, "function", "constructor"), part_of(node, "arguments")
    made = Node("call", line_of(node), [read(function)] if function else [Node("other")])
    if node.kind() == "new_expression":
        made.value = "new"
    if arguments is not None and arguments.kind() == "generator_expression":
        made.kids.append(_comprehension(arguments))
    else:
        _fill(made, children_of(arguments) if arguments else [])
    return made


@reads({"command"})
def _command(node: SgNode) -> Node:
    """A command of a shell: its name is the function."""
    inner = children_of(node)
    made = Node("call", line_of(node))
    for kid in inner:
        if kid.kind() == "command_name":
            made.kids.insert(0, Node("name", line_of(kid), name=kid.text().strip("\"'"), text=kid.text()))
        elif kid.kind() == "variable_assignment":
            made.marks.append(read(kid))
        else:
            made.kids.append(read(kid))
    return made


def _fill(made: Node, kids: list[SgNode]) -> None:
    """Elements and named entries of a call, list or mapping."""
    for kid in kids:
        if kid.kind() in ("keyword_argument", "pair", "keyed_element", "pair_pattern"):
            inner = children_of(kid)
            key, value = part_of(kid, "name", "key") or inner[0], part_of(kid, "value") or inner[-1]
            name = _key(key)
            if name is None:
                made.kids += [read(key), read(value)]
            else:
                made.named[name] = read(value)
        elif kid.kind() == "shorthand_property_identifier":
            made.named[kid.text()] = _name(kid)
        else:
            made.kids.append(read(kid))


def _key(node: SgNode) -> str | None:
    inner = read(node)
    return inner.name if inner.op == "name" else str(inner.value) if inner.op == "const" else None


@reads(LISTS)
def _items(node: SgNode) -> Node:
    made = Node("items", line_of(node), name=node.kind())
    _fill(made, children_of(node))
    return made.kids[0] if node.kind() == "expression_list" and len(made.kids) == 1 else made


@reads({"composite_literal"})
def _composite(node: SgNode) -> Node:
    kind, body = part_of(node, "type"), part_of(node, "body")
    made = _items(body) if body else Node("items", line_of(node))
    made.text = kind.text() if kind else ""
    return made


@reads({"binary_operator", "binary_expression", "boolean_operator"})
def _binary(node: SgNode) -> Node:
    left, right, sign = part_of(node, "left"), part_of(node, "right"), part_of(node, "operator")
    kids = [read(part) for part in (left, right) if part]
    name = sign.text() if sign else ""
    if name == "+":
        return Node("join", line_of(node), [p for k in kids for p in (k.kids if k.op == "join" else [k])])
    op = "logic" if name in ("or", "and", "||", "&&", "??") else "binary"
    op = "compare" if name in ("==", "!=", "===", "!==", "<", ">", "<=", ">=", "in", "instanceof", "=~") else op
    return Node(op, line_of(node), kids, name={"||": "or", "??": "or", "&&": "and"}.get(name, name), text=node.text())


@reads({"comparison_operator"})
def _compare(node: SgNode) -> Node:
    signs = [kid.text() for kid in node.children() if not kid.is_named()]
    return Node(
        "compare", line_of(node), [read(kid) for kid in children_of(node)], name=" ".join(signs), text=node.text()
    )


@reads({"unary_operator", "unary_expression", "not_operator"})
def _unary(node: SgNode) -> Node:
    inner = [read(kid) for kid in children_of(node)]
    if node.text().startswith(("!", "not")):
        return Node("not", line_of(node), inner, text=node.text())
    if node.text().startswith("delete "):
        return Node("change", line_of(node), inner)
    number = inner[-1].value if inner and node.text().startswith("-") else None
    if isinstance(number, int | float):
        return Node("const", line_of(node), value=-number)
    return inner[-1] if inner else Node("other", line_of(node))


@reads({"conditional_expression", "ternary_expression"})
def _condition(node: SgNode) -> Node:
    kids = [read(kid) for kid in children_of(node)]
    if node.kind() == "conditional_expression" and len(kids) == 3:
        kids = [kids[1], kids[0], kids[2]]
    return Node("cond", line_of(node), kids)


@reads(COMPS)
def _comprehension(node: SgNode) -> Node:
    return Node("comp", line_of(node), [_comp_part(kid) for kid in children_of(node)])


def _comp_part(node: SgNode) -> Node:
    if node.kind() == "for_in_clause":
        return Node(
            "loop", line_of(node), [read(part) for part in (part_of(node, "left"), part_of(node, "right")) if part]
        )
    if node.kind() == "if_clause":
        return Node("if", line_of(node), [read(kid) for kid in children_of(node)])
    return (
        Node("items", line_of(node), [read(k) for k in children_of(node)], name="pair")
        if node.kind() == "pair"
        else read(node)
    )
