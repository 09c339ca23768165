"""Chromium as the benchmarks use it: slowed down, and asked what it painted, fetched and keeps."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, CDPSession, Page, Response

from bench.measure import Result

SLOWER = 6  # Chromium's own brake; about a Raspberry Pi 4 beside the machines we build on (a guess)
SETTLED_MS = 1_000  # after the last byte, so that a later and larger paint would be seen
# Each touch to the frame that follows it, and the largest thing painted at first.
WATCH = """
  window.touchesMs = [];
  new PerformanceObserver((list) => {
    for (const one of list.getEntries())
      if (one.interactionId) window.touchesMs.push(one.duration);
  }).observe({type: 'event', durationThreshold: 16, buffered: true});
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) window.largestMs = one.startTime;
  }).observe({type: 'largest-contentful-paint', buffered: true});
"""


@dataclass
class Weight:
    """What a page fetched, in bytes as they would travel."""

    home: str
    all_bytes: int = 0
    scripts_gz_bytes: int = 0
    strangers: list[str] = field(default_factory=list)

    def add(self, answer: Response) -> None:
        """Count one answer; a stream has no end and is not counted."""
        kind = answer.request.resource_type
        if urlsplit(answer.url).netloc != self.home:
            self.strangers.append(answer.url)
        if kind == "eventsource" or answer.status != 200:
            return
        body = answer.body()
        self.all_bytes += len(body)
        if kind == "script":
            self.scripts_gz_bytes += len(gzip.compress(body))


@contextmanager
def slow_page(
    browser: Browser, size: tuple[int, int], cookies: list[Any] | None = None, slower: int = SLOWER
) -> Iterator[tuple[Page, CDPSession]]:
    """An empty page of a slow machine, and its debugger."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    context.add_cookies(cookies or [])
    page = context.new_page()
    page.add_init_script(WATCH)
    debugger = context.new_cdp_session(page)
    slow_down(debugger, slower)
    yield page, debugger
    context.close()


def slow_down(debugger: CDPSession, times: int) -> None:
    """Make a page's machine so many times slower from now on."""
    debugger.send("Emulation.setCPUThrottlingRate", {"rate": times})


def opened(page: Page, url: str) -> Weight:
    """Load a page and wait until it has settled."""
    weight = Weight(urlsplit(url).netloc)
    answers: list[Response] = []

    def note(answer: Response) -> None:
        answers.append(answer)

    page.on("response", note)
    page.goto(url)
    page.wait_for_timeout(SETTLED_MS)
    page.remove_listener("response", note)
    for answer in answers:
        weight.add(answer)
    return weight


def kept(debugger: CDPSession) -> dict[str, float]:
    """What the page keeps after its garbage is collected: heap, nodes, listeners."""
    debugger.send("HeapProfiler.collectGarbage")
    metrics = debugger.send("Performance.getMetrics")["metrics"]
    return {one["name"]: one["value"] for one in metrics}


def p95(values: list[float]) -> float:
    """What nineteen of twenty do not exceed."""
    return round(quantiles(values, n=20)[18], 1)


def seen(name: str, ours_ms: list[float], bare_ms: list[float]) -> list[Result]:
    """How soon our changes were seen, beside those of a bare page that took turns with them."""
    both = {"median": (median(ours_ms), median(bare_ms)), "p95": (p95(ours_ms), p95(bare_ms))}
    return [
        Result(f"{name}-{which}", round(ours, 1), "ms", round(bare, 1), round(bare / ours, 2))
        for which, (ours, bare) in both.items()
    ]
