"""From a frame and from a decision to the painted offer: the whole demo, with real Chromium.

The kiosk itself measures, from its own clock to the browser's word that it has painted.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import which
from time import monotonic, sleep
from typing import Any

from playwright.sync_api import Page, sync_playwright

from bench.measure import Bench, Result
from simulator.processes import hien

PASSES = 40  # a 95th percentile of fewer is one unlucky moment
FIRST_PORT = 18_300
STAGE, KIOSK = FIRST_PORT + 1, FIRST_PORT + 3  # a demo's ports stand in a row
OPENS_WITHIN_S = 90.0
SAYS_EVERY_S = 16.0  # a kiosk says its figures every 15 s


def run() -> list[Result]:
    """Forty members hold up their phones, one after the other, before one kiosk."""
    with tempfile.TemporaryDirectory() as folder, _demo(Path(folder)), _glass() as page:
        members = [one["member"] for one in _ask("members") if one["has_pass"]]
        for member in members[:PASSES]:
            _present(page, member)
        sleep(SAYS_EVERY_S)
        state = _state(Path(folder) / "gateway.db")
    spans = ("decided_to_painted_p95_ms", "grabbed_to_painted_p95_ms")
    return [Result(f"latency-{span}", state[span], "ms", None, None) for span in spans]


BENCH = Bench(
    what="event decided, and frame grabbed, to personal screen painted in Chromium, p95",
    peer="none",
    goal="at most 250 ms from the decision, 400 ms from the frame",
    run=run,
)


def _present(page: Page, member: str) -> None:
    guest = _ask("enter", {"member": member})["shopper"]
    _ask("walk", {"shopper": guest, "kiosk": "quay-1", "at_once": True})
    _ask("hold", {"shopper": guest, "kiosk": "quay-1"})
    page.wait_for_selector(".sheet .points", timeout=30_000)
    _ask("lower", {"kiosk": "quay-1"})
    while any(one["holds"] for one in _ask("people")["people"]):
        sleep(0.05)  # a phone still held up would open the next page at once
    page.locator("[data-press=end]").click()
    _ask("let-go", {"shopper": guest})
    page.wait_for_selector(".sheet", state="detached")


def _ask(path: str, message: object = None) -> Any:
    request = urllib.request.Request(
        f"http://localhost:{STAGE}/stage/{path}",
        None if message is None else json.dumps(message).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        body = answer.read()
    return json.loads(body) if body else None


def _state(database: Path) -> dict[str, float]:
    with closing(sqlite3.connect(database)) as db:
        (state,) = db.execute("SELECT state FROM kiosk WHERE kiosk = 'quay-1'").fetchone()
    read: dict[str, float] = json.loads(state)
    return read


@contextmanager
def _demo(folder: Path) -> Iterator[None]:
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
def _glass() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=which("chromium-headless-shell") or "/usr/bin/chromium",
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        page = browser.new_page(viewport={"width": 1080, "height": 1920})
        page.goto(f"http://localhost:{KIOSK}/")
        yield page
        browser.close()
