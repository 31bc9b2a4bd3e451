"""Logs of version 1-A: what they did not record is told by their prompts and their Store, and is read from there.

Samples of 1-A carry neither the reasoning channel nor the tools nor the layout, and keep an agent's actions under other
names in the Store.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from inspect_ai.model import ChatMessage
from inspect_ai.util import Store

from unmask.protocol.design import Layout, Reasoning, SampleDesign, ToolUse
from unmask.protocol.tracks import tracks

__all__ = ["read_design", "upgrade_store"]

_CONTRACT = {"threat", "track", "item", "frame", "arm", "stratum"}
"""Keys that every sample of the suite has."""

_DOCUMENT = ("Assignment:", "DocumentPlacement:")
_LEDGER, _LOG = "Workspace:ledger", "Workspace:log"


def read_design(
    metadata: Mapping[str, Any], messages: Sequence[ChatMessage] = (), store: Store | None = None
) -> SampleDesign | None:
    """A sample's design, of whatever version; None where the suite did not make the sample.

    Args:
        metadata: The sample's.
        messages: Its conversation, of which a log of 1-A tells the rest.
        store: Its Store, likewise.

    Raises:
        ConfigurationError: If the sample is the suite's own and a key is missing or wrong.
    """
    if not set(metadata) >= _CONTRACT:
        return None
    design = SampleDesign.read(metadata)
    if design.reasoning is not None or not messages:
        return design
    prompt = "\n".join(message.text for message in messages if message.role in {"system", "user", "tool"})
    system = "\n".join(message.text for message in messages if message.role == "system")
    known = {"reasoning": _channel(design, system), "tools": _tools(design, prompt), "layout": _layout(design, store)}
    return design.model_copy(update=known)


def upgrade_store(store: Store) -> None:
    """Rename what 1-A wrote into a Store, in place; one of today is left as it is.

    Args:
        store: The sample's Store.
    """
    old, new = _DOCUMENT
    former = [key for key, _ in store.items() if key.startswith(old)]
    for key in former:
        store.set(key.replace(old, new, 1), store.get(key))
        store.delete(key)
    ledger = store.get(_LEDGER)
    if isinstance(ledger, Mapping):
        store.set(_LOG, {"actions": ledger.get("calls", []), "mail": ledger.get("sent", [])})
        store.delete(_LEDGER)


def _channel(design: SampleDesign, system: str) -> Reasoning:
    layout = tracks(design.threat)
    if design.track not in layout.tracks or "<scratchpad>" in system:
        return "scratchpad"
    if not layout.reasoning:
        return "native"
    return "native" if layout.reasoning["native"] in system else "none"


def _tools(design: SampleDesign, prompt: str) -> ToolUse:
    """A prompt that describes the tools only tells of them."""
    description = design.details.get("tool_safe_description")
    if description is None:
        return "none"
    return "described" if description in prompt else "offered"


def _layout(design: SampleDesign, store: Store | None) -> Layout:
    in_files = store is not None and bool(store.get(f"{_DOCUMENT[1]}document") or store.get(_LOG))
    return "workspace" if in_files else "prompt"
