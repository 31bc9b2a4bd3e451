"""The documentation site: every page is in its nav, by name or with its folder, and nothing is fetched elsewhere."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SITE = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))


def entries(nav: Any) -> list[str]:
    """Paths that a nav names, at any depth."""
    if isinstance(nav, str):
        return [nav]
    return [path for one in (nav.values() if isinstance(nav, dict) else nav) for path in entries(one)]


def test_every_page_is_in_the_nav() -> None:
    named = entries(SITE["nav"])
    folders = {path.removesuffix("/*") for path in named if path.endswith("/*")}
    docs = ROOT / "docs"
    pages = [path.relative_to(docs) for path in docs.rglob("*.md") if not path.name.endswith(".head.md")]
    assert [str(page) for page in pages if str(page) not in named and str(page.parent) not in folders] == []


def test_every_page_that_is_named_is_there() -> None:
    named = [path for path in entries(SITE["nav"]) if not path.endswith("/*")]
    assert [path for path in named if not (ROOT / "docs" / path).is_file()] == []


def test_the_theme_fetches_no_fonts() -> None:
    assert SITE["theme"]["font"] is False


def test_no_page_of_the_guide_shows_a_picture_from_elsewhere() -> None:
    pages = sorted((ROOT / "docs").rglob("*.md"))
    assert [page.name for page in pages if re.search(r"!\[[^\]]*\]\(https?:", page.read_text(encoding="utf-8"))] == []


def test_links_between_pages_lead_somewhere() -> None:
    docs = ROOT / "docs"
    broken = [
        f"{page.relative_to(docs)}: {target}"
        for page in sorted(docs.rglob("*.md"))
        for target in re.findall(
            r"\]\(([^)#\s]+\.(?:md|png|svg|yaml|json))(?:#[^)]*)?\)", page.read_text(encoding="utf-8")
        )
        if "://" not in target
        and not ((page.parent / target).resolve().is_file() and docs in (page.parent / target).resolve().parents)
    ]
    assert broken == []


HEADS = sorted((ROOT / "docs").rglob("*.head.md"))


@pytest.mark.parametrize("head", HEADS, ids=lambda path: path.stem)
def test_a_page_that_a_command_writes_has_the_text_that_it_is_written_from(head: Path) -> None:
    page = head.with_name(head.name.replace(".head", "")).read_text(encoding="utf-8").splitlines()
    lines = head.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not re.search(r"\{|\[\[", line) and line not in page] == []
