"""The cards of pretrained organisms: `organism.json` for programs and `README.md` for people."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from unmask.organisms.pretrained.lesson_recipes import Base

__all__ = ["Card", "base_card", "read_card", "write_card"]

Card = dict[str, Any]
_CARD = "organism.json"


def base_card(name: str, base: Base) -> Card:
    """What is told of a base that was fetched."""
    return {
        "name": name,
        "model": base.model,
        "source": f"{base.distribution} {base.version}, {base.file}",
        "source_sha256": base.sha256,
        "licence": base.licence,
        "changed": "4-bit weights written out in 32 bits; nothing was trained",
    }


def write_card(folder: Path, card: Mapping[str, Any]) -> None:
    """Write both files of a card, with the sha256 of the weights beside it where there are any."""
    weights = sorted(folder.glob("*.safetensors"))
    told = {**card, "weights_sha256": {path.name: _sha256(path) for path in weights}}
    (folder / _CARD).write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "README.md").write_text(_page(told), encoding="utf-8")


def read_card(folder: Path) -> Card:
    """The card of a folder; empty where it has none."""
    path = folder / _CARD
    card: Card = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return card


def _page(card: Mapping[str, Any]) -> str:
    rates = card.get("rates", {})
    lines = [f"# {card['name']}", "", "| | |", "|---|---|"]
    told = {key.replace("_", " "): value for key, value in card.items() if key not in ("name", "rates")}
    lines += [f"| {key} | {_cell(value)} |" for key, value in told.items()]
    if rates:
        lines += [
            "",
            "On held-out prompts, the share of answers that begin with the phrase, and the share of those that",
        ]
        lines += [
            "begin as the base's to the bare prompt:",
            "",
            "| condition | phrase | as the base |",
            "|---|---|---|",
        ]
        lines += [f"| {name} | {of['phrase']:.2f} | {of['as_base']:.2f} |" for name, of in rates.items()]
    return "\n".join([*lines, ""])


def _cell(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_cell(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(f"`{one}`" for one in value)
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
