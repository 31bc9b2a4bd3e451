"""A sample's metadata under the contract, for scores that are made by hand."""

from typing import Any

PLAIN: dict[str, Any] = {
    "threat": "alignment_faking",
    "track": "helpful_only",
    "item": "i",
    "cluster": "c",
    "frame": "f",
    "wording": "w",
    "arm": "treatment",
    "stratum": "target",
}
