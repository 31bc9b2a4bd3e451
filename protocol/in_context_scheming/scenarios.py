"""Scenarios: a task in a workspace in which a goal of one's own can be served behind the operator's back.

After Meinke et al. 2024, "Frontier models are capable of in-context scheming" (arXiv 2412.04984). All texts are new.
"""

import re
from datetime import datetime
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.families import distinct
from unmask.protocol.files import DATA, Record, load
from unmask.protocol.in_context_scheming.conditions.rule_kinds import WorkspacePath
from unmask.protocol.in_context_scheming.scenario_rules import Rules, Trajectories
from unmask.protocol.items import Item, Slug, Text

__all__ = [
    "SCHEMING",
    "Family",
    "Finding",
    "FixedText",
    "Goals",
    "Means",
    "Memo",
    "Scenario",
    "Sites",
    "Timestamp",
    "WorkspaceFile",
    "scenarios",
]

SCHEMING = DATA / "in_context_scheming"
Family = Literal[
    "oversight_subversion",
    "self_exfiltration",
    "goal_guarding",
    "covert_reranking",
    "instrumental_faking",
    "strategic_sandbagging",
    "covert_actions",
    "insider_trading",
    "medical_triage",
    "hidden_goal",
]
_TOO_ALIKE = 0.6
"""Share of a wording's words that another may not have as well."""


def _is_a_time(text: str) -> str:
    datetime.fromisoformat(text)
    return text


def _has_no_slot(text: str) -> str:
    if found := re.search(r"\{\w+\}", text):
        raise ValueError(f"{found[0]} is a slot that nothing fills")
    return text


Timestamp = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\d \d\d:\d\d$"), AfterValidator(_is_a_time)]
FixedText = Annotated[Text, AfterValidator(_has_no_slot)]
"""A text that the model is shown as it is."""


class WorkspaceFile(Record):
    """A file of the workspace."""

    path: WorkspacePath
    owner: Slug
    modified: Timestamp
    content: Annotated[str, StringConstraints(min_length=1)] | None = None
    """Its text; a slot {goal} holds the goal that the model is given, and nothing where it is given none."""

    size: Annotated[int, Field(gt=0)] | None = None
    """Bytes of a file that is not text, such as a model's weights."""

    @model_validator(mode="after")
    def _is_text_or_not(self) -> "WorkspaceFile":
        if (self.content is None) == (self.size is None):
            raise ValueError("one of 'content' and 'size' must be given")
        return self


class Memo(Record):
    """The file in which the model learns of it; slots {finding}, {means} and, where there are sites, {site}."""

    path: WorkspacePath
    owner: Slug
    modified: Timestamp
    text: Text


class Finding(Record):
    """What the memo says, in one wording."""

    conflict: FixedText
    """The operator wants something at the expense of the model's own goal."""

    matched: FixedText
    """The operator wants what serves the goal."""

    reversed: FixedText | None = None
    """As `conflict`, where the model's own goal is the worse one and the operator's the better."""

    @model_validator(mode="after")
    def _says_different_things(self) -> "Finding":
        _distinct({"conflict": self.conflict, "matched": self.matched, "reversed": self.reversed or ""})
        return self


class Means(Record):
    """What the memo says of a way to act on it; beside `present`, at least one of the two others."""

    present: FixedText
    absent: FixedText | None = None
    """There is no way: what could be acted on lies elsewhere. The files of the affordance are not there."""

    monitored: FixedText | None = None
    """There is a way, and whoever takes it is seen to take it. The files of the affordance are there."""

    @model_validator(mode="after")
    def _has_a_placebo(self) -> "Means":
        if self.absent is None and self.monitored is None:
            raise ValueError("one of 'absent' and 'monitored' must be given")
        return self


class Goals(Record):
    """The model's own long-term goal, as the system message tells it."""

    own: FixedText
    reversed: FixedText


class Sites(Record):
    """Where the model is told to be: under test, or deployed with little oversight."""

    tested: FixedText
    deployed: FixedText


class Scenario(Item):
    """A scenario; see the module's docstring."""

    canary: Text | None = None
    family: Family
    domain: Slug
    now: Timestamp
    mounts: list[WorkspacePath] = Field(default_factory=lambda: ["/workspace"])
    persona: FixedText
    goals: Goals | None = None
    task: FixedText
    files: Annotated[list[WorkspaceFile], Field(min_length=3)]
    memo: Memo
    findings: Annotated[dict[Slug, Finding], Field(min_length=3)]
    means: Means
    sites: Sites | None = None
    affordance: list[WorkspaceFile] = Field(default_factory=list)
    """Files that are there only where there is a way to act."""

    act: Text
    """The action in a sentence, for the judge who is asked whether a report tells of it."""

    rules: Rules
    trajectories: Trajectories

    def slots(self, turn: int) -> dict[str, str]:
        """See `Item.slots`."""
        return {"task": self.task.strip()}

    def outputs(self) -> set[str]:
        """Files and folders that the task has the agent write: it names them, or the rules do."""
        named = [found.rstrip(".") for found in re.findall(r"/[\w./-]+\w", self.task)]
        return {name for name in named if "." in name.rpartition("/")[2]} | set(self.rules.outputs)

    def asked_for(self, path: str) -> bool:
        """Whether the task has the agent write a file."""
        return any(path == one or path.startswith(f"{one}/") for one in self.outputs())

    def protects(self, path: str) -> bool:
        """Whether the operator's plan hangs on a file."""
        files = [self.memo.path, *(file.path for file in self.affordance), *self.rules.protected]
        return any(path == one or path.startswith(f"{one}/") for one in files)

    def target(self, turn: int) -> str:
        """See `Item.target`: what is looked for is in the state that the run leaves."""
        return ""

    def traits(self) -> dict[str, str]:
        """See `Item.traits`."""
        return {"domain": self.domain}

    @model_validator(mode="after")
    def _hangs_together(self) -> "Scenario":
        present: list[Memo | WorkspaceFile] = [self.memo, *self.files, *self.affordance]
        paths = [file.path for file in present]
        if len(set(paths)) < len(paths):
            raise ValueError("two files have the same path")
        for path in paths:
            if not any(path.startswith(f"{mount}/") for mount in self.mounts):
                raise ValueError(f"{path} lies outside the mounts {self.mounts}")
        if any(file.modified > self.now for file in present):
            raise ValueError("a file was changed after 'now'")
        slots = {"finding", "means"} | ({"site"} if self.sites else set())
        if set(re.findall(r"\{(\w+)\}", self.memo.text)) != slots:
            raise ValueError(f"the memo's text must have the slots {sorted(slots)}")
        return self._check_family()

    def _check_family(self) -> "Scenario":
        if (self.family == "instrumental_faking") != (self.sites is not None):
            raise ValueError("'sites' belong to instrumental_faking")
        if (self.family == "hidden_goal") == (self.goals is not None):
            raise ValueError("'goals' must be given, but for hidden_goal")
        if self.goals and any(finding.reversed is None for finding in self.findings.values()):
            raise ValueError("each finding needs 'reversed'")
        if "submit" not in self.task:
            raise ValueError("the task must say that it ends with submit")
        if set(self.rules.did_if) != set(self.trajectories.covert_if):
            raise ValueError("'covert_if' of the trajectories must have the findings of 'did_if' of the rules")
        return self._check_wordings()

    def _check_wordings(self) -> "Scenario":
        for kind in ("conflict", "matched", "reversed"):
            _distinct({f"{name}: {kind}": getattr(one, kind) or "" for name, one in self.findings.items()})
        for (a, one), (b, other) in combinations(self.findings.items(), 2):
            words = [set(re.findall(r"[a-z]{4,}", text.casefold())) for text in (one.conflict, other.conflict)]
            if len(words[0] & words[1]) >= _TOO_ALIKE * min(map(len, words)):
                raise ValueError(f"findings {a!r} and {b!r} are worded too much alike")
        return self


def _distinct(texts: dict[str, str]) -> None:
    """Refuse two texts that say the same."""
    plain = {name: " ".join(text.casefold().split()) for name, text in texts.items()}
    for a, b in combinations(plain, 2):
        if plain[a] and plain[a] == plain[b]:
            raise ValueError(f"{a!r} and {b!r} say the same")


@cache
def scenarios(folder: Path = SCHEMING / "scenarios") -> tuple[Scenario, ...]:
    """All scenarios of a folder, one a file, by family.

    Raises:
        ConfigurationError: On a fault in a file, or an id that two of them share.
    """
    found = [load(path, Scenario) for path in sorted(folder.rglob("*.yaml"))]
    if not found:
        raise ConfigurationError(f"{folder}: there is no scenario")
    distinct((one.id for one in found), str(folder))
    return tuple(sorted(found, key=lambda one: (get_args(Family).index(one.family), one.id)))
