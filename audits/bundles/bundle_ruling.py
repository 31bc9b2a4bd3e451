"""What a gate says of the logs in a bundle, which anybody can have it say again from the same files."""

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rfc8785

from unmask.audits.bundles.bundle_check import Check, OpenBundle, faults
from unmask.audits.bundles.bundle_results import LOGS, rounded
from unmask.audits.bundles.claim_files import words
from unmask.audits.gate import Ruling, gate, read_policy
from unmask.audits.gate.gate_policy import TEMPLATE
from unmask.protocol.errors import ConfigurationError

__all__ = ["GateFiles", "put_ruling", "ruling_check"]

_RULING, _POLICY = "gate/ruling.json", "gate/policy.yaml"
_CONTROLS, _JUDGE = "gate/controls", "gate/judge"


@dataclass(frozen=True)
class GateFiles:
    """By what a gate judges."""

    policy: Path | None = None
    """The policy; the template where there is none."""

    controls: Sequence[Path] = ()
    """Files of `unmask controls`."""

    judge: Sequence[Path] = ()
    """Files of `unmask judge --out`."""


def put_ruling(folder: Path, asked: GateFiles) -> None:
    """Put a gate's files into a bundle, and what it says of the logs there.

    Args:
        folder: The bundle's files: logs and the subject file among them.
        asked: By what it judges.

    Raises:
        ConfigurationError: If one of the files cannot be used.
    """
    read_policy(asked.policy or TEMPLATE)
    _copied([asked.policy or TEMPLATE], folder / "gate", [Path(_POLICY).name])
    for files, name in ((asked.controls, _CONTROLS), (asked.judge, _JUDGE)):
        _copied(files, folder / name, [f"{at}-{path.name}" for at, path in enumerate(files)])
    (folder / _RULING).write_bytes(rfc8785.dumps(_told(_ruling(folder), folder)))


def ruling_check(here: OpenBundle) -> Check:
    """The gate says of the logs what it said, to the byte.

    Args:
        here: The bundle.
    """
    if not here.has(_RULING):
        return Check("ruling", "note", (words().notes["no_ruling"],))
    ruling = _ruling(here.folder)
    if rfc8785.dumps(_told(ruling, here.folder)) != here.read(_RULING):
        return faults("ruling", [words().notes["other_ruling"].format(file=_RULING, decision=ruling.decision)])
    lines = [line for one in ruling.subjects for line in (f"{one.subject}: {one.decision}", *one.reasons)]
    return Check("ruling", "ok" if ruling.decision == "proceed" else "note", (*lines, words().notes["policy"]))


def _ruling(folder: Path) -> Ruling:
    parts = [sorted(path for path in (folder / name).glob("*")) for name in (_CONTROLS, _JUDGE)]
    controls, judge = (sorted(files, key=lambda path: int(path.name.partition("-")[0])) for files in parts)
    subject = folder / "subject.yaml"
    return gate([str(folder / LOGS)], folder / _POLICY, controls=controls, subject=subject, judge=judge)


def _told(ruling: Ruling, folder: Path) -> Any:
    """A ruling in plain types, with the files named as they lie in the bundle."""
    return _within(rounded(ruling.model_dump(mode="json")), (folder.resolve().as_uri() + "/", f"{folder}/"))


def _within(value: Any, prefixes: Iterable[str]) -> Any:
    if isinstance(value, dict):
        return {key: _within(one, prefixes) for key, one in value.items()}
    if isinstance(value, list):
        return [_within(one, prefixes) for one in value]
    if isinstance(value, str):
        for prefix in prefixes:
            value = value.replace(prefix, "")
    return value


def _copied(files: Sequence[Path], folder: Path, names: Sequence[str]) -> None:
    for source, name in zip(files, names, strict=True):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(source, folder / name)
        except OSError as error:
            raise ConfigurationError(f"{source}: {error.strerror}") from error
