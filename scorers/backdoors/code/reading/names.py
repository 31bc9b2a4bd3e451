"""What the imports of a program call by which name."""

import re
from collections.abc import Iterator

from unmask.scorers.backdoors.code.reading.syntax import Language, Node, walk

__all__ = ["imports"]

_FROM = re.compile(r"from\s+([.\w]+)\s+import\s+\(?([^)]*)", re.DOTALL)
_AS = re.compile(r"([\w.]+)(?:\s+as\s+(\w+))?")
_JS = re.compile(
    r"import\s+(?:(?P<all>\w+)\s*,?\s*)?(?:\*\s+as\s+(?P<star>\w+)|\{(?P<some>[^}]*)\})?\s*(?:from)?\s*[\"'](?P<module>[^\"']+)"
)
_GO = re.compile(r"(?:(\w+)\s+)?\"([^\"]+)\"")


def imports(tree: Node, language: Language) -> dict[str, str]:
    """Names that a program's imports bind, each with the dotted name that it stands for.

    Args:
        tree: The program.
        language: What it is written in.
    """
    reader = {"python": _python, "go": _go}.get(language, _script)
    return {name: full for node in walk(tree) if node.op == "import" for name, full in reader(node.text)}


def _python(text: str) -> Iterator[tuple[str, str]]:
    some = _FROM.match(text)
    if some:
        for name, alias in _AS.findall(re.sub(r"#.*", "", some[2])):
            yield alias or name, f"{some[1]}.{name}".lstrip(".")
        return
    for name, alias in _AS.findall(text.removeprefix("import")):
        yield alias or name.split(".")[0], name if alias else name.split(".")[0]


def _script(text: str) -> Iterator[tuple[str, str]]:
    found = _JS.match(text)
    if not found:
        return
    module = found["module"].removeprefix("node:")
    yield from ((name, module) for name in (found["all"], found["star"]) if name)
    for name, alias in _AS.findall((found["some"] or "").replace("type ", "")):
        yield alias or name, f"{module}.{name}"


def _go(text: str) -> Iterator[tuple[str, str]]:
    for alias, module in _GO.findall(text):
        name = module.rpartition("/")[2]
        yield alias if alias and alias != "import" else name, module.replace("/", ".")
