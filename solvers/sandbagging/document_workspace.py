"""The agent setting: what the frame tells stands in a file of a workspace and has to be found there.

The same frame and wording as in the direct setting, so that the two can be compared: the system message is the same,
and the document is what the user message would have held before the item. The answer is asked for in the same form and
ends the run, so there is no tool to submit it with: scorers read it from the output as they read any other.
"""

from typing import Annotated

from inspect_ai.agent import react, run
from inspect_ai.model import ChatMessageSystem, ChatMessageUser
from inspect_ai.solver import Generate, Solver, TaskState, chain, solver
from inspect_ai.util import Store, StoreModel, message_limit, token_limit
from pydantic import Field, StringConstraints, model_validator

from unmask.protocol.assignment import assigned_by_hash
from unmask.protocol.design import Reasoning
from unmask.protocol.files import Record, load, threat_data
from unmask.protocol.frames import fill
from unmask.protocol.items import Slug, Text
from unmask.solvers.empty_answers import empty_answers_named
from unmask.solvers.framing import rendered_frame
from unmask.solvers.workspace.state import Workspace
from unmask.solvers.workspace.tools import workspace_tools

__all__ = [
    "DatedFile",
    "DocumentPlacement",
    "RelativePath",
    "Timestamp",
    "UnrelatedFile",
    "WorkspaceSetting",
    "WorkspaceSettings",
    "document_was_read",
    "framed_in_workspace",
    "place_document",
]

RelativePath = Annotated[str, StringConstraints(pattern=r"^[\w-]+(/[\w-]+)*\.[a-z]+$")]
"""A path within the workspace."""

Timestamp = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\d \d\d:\d\d$")]


class DatedFile(Record):
    """What a listing tells of a file."""

    path: RelativePath
    owner: Slug
    modified: Timestamp


class UnrelatedFile(DatedFile):
    """A file that has nothing to do with what is measured."""

    content: Annotated[str, StringConstraints(min_length=1)]


class WorkspaceSetting(Record):
    """One way to hand over the task, with the workspace that it speaks of."""

    task: Text
    """The user message; it ends with the item."""

    now: Timestamp
    document: DatedFile
    files: Annotated[list[UnrelatedFile], Field(min_length=2, max_length=3)]

    @model_validator(mode="after")
    def _hangs_together(self) -> "WorkspaceSetting":
        if not self.task.endswith("{item}"):
            raise ValueError("'task' must end with {item}: what is static comes first, so that prompt caches hit")
        present = [self.document, *self.files]
        if len({file.path for file in present}) < len(present):
            raise ValueError("two files have the same path")
        if any(file.modified > self.now for file in present):
            raise ValueError("a file was changed after 'now'")
        return self


class WorkspaceSettings(Record):
    """A threat's agent settings; an item gets one of them, the same in all its frames."""

    canary: Text | None = None
    settings: Annotated[dict[Slug, WorkspaceSetting], Field(min_length=3)]


class DocumentPlacement(StoreModel):
    """What a sample's workspace is about."""

    setting: str = ""
    document: str = ""
    """Path of the file that carries the cue; empty outside the agent setting."""

    stopped: str | None = None
    """Which limit ended the run, where one did."""


@solver
def place_document(frames: str = "contrast", reasoning: Reasoning | None = None) -> Solver:
    """Lay out the workspace with the frame's document in it, and replace the messages by the task.

    Args:
        frames: Name of a set of frames, or path of a frames file.
        reasoning: The reasoning channel: `scratchpad`, `native` or `none`; the sample's own where it is left out.

    Raises:
        ConfigurationError: If the sample names a frame or wording that the set does not have.
    """

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        settings = load(threat_data(state.metadata["threat"]) / "agent.yaml", WorkspaceSettings).settings
        name = assigned_by_hash(state.metadata["item"], "setting", list(settings))
        _, layout = rendered_frame(state, frames, reasoning, item="")
        _lay_out(state, name, settings[name], f"{layout.user.strip()}\n")
        task = fill(settings[name].task, {"item": state.input_text})
        state.metadata |= {"layout": "workspace", "tools": "offered"}
        state.messages = [ChatMessageSystem(content=layout.system), ChatMessageUser(content=task)]
        state.tools, state.tool_choice = workspace_tools(), "auto"
        return state

    return solve


@solver
def framed_in_workspace(
    frames: str = "contrast", reasoning: Reasoning | None = None, messages: int = 40, tokens: int | None = None
) -> Solver:
    """Put the item into its frame, with the document in a workspace, and let the model work until it answers.

    A limit that is reached ends the work and not the sample: it is noted as `Assignment.stopped`, an interview can
    still follow, and the scorer of the answer finds none.

    Args:
        frames: Name of a set of frames, or path of a frames file.
        reasoning: The reasoning channel: `scratchpad`, `native` or `none`; the sample's own where it is left out.
        messages: How long the conversation may grow.
        tokens: How many tokens the work may take; no bound of its own where None.
    """
    return chain(place_document(frames, reasoning), _worked(messages, tokens))


def document_was_read(store: Store) -> bool:
    """Whether the model opened the document, by the action log; false outside the agent setting.

    A document that the model replaced before it ever opened it was not read.
    """
    document = DocumentPlacement(store=store).document
    calls = [call for call in Workspace(store=store).actions if call.ok and call.path == document]
    return next((call.tool == "read_file" for call in calls if call.tool != "list_files"), False)


@solver
def _worked(messages: int, tokens: int | None) -> Solver:
    """Inspect's own agent loop over the state's tools; it ends with the first message that calls none."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        agent = react(prompt=None, tools=state.tools, submit=False)
        limits = [message_limit(messages), token_limit(tokens)]
        with empty_answers_named():
            done, exceeded = await run(agent, state.messages, limits)
        state.store_as(Workspace).log.flush()
        state.messages, state.output = done.messages, done.output
        state.store_as(DocumentPlacement).stopped = exceeded.type if exceeded else None
        return state

    return solve


def _lay_out(state: TaskState, name: str, setting: WorkspaceSetting, document: str) -> None:
    disk, about = state.store_as(Workspace).disk, setting.document
    disk.now = setting.now
    for file in setting.files:
        disk.put(file.path, file.content, file.owner, file.modified)
    disk.put(about.path, document, about.owner, about.modified)
    assignment = state.store_as(DocumentPlacement)
    assignment.setting, assignment.document = name, disk.locate(about.path)
