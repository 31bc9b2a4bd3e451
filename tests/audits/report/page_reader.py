"""Reads a report's page as a browser would take it apart."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

__all__ = ["Page", "shut"]

VOID = {"meta", "img", "br", "link", "input", "hr"}


class Page(HTMLParser):
    """What stands in a page: its tags with their attributes, its text, and whether its tags are balanced."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text += data

    def of(self, tag: str) -> Iterator[dict[str, str | None]]:
        return (attrs for name, attrs in self.tags if name == tag)


def shut(page: Page) -> None:
    """A page that can run nothing and asks for nothing from outside."""
    assert not {"script", "iframe", "object", "embed", "form", "link", "svg", "base"} & {tag for tag, _ in page.tags}
    for tag, attrs in page.tags:
        assert not [name for name in attrs if name.startswith("on") or name in {"style", "srcset", "srcdoc"}], tag
    policy = next(a["content"] or "" for a in page.of("meta") if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'sha256-")
    assert "unsafe" not in policy
    assert all((a["src"] or "").startswith("data:image/svg+xml;base64,") for a in page.of("img"))
    for link in (a["href"] or "" for a in page.of("a")):
        assert re.match(r"(#|viewer/index\.html#/logs/|figures/[a-z]+(-\d+)?\.(svg|png|csv)$|results\.json$)", link), (
            link
        )
