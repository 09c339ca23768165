"""The whole demo without its autopilot, and a browser, for benches that move its people."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from time import monotonic, sleep
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from simulator.processes import hien

FIRST_PORT = 18_300
STAGE, WEB, KIOSK = FIRST_PORT + 1, FIRST_PORT + 2, FIRST_PORT + 3  # they stand in a row
OPENS_WITHIN_S = 90.0


def ask(path: str, message: object = None) -> Any:
    """Ask something of the stage, or tell it something."""
    request = urllib.request.Request(
        f"http://localhost:{STAGE}/stage/{path}",
        None if message is None else json.dumps(message).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        body = answer.read()
    return json.loads(body) if body else None


@contextmanager
def open_demo(folder: Path) -> Iterator[None]:
    """A demo that is open, and is gone afterwards."""
    said = folder / "said"
    arguments = ("--no-autopilot", "--dir", str(folder), "--port", str(FIRST_PORT))
    with said.open("wb") as output:
        demo = subprocess.Popen(hien("demo", *arguments), stdout=output, stderr=output)
    try:
        deadline_s = monotonic() + OPENS_WITHIN_S
        while "Ctrl-C" not in said.read_text():
            if demo.poll() is not None or monotonic() > deadline_s:
                raise RuntimeError(f"the demo did not open: {said.read_text()}")
            sleep(0.1)
        yield
    finally:
        demo.terminate()
        demo.wait()


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=which("chromium-headless-shell") or "/usr/bin/chromium",
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        yield browser
        browser.close()
