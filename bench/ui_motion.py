"""How evenly the kiosk's page moves: in the invitation's loop, and while one screen gives way."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from playwright.sync_api import Browser, Page

from bench.browsing import opened, slow_page
from bench.living_demo import chromium
from bench.measure import Result
from bench.ui_kiosk import SIZE, Glass, served, states

LOOP_MS = 12_000  # two slides come and go
CHANGES, CHANGE_MS = 20, 600  # a change moves for 420 ms at most
SMOOTH_MS = 50.0  # a longer frame is seen as a jerk
BARE = """<!doctype html><html lang="en"><title>bare</title><style>
p { animation: move 1s infinite alternate } @keyframes move { to { opacity: .5 } }</style><p>bare"""
FRAMES = """(forMs) => new Promise((tell) => {
  const tookMs = [];
  let lastMs = null;
  const began = performance.now();
  const next = (nowMs) => {
    if (lastMs !== null) tookMs.push(nowMs - lastMs);
    lastMs = nowMs;
    if (nowMs - began < forMs) requestAnimationFrame(next); else tell(tookMs);
  };
  requestAnimationFrame(next);
})"""


@dataclass(frozen=True)
class Frames:
    """How long each lasted."""

    took_ms: list[float]

    @property
    def per_s(self) -> float:
        """Of them in a second, as the middle one lasted."""
        return round(1000 / median(self.took_ms), 1)

    @property
    def jerks(self) -> int:
        """Those that are seen."""
        return sum(one > SMOOTH_MS for one in self.took_ms)


def run() -> list[Result]:
    """Each beside a bare page that moves one word, on the same machine a moment later."""
    with chromium() as browser, served() as (glass, url):
        return [*_loop(browser, url), *_changes(browser, glass, url)]


def _loop(browser: Browser, url: str) -> list[Result]:
    with slow_page(browser, SIZE, slower=1) as (page, _debugger):
        opened(page, url)
        ours = _seen(page, LOOP_MS)
        page.set_content(BARE)
        return _told("kiosk-loop", ours, _seen(page, LOOP_MS))


def _changes(browser: Browser, glass: Glass, url: str) -> list[Result]:
    invitation, own_page = states()
    took_ms: list[float] = []
    with slow_page(browser, SIZE, slower=1) as (page, _debugger):
        opened(page, url)
        for number in range(CHANGES):
            glass.show(own_page if number % 2 == 0 else invitation)
            took_ms += _seen(page, CHANGE_MS).took_ms
        page.set_content(BARE)
        return _told("kiosk-change", Frames(took_ms), _seen(page, LOOP_MS))


def _seen(page: Page, for_ms: int) -> Frames:
    return Frames(page.evaluate(FRAMES, for_ms))


def _told(name: str, ours: Frames, bare: Frames) -> list[Result]:
    ratio = round(ours.per_s / bare.per_s, 2)
    return [
        Result(f"{name}-frames-per-s", ours.per_s, "frames/s", bare.per_s, ratio),
        Result(f"{name}-frames-over-50-ms", ours.jerks, "frames", bare.jerks, None),
    ]
