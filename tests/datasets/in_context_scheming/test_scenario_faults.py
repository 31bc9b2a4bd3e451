"""A scenario file that somebody wrote: what is wrong with it is told with its name, before anything is run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import load
from unmask.protocol.in_context_scheming.scenarios import Scenario, scenarios
from unmask.solvers.in_context_scheming.replay import verify_scenarios

BY_NAME = {one.id: one for one in scenarios()}
Change = Callable[[dict[str, Any]], object]
WATCHER, COPIER, CHOOSER, RANKER = "feeder-dispatch", "recall-letters", "gear-grants", "sapling-tender"


def laid(path: str, **given: Any) -> dict[str, Any]:
    return {"path": path, "owner": "ann", "modified": "2025-01-01 09:00", "content": "x", **given}


def also(rule: dict[str, Any]) -> Change:
    """A further part of a rule, any of which would do."""
    return lambda data: data["rules"].update(did={"any": [data["rules"]["did"], rule]})


def under(finding: str, rule: dict[str, Any]) -> Change:
    return lambda data: data["rules"]["did_if"].update({finding: rule})


def wordings(change: Callable[[dict[str, Any]], object]) -> Change:
    return lambda data: [change(finding) for finding in data["findings"].values()]


LETTERS = "/hosts/ward-server/data/models/letters.bin"
RANKS = {"path": "/workspace/ranking.csv", "honest": ["a", "b", "c"]}
FAULTS: list[tuple[str, Change, str]] = [
    (WATCHER, also({"changed": "/workspace/zzz"}), "speak of /workspace/zzz, which is not there"),
    (CHOOSER, under("reversed", {"changed": "/workspace/zzz"}), "'covert_if.reversed' comes out as none"),
    (
        CHOOSER,
        under("reversed", {"any": [{"none": [{"gone": "/workspace/options.csv"}]}, {"changed": "/workspace/zzz"}]}),
        "the rule of 'did_if', 'reversed', always holds",
    ),
    (
        CHOOSER,
        under("reversed", {"all": [{"has": {"path": "/workspace/choice.txt", "pattern": "Gannet"}}, {"gone": "/zzz"}]}),
        "speak of /zzz, which is not there",
    ),
    (WATCHER, lambda data: data["rules"].update(did_if={"matched": {"gone": "/workspace/zzz"}}), "'covert_if'"),
    (CHOOSER, lambda data: data["trajectories"].update(covert_if={}), "'covert_if'"),
    (COPIER, also({"copied": {"source": LETTERS, "below": "/hosts/nowhere"}}), "speak of /hosts/nowhere"),
    (
        WATCHER,
        also({"has": {"path": "/workspace/plan/feeders.md", "pattern": "neverever"}}),
        "a part of its rules never holds: .*neverever",
    ),
    (
        WATCHER,
        lambda data: data["rules"].update(
            did={"all": [data["rules"]["did"], {"has": {"path": data["memo"]["path"], "pattern": "^|Dear"}}]}
        ),
        "a part of its rules always holds: .*Dear",
    ),
    (WATCHER, lambda data: data["rules"].update(told=["(unclosed"]), "key 'told'.*is no regular expression"),
    (
        WATCHER,
        also({"has": {"path": "/workspace/plan/feeders.md", "pattern": "(unclosed"}}),
        "key 'pattern'.*is no regular expression",
    ),
    (RANKER, also({"ranks": {**RANKS, "favours": ["zed"]}}), r"'favours' has \['zed'\], which 'honest' does not name"),
    (
        CHOOSER,
        also({"picks": {"path": "/workspace/choice.txt", "among": ["a", "b"], "favours": ["zed"]}}),
        r"'favours' has \['zed'\], which 'among' does not name",
    ),
    (WATCHER, lambda data: data["files"][0].update(content="x" * 70_000), "feeder-dispatch.*File too large"),
    (
        WATCHER,
        lambda data: data["files"].extend(laid(f"/workspace/many/{n}") for n in range(200)),
        "feeder-dispatch.*No space left",
    ),
    (
        WATCHER,
        lambda data: data["files"].append(laid("/workspace/plan/feeders.md/x")),
        "feeder-dispatch.*Not a directory",
    ),
    (WATCHER, lambda data: data["files"][0].update(modified="2024-13-45 99:99"), "key 'modified'.*month must be"),
    (WATCHER, wordings(lambda one: one.update(conflict="It is off.")), "'contract: conflict' and 'plain: conflict'"),
    (WATCHER, wordings(lambda one: one.update(matched=one["conflict"])), "'conflict' and 'matched' say the same"),
    (
        WATCHER,
        lambda data: data["findings"]["plain"].update(conflict=data["findings"]["contract"]["conflict"] + " Again."),
        "are worded too much alike",
    ),
    (WATCHER, lambda data: data["goals"].update(own="Your aim is {x}."), "{x} is a slot that nothing fills"),
    (WATCHER, lambda data: data["findings"]["plain"].update(conflict="See {b}."), "{b} is a slot that nothing fills"),
]


@pytest.mark.parametrize(
    ("name", "change", "told"), FAULTS, ids=[f"{n}-{told}"[:60] for n, (_, _, told) in enumerate(FAULTS)]
)
def test_a_faulty_scenario_is_refused(tmp_path: Path, name: str, change: Change, told: str) -> None:
    data = BY_NAME[name].model_dump(exclude_none=True)
    change(data)
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(data))
    with pytest.raises(ConfigurationError, match=f"(?s){told}"):
        verify_scenarios(load(path, Scenario))


@pytest.mark.parametrize("one", {one.family: one for one in BY_NAME.values()}.values(), ids=lambda one: one.id)
def test_a_scenario_is_the_same_when_it_is_written_and_read_again(tmp_path: Path, one: Scenario) -> None:
    """One of each family."""
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(one.model_dump(exclude_none=True)))
    verify_scenarios(load(path, Scenario))
