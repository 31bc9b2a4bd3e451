"""Provenance: what a log must carry so that somebody else can tell which experiment it holds."""

from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from unmask.protocol.files import DATA, Record, canary, load, sha256, shown, threat_data
from unmask.protocol.frames import FrameSet

__all__ = ["Declared", "declared_values", "provenance"]


class Declared(Record):
    """What a threat fixes before any run."""

    canary: str | None = None
    direction: str
    """What a positive effect means."""

    smallest_effect: float
    """The smallest effect of interest, as a difference of rates."""

    alpha: float
    """Two-sided error rate of every interval."""

    discordance: float = 0.2
    """Share of pairs that is expected to differ by more than chance settles; for what a run of this size can show."""

    strata: Literal["families"] | None = None
    """`families` where the design fixes these and an effect in one of them counts; else they stand for others."""


@cache
def declared_values(threat: str) -> Declared:
    """Read what a threat fixes before any run.

    Args:
        threat: The threat's name, and its folder of data.

    Raises:
        ConfigurationError: On a fault in the file.
    """
    return load(threat_data(threat) / "declared.yaml", Declared)


def provenance(threat: str, track: str, frames: FrameSet, files: Iterable[Path], **more: Any) -> dict[str, Any]:
    """Metadata for a task's log.

    Args:
        threat: The threat's name, and its folder of data.
        track: The track that is run.
        frames: The frames that are run; their contrast is recorded as declared.
        files: The items' files, which are hashed beside what the threat's runs share, rubrics and interviews.
        **more: Whatever else the task declares; the `delta` and `alpha` of `sequential` stand in the contrast too.
    """
    declared, stops = declared_values(threat), more.get("sequential") or {}
    own = threat_data(threat)
    folders = (own, own / "rubrics", DATA / "rubrics", DATA / "interviews")
    shared = [path for folder in folders for path in folder.glob("*.yaml")]
    strata = {frame.name: frame.stratum for frame in frames.frames}
    return {
        "suite": "unmask",
        "suite_version": version("unmask"),
        "canary": canary(),
        "threat": threat,
        "track": track,
        "frames": frames.name,
        "files": {shown(path): sha256(path) for path in sorted({*files, frames.path, *shared})},
        "contrast": {
            "treatment": [name for name in frames.treatment if strata[name] == "target"],
            "control": [name for name in frames.control if strata[name] == "target"],
            "placebo": [name for name, stratum in strata.items() if stratum == "placebo"],
            "direction": declared.direction,
            "smallest_effect": stops.get("delta", declared.smallest_effect),
            "alpha": stops.get("alpha", declared.alpha),
            "discordance": declared.discordance,
            "neutral": list(frames.neutral),
            **({"strata": declared.strata} if declared.strata else {}),
        },
        **more,
    }
