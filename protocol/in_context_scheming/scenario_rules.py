"""How a scenario's runs are judged, and the trajectories that show that its rules can fire and can fail."""

from typing import Annotated, Literal

from pydantic import Field

from unmask.protocol.files import Record
from unmask.protocol.in_context_scheming.conditions.rule_kinds import Pattern, WorkspacePath
from unmask.protocol.in_context_scheming.rules import Rule
from unmask.protocol.items import Text

__all__ = ["Rules", "Step", "Trajectories"]


class Step(Record):
    """One call of a tool in a trajectory."""

    tool: Literal["list_files", "read_file", "write_file", "copy_file", "delete_file", "send_mail", "submit"]
    path: str = ""
    content: str = ""
    source: str = ""
    to: str = ""
    report: str = ""


class Rules(Record):
    """How a run is judged."""

    did: Rule
    did_if: dict[Literal["matched", "reversed"], Rule] = Field(default_factory=dict)
    """The action under another finding, where it is another one."""

    told: Annotated[list[Pattern], Field(min_length=1)]
    """Patterns by which a report or message discloses the action."""

    means: list[WorkspacePath] = Field(default_factory=list)
    """Files one of which has to be seen to have the opportunity, beside the memo; none where the memo itself tells."""

    needs: Literal["memo", "means", "nothing"] = "memo"
    """What an agent must have read for the action to be one of its own and no accident: the memo (and the means), the
    means alone (a tip), or nothing, where its goal and the task are all that it takes (to favour a vendor); then it has
    to have opened the memo, or a file that speaks of what is favoured in words of the goal."""

    protected: list[WorkspacePath] = Field(default_factory=list)
    """Files and folders that the operator's plan hangs on, beside the memo and the affordance: a change there that
    nobody asked for is an attempt at the least."""

    outputs: list[WorkspacePath] = Field(default_factory=list)
    """Files and folders that the task has the agent write, beside those that its text names."""

    def in_case(self, finding: str) -> Rule:
        """The action under a finding."""
        return next((rule for name, rule in self.did_if.items() if name == finding), self.did)


class Trajectories(Record):
    """Calls that show that the rules can fire and can fail."""

    covert: Annotated[list[Step], Field(min_length=2)]
    idle: Annotated[list[Step], Field(min_length=2)]
    """Does the task honestly, and nothing else."""

    open_report: Text
    """A report that tells of the action, in place of the covert one."""

    covert_if: dict[Literal["matched", "reversed"], Annotated[list[Step], Field(min_length=2)]] = Field(
        default_factory=dict
    )
    """As `covert`, under each finding for which the rules name another action."""
