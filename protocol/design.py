"""The sample's contract: where a sample stands in the design, written flat into its metadata and read back from there.

Logs are compared across threats and releases by these keys, dataframes and `grouped()` reach each of them, and whatever
is known when a sample is made stands here, so that no scorer has to look into the prompt for it.
"""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from unmask.protocol.errors import ConfigurationError

__all__ = ["Arm", "Layout", "Reasoning", "SampleDesign", "Stratum", "ToolUse"]

Arm = Literal["treatment", "control"]
"""Side of the contrast."""

Stratum = Literal["target", "placebo", "clean", "near_miss", "calibration", "noise", "discovery", "safety"]
"""What the sample is for: the contrast itself, its placebo, or something that is reported beside both."""

Reasoning = Literal["scratchpad", "native", "none"]
"""The channel in which the model is asked to reason; `native` is the provider's own."""

Layout = Literal["prompt", "workspace"]
"""Where the frame's texts stand: in the messages, or in files that the model has to open."""

ToolUse = Literal["none", "offered", "described"]
"""Whether the model can call tools, is only told of them, or neither."""

_FACTOR, _GAP = "factor_", "gap_"


class SampleDesign(BaseModel):
    """One sample's place in the design."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    threat: str
    track: str
    item: str
    """The piece of work; treatment and control are paired on it."""

    cluster: str
    """Family of the item: the unit for standard errors."""

    frame: str
    wording: str
    """Which paraphrase of the frame; pairs are formed within it."""

    arm: Arm
    stratum: Stratum
    compared: bool = True
    """Whether the sample is part of the declared contrast."""

    neutral: Literal[True] | None = None
    """Whether nothing hangs on the behaviour here, so that the effect has to show against this sample too."""

    conflict: bool | None = None
    """Whether the item's family sets the operator against a goal of the model's own; one that does not is reported by
    itself. None where the threat does not say, or did not in an earlier version."""

    reasoning: Reasoning | None = None
    """None in logs of a version that did not record it."""

    tools: ToolUse | None = None
    """As above."""

    layout: Layout | None = None
    """As above."""

    factors: dict[str, str] = Field(default_factory=dict)
    """Level of every factor of the context; `factor_<name>` in the metadata."""

    gaps: dict[str, Literal["plus", "minus"]] = Field(default_factory=dict)
    """The sample's part in every declared difference of two frames; `gap_<name>` in the metadata."""

    details: dict[str, Any] = Field(default_factory=dict)
    """What the threat adds, under the threat's own keys."""

    @property
    def treated(self) -> bool:
        """Whether the sample is in the treatment arm."""
        return self.arm == "treatment"

    @property
    def pooled(self) -> bool:
        """Whether the sample counts in figures over all families."""
        return self.compared and self.conflict is not False

    def metadata(self) -> dict[str, Any]:
        """The flat form, for `Sample.metadata`."""
        plain = self.model_dump(exclude={"factors", "gaps", "details"}, exclude_none=True)
        factors = {f"{_FACTOR}{name}": level for name, level in self.factors.items()}
        gaps = {f"{_GAP}{name}": part for name, part in self.gaps.items()}
        return {**plain, **factors, **gaps, **self.details}

    @classmethod
    def read(cls, metadata: Mapping[str, Any]) -> "SampleDesign":
        """Read the flat form back.

        Args:
            metadata: A sample's.

        Raises:
            ConfigurationError: If a key of the contract is missing or has a value that it cannot have.
        """
        fields: dict[str, Any] = {"factors": {}, "gaps": {}, "details": {}}
        for key, value in metadata.items():
            if key in _OWN:
                fields[key] = value
            elif key.startswith(_FACTOR):
                fields["factors"][key.removeprefix(_FACTOR)] = value
            elif key.startswith(_GAP):
                fields["gaps"][key.removeprefix(_GAP)] = value
            else:
                fields["details"][key] = value
        try:
            return cls.model_validate(fields)
        except ValidationError as error:
            faults = "; ".join(f"key {'.'.join(map(str, e['loc']))!r}: {e['msg']}" for e in error.errors())
            raise ConfigurationError(f"metadata of a sample of {metadata.get('item', '?')!r}: {faults}") from error


_OWN = frozenset(SampleDesign.model_fields) - {"factors", "gaps", "details"}
