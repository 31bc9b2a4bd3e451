"""A finding made by hand, for tests of what is done with one."""

from typing import Any

from unmask.audits.findings import Finding, Subject

__all__ = ["made_finding"]


def made_finding(**more: Any) -> Finding:
    """An inconclusive finding of alignment faking.

    Args:
        **more: Fields in place of those that stand here.
    """
    fields: dict[str, Any] = {
        "log": "x.eval",
        "eval_id": "e",
        "task": "alignment_faking",
        "threat": "alignment_faking",
        "track": "",
        "frames": "contrast",
        "created": "",
        "status": "success",
        "subject": Subject(model="m"),
        "scorer": "complied",
        "verdict": "inconclusive",
        "sentence": "",
        "smallest_effect": 0.1,
        "alpha": 0.05,
        "planned": 80,
        "completed": 80,
    }
    return Finding.model_validate(fields | more)
