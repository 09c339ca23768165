"""What Lighthouse says of the four interfaces, slowed down six times. Needs npm and its network.

Lighthouse is no part of this project: a pinned version is fetched into a folder that goes again.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from typing import Any

from bench import ui_board, ui_kiosk
from bench.browsing import SLOWER
from bench.measure import Bench, Result

VERSION = "12.8.2"  # the last that runs on Node 20
CATEGORIES = ("performance", "accessibility", "best-practices")
WITHIN_S = 180.0
LOADS = 3  # of each page; the middle one counts, as its makers advise
# What is slow is the machine, never the way: a kiosk's page comes from itself, the others' from
# the house. `devtools` really slows Chromium down; `simulate` would reckon.
AS_ON_A_PI = (
    "--throttling-method=devtools",
    f"--throttling.cpuSlowdownMultiplier={SLOWER}",
    *("--throttling.requestLatencyMs=0", "--throttling.downloadThroughputKbps=0"),
    "--throttling.uploadThroughputKbps=0",
)


@dataclass(frozen=True)
class Interface:
    """One page as its users see it."""

    name: str
    url: str
    size: tuple[int, int]
    is_phone: bool = False
    cookie: str = ""


@dataclass(frozen=True)
class Lighthouse:
    """The program in a folder."""

    folder: Path

    @classmethod
    def fetched(cls, folder: Path) -> Lighthouse:
        """Bring it from npm; RuntimeError says what is missing."""
        npm = which("npm")
        if npm is None:
            raise RuntimeError("npm is not installed")
        wanted = ("--no-audit", "--no-fund", "--ignore-scripts", f"lighthouse@{VERSION}")
        _said([npm, "install", "--prefix", str(folder), *wanted])
        return cls(folder)

    def looks_at(self, page: Interface) -> dict[str, Any]:
        """One report, as Lighthouse writes it."""
        width, height = page.size
        form = "mobile" if page.is_phone else "desktop"
        headers = {"Cookie": page.cookie} if page.cookie else {}
        report = _said(
            [
                *("node", str(self.folder / "node_modules/lighthouse/cli/index.js"), page.url),
                *("--quiet", "--output=json", f"--only-categories={','.join(CATEGORIES)}"),
                f"--form-factor={form}",
                f"--screenEmulation.mobile={json.dumps(page.is_phone)}",
                f"--screenEmulation.width={width}",
                f"--screenEmulation.height={height}",
                "--screenEmulation.deviceScaleFactor=1",
                "--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage",
                f"--extra-headers={json.dumps(headers)}",
                *AS_ON_A_PI,
            ]
        )
        found: dict[str, Any] = json.loads(report)
        return found


def run() -> list[Result]:
    """Each category of each interface, of a hundred."""
    with TemporaryDirectory() as folder:
        program = Lighthouse.fetched(Path(folder))
        return [one for page in interfaces() for one in _results(program, page)]


def interfaces() -> Iterator[Interface]:
    """The four, served one after the other."""
    with ui_kiosk.served() as (_glass, url):
        yield Interface("kiosk", url, ui_kiosk.SIZE)
    with ui_board.served() as board:
        for _ in range(ui_board.MOST_CARDS):
            board.card()
        here, cookie = f"http://127.0.0.1:{board.port}", f"hien={board.cookie}"
        yield Interface("staff", f"{here}/staff/", ui_board.SIZE, cookie=cookie)
        yield Interface("console", f"{here}/console/", ui_board.SIZE, cookie=cookie)
        yield Interface("phone", f"{here}/phone/", (390, 844), is_phone=True)


def faults(report: dict[str, Any]) -> list[str]:
    """What a report finds wrong beside speed."""
    weighed = [
        one["id"]
        for name in CATEGORIES[1:]
        for one in report["categories"][name]["auditRefs"]
        if one["weight"]
    ]
    return [one for one in weighed if report["audits"][one]["score"] not in {None, 1}]


def _results(program: Lighthouse, page: Interface) -> Iterator[Result]:
    reports = [program.looks_at(page) for _ in range(LOADS)]
    reports.sort(key=lambda one: float(one["categories"]["performance"]["score"]))
    middle = reports[LOADS // 2]
    for name in CATEGORIES:
        score = round(100 * middle["categories"][name]["score"])
        yield Result(f"{page.name}-{name}", score, "of 100", None, None)
    for fault in faults(middle):
        yield Result(f"{page.name}-{fault}", 0, "fault", None, None)


def _said(command: list[str]) -> str:
    environment = {**os.environ, "CHROME_PATH": "/usr/bin/chromium"}
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=WITHIN_S, env=environment, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr.strip()[-500:]}")
    return done.stdout


BENCH = Bench(
    what="Lighthouse's marks for kiosk, staff board, console and phone page",
    peer="nothing",
    goal="performance 95 at 6x; accessibility and best practices 100",
    run=run,
    clock="Wall-clock time",
)
