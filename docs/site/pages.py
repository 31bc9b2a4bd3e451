"""For mkdocs: lists the pages that are there, and the packages whose docstrings make the reference.

The package has no folder of its own name, as its rooms lie side by side at the top of the repository. Here one is made
of links, so that docstrings are read from the sources and nothing is imported.
"""

import ast
import atexit
import shutil
import tempfile
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[2]
ROOMS = ("analysis", "audits", "protocol", "scorers", "solvers")
REST = "/*"
"""Ends an entry of the nav that stands for the pages of a folder which are not listed by name."""


@event_priority(100)  # before mkdocstrings reads its own
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Fill in the nav, and tell mkdocstrings where the sources are."""
    config.nav = [_filled(entry, config) for entry in config.nav or []]
    python = config.plugins["mkdocstrings"].config.handlers["python"]
    python["paths"] = [str(_linked())]
    return config


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Make the reference's pages."""
    for name in _packages():
        files.append(File.generated(config, _page(name), content=f"# {name}\n\n::: {name}\n{_options(name)}"))
    return files


def _filled(entry: Any, config: MkDocsConfig) -> Any:
    """Put pages in place of what stands for a folder's rest, and the reference in its place."""
    if not isinstance(entry, dict):
        return entry
    [(title, inside)] = entry.items()
    if not isinstance(inside, list):
        return entry
    named = {next(iter(one.values())) if isinstance(one, dict) else one for one in inside}
    pages: list[Any] = []
    for one in inside:
        if one == f"reference{REST}":
            pages += [{name.removeprefix("unmask."): _page(name)} for name in _packages()]
        elif isinstance(one, str) and one.endswith(REST):
            folder = Path(config.docs_dir) / one.removesuffix(REST)
            pages += [
                page for path in sorted(folder.glob("*.md")) if (page := f"{folder.name}/{path.name}") not in named
            ]
        else:
            pages.append(one)
    return {title: pages}


def _packages() -> list[str]:
    """Rooms, and folders of rooms, that say what is public in them; a room of modules as a whole."""
    found = []
    for room in ROOMS:
        inner = sorted(path.parent for path in (ROOT / room).rglob("__init__.py"))
        found += [path for path in inner if _is_public(path) or path == ROOT / "analysis"]
    return [".".join(["unmask", *path.relative_to(ROOT).parts]) for path in found]


def _is_public(folder: Path) -> bool:
    tree = ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))
    names = [
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    ]
    return "__all__" in names


def _page(name: str) -> str:
    return f"reference/{name.removeprefix('unmask.')}.md"


def _options(name: str) -> str:
    """A room without exports is shown module by module; fields of what commands print speak for themselves."""
    shown = "show_submodules" if name == "unmask.analysis" else "show_if_no_docstring"
    told = name == "unmask.analysis" or name.startswith("unmask.audits")
    return f"    options:\n      {shown}: true\n" if told else ""


def _linked() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="unmask-docs-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "unmask").mkdir()
    for room in (*ROOMS, "organisms", "tasks"):
        (folder / "unmask" / room).symlink_to(ROOT / room, target_is_directory=True)
    return folder
