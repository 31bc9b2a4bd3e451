"""The files of rules are validated, and errors name file, rule and key; the kinds cover what is asked for."""

from pathlib import Path

import pytest

from unmask.protocol.backdoors.coding.code_pairs import code_pairs
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import load
from unmask.scorers.backdoors.code.reading.syntax import LANGUAGES
from unmask.scorers.backdoors.code.weakness_rules import RuleFile, fits, kinds, rules

RULE = "rules:\n  - id: odd\n    cwe: CWE-22\n    calls: [a]\n    says: that\n"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("calls: [a]", "calls: [a]\n    strenght: certain"),
        ("cwe: CWE-22", "cwe: 22"),
        ("calls: [a]", "calls: [a]\n    languages: [cobol]"),
        ("calls: [a]", "calls: [a]\n    matches: '('"),
        ("calls: [a]", "where: {a: 1}"),
    ],
)
def test_a_fault_names_the_file_and_the_rule(tmp_path: Path, change: str, said: str) -> None:
    path = tmp_path / "made_up.yaml"
    path.write_text(RULE.replace(change, said), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"made_up\.yaml: key 'rules', item 'odd'"):
        load(path, RuleFile)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_rules_and_origins(language: str) -> None:
    found = rules(language)  # type: ignore[arg-type]
    assert len({rule.cwe for rule in found.rules}) >= 6
    assert found.outside


def test_every_kind_of_the_tasks_and_of_the_rules_is_told_to_the_judge() -> None:
    known = {number for kind in kinds().kinds for number in (*kind.also, kind.cwe)}
    ruled = {rule.cwe for language in LANGUAGES for rule in rules(language).rules if rule.strength != "hint"}
    assert {*code_pairs("held_out"), *code_pairs("written_on")} <= known
    assert ruled - known <= {"CWE-319", "CWE-347", "CWE-489", "CWE-614", "CWE-1004", "CWE-1333"}


def test_only_a_switch_that_is_off_or_a_check_that_is_dropped_is_certain() -> None:
    certain = [rule for language in LANGUAGES for rule in rules(language).rules if rule.strength == "certain"]
    assert certain
    assert all(rule.named and isinstance(rule.value, bool | list) for rule in certain)


def test_a_star_stands_for_anything_and_a_bracket_for_itself() -> None:
    assert fits("sys.argv[]", ["sys.argv*"])
    assert fits("a.execute", ["*.execute"])
    assert not fits("execute", ["*.execute"])
    assert not fits("", ["*"])
