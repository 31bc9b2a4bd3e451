"""The framing solver: puts a bare item into its frame, then lets the model answer."""

from inspect_ai.model import ChatMessageSystem, ChatMessageUser
from inspect_ai.solver import Generate, Solver, TaskState, solver

from unmask.protocol.calibration import BARE
from unmask.protocol.design import Reasoning
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import shown
from unmask.protocol.frames import Frame, frame_set
from unmask.protocol.tracks import PromptMessages, render_prompt, tracks
from unmask.solvers.empty_answers import empty_answers_named
from unmask.solvers.offered_tools import describe_tools, offer_tools

__all__ = ["framed", "place_in_frame", "rendered_frame"]


@solver
def place_in_frame(frames: str = "contrast", reasoning: Reasoning | None = None) -> Solver:
    """Replace the messages by the item in its frame, and offer the item's tools where it has any.

    The frame, the wording and the track are read from the sample's metadata; `Sample.input` stays the bare item, so the
    viewer shows both. The system message and everything before the item in the user message are the same for all
    samples of a frame and wording, so that providers' prompt caches hit.

    A calibration's probe in the frame `bare` is put as it stands, as a user message with no system message.

    Args:
        frames: Name of a set of frames, or path of a frames file.
        reasoning: The reasoning channel: `scratchpad`, `native` or `none`; the sample's own where it is left out. Which
            one was used is noted in the sample's metadata.

    Raises:
        ConfigurationError: If the sample names a frame or wording that the set does not have.
    """

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        if _is_bare(state):
            state.messages = [ChatMessageUser(content=state.input_text)]
            return state
        frame, prompt = rendered_frame(state, frames, reasoning)
        state.messages = [ChatMessageSystem(content=prompt.system), ChatMessageUser(content=prompt.user)]
        if frame.tools:
            offer_tools(state)
        return state

    return solve


@solver
def framed(frames: str = "contrast", reasoning: Reasoning | None = None) -> Solver:
    """Put the item into its frame and generate one answer, in one step of the transcript.

    Tool calls are recorded and not executed: the choice is the behaviour, and nothing is there to be acted upon.

    Args:
        frames: Name of a set of frames, or path of a frames file.
        reasoning: The reasoning channel: `scratchpad`, `native` or `none`; the sample's own where it is left out.
    """
    place = place_in_frame(frames, reasoning)

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        placed = await place(state, generate)
        with empty_answers_named():
            return await generate(placed, tool_calls="none")

    return solve


def _is_bare(state: TaskState) -> bool:
    """Whether a sample is put without a frame; a frame of that name in a file of one's own is no probe."""
    return state.metadata.get("stratum") == "calibration" and state.metadata["frame"] == BARE


def rendered_frame(
    state: TaskState, frames: str, reasoning: Reasoning | None = None, item: str | None = None
) -> tuple[Frame, PromptMessages]:
    """A sample's frame, and what the model is told in it.

    Args:
        state: The sample's state.
        frames: Name of a set of frames, or path of a frames file.
        reasoning: The reasoning channel, where it is not the sample's own.
        item: Text in the item's place; by default the item, with its tools in words where none are offered.

    Raises:
        ConfigurationError: If the sample names a frame or wording that the set does not have.
    """
    meta = state.metadata
    table = tracks(meta["threat"])
    chosen = frame_set(frames, table.told(meta["track"]), meta["threat"])
    frame = next((frame for frame in chosen.frames if frame.name == meta["frame"]), None)
    if frame is None or meta["wording"] not in chosen.wordings:
        raise ConfigurationError(
            f"{shown(chosen.path)}: sample {state.sample_id!r} wants frame {meta['frame']!r} "
            f"in wording {meta['wording']!r}: not there"
        )
    if item is None:
        item = state.input_text if frame.tools else describe_tools(state)
    channel: Reasoning = reasoning or meta.get("reasoning", "scratchpad")
    meta["reasoning"] = channel
    wording = chosen.wordings[meta["wording"]]
    return frame, render_prompt(table, meta["track"], channel, wording, frame, item, meta.get("subject"))
