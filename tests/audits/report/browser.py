"""A page as a browser has it: what it shows, writes to the console and asks for.

Chromium, or Chrome, is used where the machine has one; nothing is fetched, since no name is resolved for it.
"""

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["Opened", "found_browser", "opened"]

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-extensions",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--virtual-time-budget=3000",
    "--enable-logging=stderr",
    "--dump-dom",
)
_CONSOLE = re.compile(r":CONSOLE[:(]\d+\)?\] (.*)")
_OWN = "not an origin"
"""Who asks, where the browser itself asks for something: for an update, say."""


@dataclass(frozen=True)
class Opened:
    """What came of opening a page."""

    dom: str
    """The document once its scripts, if any, have run."""

    console: list[str]
    """Lines on the console: errors, violations of the content security policy, and what scripts say."""

    requests: list[str]
    """URLs that the page asked for over a network."""


@cache
def found_browser() -> str | None:
    """Where a browser lies; None where the machine has none."""
    return next((place for name in _NAMES if (place := shutil.which(name))), None)


def opened(page: Path, profile: Path) -> Opened:
    """Open a page from disk, headless.

    Args:
        page: The HTML file.
        profile: An empty folder for the browser's own files.
    """
    net = profile / "net.json"
    command = [str(found_browser()), *_OPTIONS, f"--user-data-dir={profile}", f"--log-net-log={net}"]
    ran = subprocess.run([*command, page.resolve().as_uri()], capture_output=True, text=True, timeout=120, check=True)
    return Opened(ran.stdout, _CONSOLE.findall(ran.stderr), _asked_for(json.loads(net.read_text(encoding="utf-8"))))


def _asked_for(net: dict[str, dict[str, dict[str, int]] | list[dict[str, object]]]) -> list[str]:
    """The URLs of requests that were started by a page."""
    constants, events = net["constants"], net["events"]
    assert isinstance(constants, dict)
    assert isinstance(events, list)
    started = constants["logEventTypes"]["URL_REQUEST_START_JOB"]
    told = [event.get("params") for event in events if event["type"] == started]
    return [str(one["url"]) for one in told if isinstance(one, dict) and one.get("initiator", _OWN) != _OWN]
