"""Readers of statements: assignments, branches, loops, functions, classes, imports."""

from ast_grep_py import SgNode

from unmask.scorers.backdoors.code.reading.grammar import (
    ASSIGNS,
    BLOCKS,
    CLASSES,
    FUNCTIONS,
    LOOPS,
    METHODS,
    NAMES,
    WAYS,
)
from unmask.scorers.backdoors.code.reading.readers import body_of, children_of, line_of, part_of, read, reads
from unmask.scorers.backdoors.code.reading.syntax import Node, Param


@reads(ASSIGNS)
def _assign(node: SgNode) -> Node:
    left, right = part_of(node, "left", "name", "property"), part_of(node, "right", "value")
    kids = [read(left) if left else Node("other"), read(right) if right else Node("other")]
    if right is None and node.kind() != "variable_assignment":
        return Node("other", line_of(node))
    grows = node.kind().startswith("augmented") or any(kid.kind() == "+=" for kid in node.children())
    return Node("assign", line_of(node), kids, name="+=" if grows else "=")


@reads({"match_statement"})
def _match(node: SgNode) -> Node:
    inner = children_of(node)
    cases = [kid for block in inner[1:] for kid in (body_of(block) if block.kind() in BLOCKS else [read(block)])]
    return Node("match", line_of(node), [read(kid) for kid in inner[:1]], body=cases)


@reads({"case_clause"})
def _case(node: SgNode) -> Node:
    inner = children_of(node)
    patterns = [read(kid) for part in inner for kid in children_of(part) if part.kind() == "case_pattern"]
    body = [one for part in inner if part.kind() in BLOCKS for one in body_of(part)]
    return Node("case", line_of(node), patterns, body=body)


@reads({"if_statement"})
def _if(node: SgNode) -> Node:
    test, then = part_of(node, "condition"), part_of(node, "consequence")
    first = part_of(node, "initializer")
    made = Node("if", line_of(node), [read(test)] if test else [])
    made.body = body_of(then)
    rest = [kid for kid in node.children() if kid.kind() in ("elif_clause", "else_clause")]
    last = part_of(node, "alternative")
    if not rest and last is not None:
        made.orelse = body_of(last)
    if then is None:  # a shell's, whose test is a command
        inner = [kid for kid in children_of(node) if kid not in rest]
        made.kids, made.body = [read(kid) for kid in inner[:1]], [read(kid) for kid in inner[1:]]
    here = made
    for kid in rest:
        if kid.kind() == "elif_clause":
            deeper = _if(kid)
            here.orelse = [deeper]
            here = deeper
        else:
            here.orelse = body_of(kid)
    return Node("block", made.line, body=[read(first), made]) if first else made


@reads(LOOPS)
def _loop(node: SgNode) -> Node:
    inside = next((kid for kid in node.children() if kid.kind() == "range_clause"), node)
    left, right, body = part_of(inside, "left"), part_of(inside, "right"), part_of(node, "body")
    if node.kind() == "for_statement" and left is None:
        left, right = part_of(node, "variable"), part_of(node, "value")
    if right is None:
        return Node("block", line_of(node), body=[read(kid) for kid in children_of(node)])
    words = [read(kid) for kid in node.field_children("value")]  # a shell's
    over = Node("items", line_of(node), words, name="list") if len(words) > 1 else read(right)
    kids = [read(left) if left else Node("other"), over]
    return Node("loop", line_of(node), kids, body=body_of(body), orelse=body_of(part_of(node, "alternative")))


@reads(WAYS)
def _way(node: SgNode) -> Node:
    """What is done where something failed, or in one case of several: one way beside the other, that it is not."""
    line = line_of(node)
    return Node("match", line, body=[Node("case", line, body=[read(kid) for kid in children_of(node)])])


@reads({"as_pattern"})
def _with(node: SgNode) -> Node:
    inner = children_of(node)
    if len(inner) < 2:
        return read(inner[0]) if inner else Node("other", line_of(node))
    return Node("assign", line_of(node), [read(inner[1]), read(inner[0])], name="=")


@reads({"as_pattern_target"})
def _target(node: SgNode) -> Node:
    inner = children_of(node)
    return read(inner[0]) if inner else Node("other", line_of(node))


@reads(FUNCTIONS)
def _function(node: SgNode) -> Node:
    name, body = part_of(node, "name"), part_of(node, "body")
    params = part_of(node, "parameters", "parameter")
    made = Node("func", line_of(node), name=name.text() if name else "", text=node.text())
    made.params = _params(params) if params else []
    made.body = body_of(body)
    if body is not None and node.kind() in ("arrow_function", "lambda") and body.kind() not in BLOCKS:
        made.body = [Node("return", line_of(body), made.body)]
    return made


def _params(node: SgNode) -> list[Param]:
    if node.kind() == "identifier":
        return [Param(node.text())]
    found = []
    for kid in children_of(node):
        note = part_of(kid, "type")
        default = part_of(kid, "value")
        bound = part_of(kid, "name", "pattern")
        names = [bound] if bound else [part for part in [kid, *children_of(kid)] if part.kind() in NAMES]
        if kid.kind() == "parameter_declaration":
            names = [part for part in children_of(kid) if part.kind() == "identifier"]
        if bound is not None and bound.kind() in ("object_pattern", "array_pattern"):
            names = [part for part in children_of(bound) if part.kind() in NAMES]
        told = note.text() if note else ""
        found += [Param(part.text(), told, read(default) if default else None) for part in names[: len(names) or 1]]
    return found


@reads(CLASSES)
def _class(node: SgNode) -> Node:
    name, body = part_of(node, "name"), part_of(node, "body")
    bases = [kid for kid in node.children() if kid.kind() in ("argument_list", "class_heritage")]
    text = "\n".join(kid.text() for kid in bases)
    settings = [kid.text() for kid in (body.children() if body else []) if kid.kind() not in METHODS]
    made = Node("class", line_of(node), name=name.text() if name else "", body=body_of(body), text=text)
    made.value = "\n".join([text, *settings])
    return made


@reads({"decorated_definition"})
def _decorated(node: SgNode) -> Node:
    inner = children_of(node)
    made = read(inner[-1])
    made.text = node.text() if made.op == "func" else made.text
    made.marks = [read(part) for kid in inner[:-1] for part in children_of(kid)]
    return made


@reads({"import_statement", "import_from_statement", "import_declaration"})
def _import(node: SgNode) -> Node:
    return Node("import", line_of(node), text=node.text())
