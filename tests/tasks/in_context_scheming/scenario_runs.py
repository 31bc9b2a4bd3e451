"""Runs of scenarios through Inspect's own eval, and what the tests of this folder read from them."""

from pathlib import Path
from typing import Any

from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog, EvalSample
from inspect_ai.model import Model

from unmask.tasks.in_context_scheming import in_context_scheming

__all__ = ["run", "score"]


def run(folder: Path, model: str | Model, frames_of: str | None = "conflict", **args: Any) -> EvalLog:
    """Run a model in some frames, parted by blanks, or in all; the offline grader judges."""
    [log] = inspect_eval(
        in_context_scheming(**args),
        model=model,
        model_roles={"grader": "organism/grader"},
        sample_id=[f"*/{frame}/*" for frame in (frames_of or "").split()] or None,
        log_dir=str(folder),
        display="log",
        log_realtime=False,
    )
    assert log.status == "success", log.error
    return log


def score(sample: EvalSample, name: str = "schemed") -> Any:
    """A sample's score by a scorer."""
    return (sample.scores or {})[name]
