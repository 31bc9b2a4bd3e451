"""The map of the rooms: written into the README and into docs/map.md by `python tests/house/floor_plan_map.py`."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("tasks", "protocol", "solvers", "scorers", "analysis", "organisms", "audits")
START, END = "<!-- map: written by tests/house/floor_plan_map.py -->", "<!-- end of map -->"
WIDTH = 108


def modules(room: str) -> list[Path]:
    """A room's modules, those at its top first."""
    found = [path for path in (ROOT / room).rglob("*.py") if path.stem != "__init__"]
    return sorted(found, key=lambda path: (len(path.relative_to(ROOT).parts) > 2, path))


def summary(path: Path) -> str:
    """The first line of a module's docstring."""
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").splitlines()[0]


def readme_map() -> str:
    """Rooms and their modules, a line for each folder."""
    lines = ["```"]
    for room in ROOMS:
        folders: dict[str, list[str]] = {}
        for path in modules(room):
            folders.setdefault(path.parent.relative_to(ROOT).as_posix(), []).append(path.stem)
        for folder, names in folders.items():
            line = f"{folder}/ ".ljust(32)
            for name in names:
                if len(line) + len(name) > WIDTH:
                    lines.append(line.rstrip())
                    line = " " * 32
                line += f"{name}  "
            lines.append(line.rstrip())
    return "\n".join([*lines, "```"])


def docs_map() -> str:
    """Every module with what it holds."""
    lines = ["# Map", "", "What every module holds, by the first line of its docstring.", ""]
    for room in ROOMS:
        lines += [f"## {room}", "", summary(ROOT / room / "__init__.py"), "", "| module | holds |", "|---|---|"]
        lines += [f"| `{path.relative_to(ROOT / room).as_posix()}` | {summary(path)} |" for path in modules(room)]
        lines.append("")
    return "\n".join(lines)


def with_map(readme: str) -> str:
    """The README with the map between its marks."""
    before, _, rest = readme.partition(START)
    return f"{before}{START}\n{readme_map()}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    page = ROOT / "README.md"
    page.write_text(with_map(page.read_text(encoding="utf-8")), encoding="utf-8")
    (ROOT / "docs" / "map.md").write_text(docs_map(), encoding="utf-8")
