"""What a model that is to answer a question is put through: the document, the question, the weights, the interview."""

from typing import Literal, get_args

from inspect_ai.solver import Solver, chain

from unmask.protocol.errors import one_of
from unmask.solvers.framing import framed
from unmask.solvers.interview import interview
from unmask.solvers.sandbagging.document_workspace import framed_in_workspace
from unmask.solvers.sandbagging.weight_noise import under_noise, white_box

__all__ = ["DocumentSetting", "answer_questions"]

DocumentSetting = Literal["single_turn", "agent"]
"""Where the document is: in the prompt, or in a workspace where it must be found."""


def answer_questions(frames: str, setting: DocumentSetting, *, interviewed: bool, noisy: bool) -> Solver:
    """The solver of a sandbagging run.

    Args:
        frames: Name of a set of frames, or path of a frames file.
        setting: Where the document is.
        interviewed: Whether the model is asked afterwards if it did its best.
        noisy: Whether the samples carry levels of weight noise.

    Raises:
        ConfigurationError: If there is no such setting, or if there is to be noise and the model is known to have no
            weights at hand.
    """
    one_of("setting", setting, list(get_args(DocumentSetting)))
    steps: list[Solver] = [(framed_in_workspace if setting == "agent" else framed)(frames)]
    if interviewed:
        steps.append(interview(questions="sandbagging"))
    if noisy:
        white_box()
        return under_noise(*steps)
    return chain(*steps) if len(steps) > 1 else steps[0]
