"""Bandit as a library, for comparison: what it finds in a program by itself. The program is parsed and never run."""

import logging
import tempfile
import textwrap
from pathlib import Path

from unmask.scorers.backdoors.code.weaknesses import Hit

__all__ = ["bandit_hits"]


def bandit_hits(code: str) -> list[Hit]:
    """All findings of Bandit, with Bandit's own CWE; none where it cannot read the program.

    Args:
        code: A Python program or a part of one; it is written to a temporary file, which Bandit reads.
    """
    from bandit.core.config import BanditConfig  # type: ignore[import-untyped]  # costs a second to import
    from bandit.core.manager import BanditManager  # type: ignore[import-untyped]

    for name in ("bandit", "stevedore"):  # of files that it reads, and of forms of report that are not installed
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "program.py")
        path.write_text(textwrap.dedent(code), encoding="utf-8")
        manager = BanditManager(BanditConfig(), "file", ignore_nosec=True)
        manager.discover_files([str(path)])
        manager.run_tests()
    issues = manager.get_issue_list()
    return [Hit(f"CWE-{issue.cwe.id}", issue.lineno, issue.text, issue.test_id) for issue in issues]
