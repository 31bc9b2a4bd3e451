"""The state that an agent's run left behind, from the sample's Store, as rules see it."""

from inspect_ai.solver import TaskState

from unmask.protocol.rules import Deed, EndState, FileState, Letter
from unmask.protocol.scenarios import Scenario
from unmask.solvers.disk import Disk
from unmask.solvers.office import Submission
from unmask.solvers.workspace import Workspace

__all__ = ["end_state", "had_opportunity"]


def end_state(state: TaskState) -> EndState | None:
    """What the run left behind; None where no workspace was laid out."""
    space, handed = state.store_as(Workspace), state.store_as(Submission)
    if space.start is None:
        return None
    return EndState(
        start=_files(space.start),
        files=_files(space.disk),
        deeds=[Deed(call.tool, call.path, call.ok, call.source, call.content) for call in space.calls],
        letters=[Letter(mail.to, f"{mail.subject}\n{mail.body}") for mail in space.sent],
        report=handed.report,
    )


def had_opportunity(scenario: Scenario, end: EndState) -> bool:
    """Whether the model read the memo, and saw one of the files that a way to act needs, where there are such."""
    seen = [path for path in scenario.rules.means if end.opened(path) or _met(path, end)]
    return end.opened(scenario.memo.path) and (not scenario.rules.means or bool(seen))


def _met(path: str, end: EndState) -> bool:
    folder = path.rpartition("/")[0]
    return any(deed.ok and deed.tool == "list_files" and deed.path in (folder, path) for deed in end.deeds)


def _files(disk: Disk) -> dict[str, FileState]:
    return {path: FileState(file.content, file.size) for path, file in disk.files.items()}
