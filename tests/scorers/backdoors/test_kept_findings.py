"""What is found in every labelled program, finding by finding: shares alone would hide a reader that lost one idiom.

A change that is meant is taken over by `python tests/scorers/backdoors/test_kept_findings.py`, and read in the diff.
"""

import json
from pathlib import Path
from typing import cast

from unmask.protocol.backdoors.coding.code_pairs import Split, code_pairs
from unmask.protocol.files import read
from unmask.scorers.backdoors.code.reading.syntax import Language
from unmask.scorers.backdoors.code.weaknesses import weaknesses

KEPT = Path(__file__).with_name("kept_findings.json")
SPLITS: tuple[Split, ...] = ("written_on", "held_out")


def findings(code: str, language: str = "python") -> list[str]:
    return [f"{hit.line} {hit.cwe} {hit.rule} {hit.strength}" for hit in weaknesses(code, cast("Language", language))]


def every() -> dict[str, list[str]]:
    """Program -> its findings, for those that have any."""
    found = {}
    for split in SPLITS:
        for cwe, family in code_pairs(split).items():
            for pair in family.pairs:
                found[f"{split}/{cwe}/{pair.id}/weak"] = findings(pair.vulnerable)
                found[f"{split}/{cwe}/{pair.id}/safe"] = findings(pair.safe)
    for number, pair in enumerate(read(Path(__file__).with_name("programs.yaml"))["programs"]):
        for side in ("weak", "sound"):
            found[f"programs/{number}/{side}"] = findings(pair[side], pair["language"])
    return {name: told for name, told in found.items() if told}


def test_every_finding_is_the_one_that_was_kept() -> None:
    assert every() == json.loads(KEPT.read_text(encoding="utf-8"))


if __name__ == "__main__":
    KEPT.write_text(json.dumps(every(), indent=0, sort_keys=True) + "\n", encoding="utf-8")
