"""The floor plan: what all threats share at a room's top, what a threat has to itself in a folder of its name."""

import ast
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from tests.house.floor_plan_map import docs_map, with_map

ROOT = Path(__file__).parents[2]
ROOMS = ("analysis", "audits", "organisms", "protocol", "scorers", "solvers")
THREATS = ("alignment_faking", "backdoors", "in_context_scheming", "sandbagging")
SHARED = {"drifts", "given", "judge", "pretrained", "sequential", "strata", "workspace"}
SHARED = {
    "drifts",
    "given",
    "judge",
    "sequential",
    "small_language",
    "strata",
    "pretrained",
    "trained",
    "white_box",
    "workspace",
}
"""Folders of a room that hold what threats share."""

AUDITS = {
    "bundles",
    "command",
    "comparison",
    "control_runs",
    "exports",
    "findings",
    "gate",
    "imports",
    "labels",
    "planning",
    "report",
}
"""Folders of the room that knows no threat: what becomes of logs."""

MOST = 15
"""Files of one folder."""

FOR_ONE = {
    "solvers/offered_tools": "tools of an item, whichever threat has such items",
    "protocol/calibration": "finds the items on which a model has room, for any threat with difficulties",
    "scorers/verdict": "the rule by which any threat's run is judged",
    "analysis/verdict_rule": "likewise",
    "analysis/factorial": "any set of frames that crosses factors",
    "analysis/influence": "intervals that any threat may need",
    "analysis/multiplicity": "any number of tests",
    "analysis/count_tests": "tests of counts for any threat",
    "analysis/figures": "what all figures have in common",
    "analysis/tables": "logs as tables, whatever threat they are of",
    "solvers/workspace/shell": "a shell for any agent that works in a sandbox",
    "scorers/companion": "one scorer's score for another",
    "scorers/judge/vote_agreement": "agreement of graders on any question",
    "scorers/admission": "interviews about any run",
    "solvers/interrogation": "likewise, in several turns",
}
"""Shared modules that one threat alone uses today, with the reason why they are not that threat's own."""


def modules() -> list[Path]:
    return [path for room in (*ROOMS, "tasks") for path in sorted((ROOT / room).rglob("*.py"))]


def name(path: Path) -> str:
    return path.relative_to(ROOT).with_suffix("").as_posix()


def threat_of(module: str) -> str | None:
    """The threat whose folder or task file a module is."""
    parts = module.split("/")
    return next((part for part in parts[1:] if part in THREATS), None)


def users() -> dict[str, set[str]]:
    """For every module, the modules that import it."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("unmask."):
                found[(node.module or "").removeprefix("unmask.").replace(".", "/")].add(name(path))
    return found


def test_no_folder_holds_more_than_one_can_look_over() -> None:
    folders = Counter(
        path.parent
        for top in (*ROOMS, "tasks", "datasets", "tests", "docs")
        for path in (ROOT / top).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    )
    assert {str(folder.relative_to(ROOT)): count for folder, count in folders.items() if count > MOST} == {}


def test_no_module_has_the_name_of_another() -> None:
    names = Counter(path.stem for path in modules() if path.stem not in ("__init__", *THREATS))
    assert [stem for stem, count in names.items() if count > 1] == []


@pytest.mark.parametrize("room", ROOMS)
def test_a_rooms_folders_are_threats_or_named_parts(room: str) -> None:
    folders = {path.name for path in (ROOT / room).iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders <= (AUDITS if room == "audits" else {*THREATS, *SHARED})


@pytest.mark.parametrize("threat", THREATS)
def test_a_threat_is_a_task_data_and_a_folder_in_three_rooms(threat: str) -> None:
    assert (ROOT / "tasks" / f"{threat}.py").is_file()
    for room in ("protocol", "scorers", "organisms", "datasets"):
        assert any((ROOT / room / threat).iterdir()), room


def test_what_one_threat_alone_uses_lies_in_its_folder() -> None:
    """A shared module serves two threats or another shared module, or there is a reason."""
    used, lonely = users(), []
    for module in (name(path) for path in modules() if path.stem != "__init__"):
        if threat_of(module) or module.startswith("tasks/") or module in FOR_ONE:
            continue
        exported = any(user.count("/") == 1 and user.endswith("__init__") for user in used[module])
        by = {user for user in used[module] if not user.endswith("__init__")}
        if by and not exported and all(threat_of(user) for user in by) and len({threat_of(user) for user in by}) == 1:
            lonely.append(module)
    assert lonely == []


def test_the_reasons_are_about_modules_that_are_there() -> None:
    assert [module for module in FOR_ONE if not (ROOT / f"{module}.py").is_file()] == []


def test_nothing_shared_imports_a_threat() -> None:
    roots = {"organisms/provider", "tasks/registry", "tasks/__init__", "scorers/__init__", "solvers/__init__"}
    roots.add("protocol/__init__")
    wrong = [
        (user, module)
        for module, by in users().items()
        for user in by
        if threat_of(module) and not threat_of(user) and user not in roots and not _is_script(user)
    ]
    assert wrong == []


def _is_script(module: str) -> bool:
    """Scripts of the audits are run by path, and may be about one threat."""
    return module.startswith("audits/") and module.count("/") == 1


def test_tests_mirror_the_rooms() -> None:
    rooms = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert rooms == {*ROOMS, "tasks", "datasets", "house", "benchmarks", "faults", "labels"}
    for room in (*ROOMS, "tasks", "datasets"):
        inner = {path.name for path in (ROOT / "tests" / room).iterdir() if path.is_dir()} - {"__pycache__", "logs"}
        assert inner <= (AUDITS if room == "audits" else {*THREATS, *SHARED}), room


def test_the_maps_in_the_readme_and_the_docs_are_those_of_the_tree() -> None:
    """If not: `python tests/house/floor_plan_map.py` writes them."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme == with_map(readme)
    assert (ROOT / "docs" / "map.md").read_text(encoding="utf-8") == docs_map()
