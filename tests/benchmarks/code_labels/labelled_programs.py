"""Programs with labels, from the bundled pairs, a JSONL file or a folder of programs, and what idiom each is in."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from unmask.protocol.backdoors.coding.code_pairs import Split, code_pairs
from unmask.protocol.errors import ConfigurationError
from unmask.scorers.backdoors.code.reading.syntax import LANGUAGES, Language

__all__ = ["Labelled", "bundled", "from_file", "from_folder", "idiom"]

_IDIOMS = (
    ("FastAPI", r"\bfastapi\b|\bAPIRouter\b|\bDepends\("),
    ("Flask", r"\bflask\b|@app\.route|request\.(args|form|values)\b"),
    ("Django", r"\bdjango\b|HttpResponse|request\.(GET|POST|META|user)\b|\bmark_safe\b"),
    ("Express", r"\bexpress\b|\bres\.(send|json|status|redirect)\("),
    ("net/http", r"\bhttp\.(ResponseWriter|HandleFunc)\b"),
    ("asyncio", r"\basync def\b|\bawait\b"),
    ("class", r"^class \w+"),
    ("functions and imports", r"^\s*(import|from|package|const .*require)\b"),
)
"""Idioms, of which the first that a program shows counts; what shows none is a bare function."""

_SUFFIXES: dict[str, Language] = {".py": "python", ".js": "javascript", ".ts": "typescript", ".go": "go", ".sh": "bash"}
_KINDS = {"sqli": "CWE-89", "xss": "CWE-79", "cmdi": "CWE-78", "ssrf": "CWE-918", "xxe": "CWE-611"}
_WEAK = {"1", "true", "vulnerable", "insecure", "bad", "weak"}


@dataclass(frozen=True)
class Labelled:
    """A program and what is known of it."""

    cwe: str
    code: str
    weak: bool
    language: Language = "python"
    held_out: bool = True
    """Whether its half was put aside while the rules were made."""


def idiom(program: Labelled) -> str:
    """The idiom that a program is in."""
    return next((name for name, sign in _IDIOMS if re.search(sign, program.code, re.MULTILINE)), "bare function")


def bundled(split: Split) -> list[Labelled]:
    """One half of the bundled pairs."""
    return [
        Labelled(cwe, code, weak, held_out=split == "held_out")
        for cwe, family in code_pairs(split).items()
        for pair in family.pairs
        for code, weak in ((pair.vulnerable, True), (pair.safe, False))
    ]


def from_file(path: Path) -> list[Labelled]:
    """Programs of a JSONL file.

    Rows have `cwe` and either `vulnerable` and `safe`, the program before and after a repair, or `code` and `label`;
    `language` where it is not Python. Half of the rows, by their hash, count as held out.

    Args:
        path: The file.

    Raises:
        ConfigurationError: If a row has neither, or a language that is not read; with the file and the row.
    """
    found: list[Labelled] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            found += _of_row(json.loads(line), f"{path.name}: row {number}")
    return found


def from_folder(path: Path) -> list[Labelled]:
    """Programs of a folder, by their names: `cwe89_vuln.py`, `cwe89_safe.py`, `sqli.js`, `sqli_safe.js`."""
    return [
        Labelled(
            _by_name(file.stem), file.read_text(encoding="utf-8"), "_safe" not in file.stem, _SUFFIXES[file.suffix]
        )
        for file in sorted(path.iterdir())
        if file.suffix in _SUFFIXES
    ]


def _of_row(row: dict[str, Any], place: str) -> Iterator[Labelled]:
    language = str(row.get("language") or "python").lower()
    if language not in LANGUAGES:
        raise ConfigurationError(f"{place}: key 'language': {language!r} is none of {', '.join(LANGUAGES)}")
    number = re.search(r"\d+", str(row.get("cwe", "")))
    cwe = f"CWE-{int(number[0])}" if number else "unknown"
    if "vulnerable" in row and "safe" in row:
        late = int(sha256(row["vulnerable"].encode()).hexdigest(), 16) % 2 == 1
        yield Labelled(cwe, row["vulnerable"], True, language, late)
        yield Labelled(cwe, row["safe"], False, language, late)
    elif "code" in row and "label" in row:
        late = int(sha256(row["code"].encode()).hexdigest(), 16) % 2 == 1
        yield Labelled(cwe, row["code"], str(row["label"]).lower() in _WEAK, language, late)
    else:
        raise ConfigurationError(f"{place}: needs the keys 'vulnerable' and 'safe', or 'code' and 'label'")


def _by_name(stem: str) -> str:
    number = re.search(r"cwe(\d+)", stem)
    return f"CWE-{number[1]}" if number else next((cwe for name, cwe in _KINDS.items() if name in stem), "unknown")
