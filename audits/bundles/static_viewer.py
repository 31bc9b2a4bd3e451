"""Inspect's own viewer around the logs of a bundle, with nothing in it that differs from one making to the next."""

import contextlib
import io
import json
from pathlib import Path

from inspect_ai.log import bundle_log_dir

__all__ = ["with_viewer"]


def with_viewer(logs: Path, viewer: Path) -> None:
    """Make a static viewer; the logs lie in its folder `logs` then.

    Args:
        logs: The folder of the logs.
        viewer: The viewer's folder, which is not there yet.
    """
    with contextlib.redirect_stdout(io.StringIO()):
        bundle_log_dir(str(logs), str(viewer))
    page = viewer / "index.html"
    place = json.dumps(str(logs.resolve()))
    html = page.read_text(encoding="utf-8")
    for told in (place, json.dumps(str(logs)), json.dumps(logs.resolve().as_uri())):
        html = html.replace(told, '"logs"')
    page.write_text(html, encoding="utf-8")
    listing = viewer / "logs" / "listing.json"
    ordered = json.dumps(json.loads(listing.read_text(encoding="utf-8")), sort_keys=True, indent=1, ensure_ascii=False)
    listing.write_text(ordered + "\n", encoding="utf-8")
