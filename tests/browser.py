"""A real Chromium for tests, and what a careful eye would see on its pages.

`chromium` is a fixture of tests/conftest.py, since playwright allows one a process; `open_page`
watches what a page logs and where it calls.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from shutil import which
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from tests.vendor import VENDORED

ARGUMENTS = (
    "--no-sandbox",  # tests may run as root
    "--disable-dev-shm-usage",  # containers give /dev/shm 64 MB
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
    "--autoplay-policy=no-user-gesture-required",  # as on a kiosk
)
PORTRAIT = (1080, 1920)
LANDSCAPE = (1280, 800)
# A suite run looks at some screens; `EVERY_SCREEN=all ./hien test tests/web_ui` at all of them.
EVERY_SCREEN = os.environ.get("EVERY_SCREEN") == "all"

# Text that leaves its box, the glass, or any box around it. Glyph boxes are taller than tight
# lines, hence some slack above and below; none sideways, and none where the box would cut.
CLIPPED_TEXT = """([root, scrolls]) => {
  const found = [];
  const walker = document.createTreeWalker(document.querySelector(root), NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const element = text.parentElement;
    if (!text.data.trim() || element.closest('.unseen, template, script, style')) continue;
    if (!element.checkVisibility()) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const size = parseFloat(getComputedStyle(element).fontSize);
    const slack = (box) => getComputedStyle(box).overflow === 'visible' ? size * 0.2 : 1;
    for (const line of range.getClientRects()) {
      const bottom = scrolls ? document.documentElement.scrollHeight : innerHeight;
      const glass = {left: 0, top: scrolls ? -scrollY : 0, right: innerWidth, bottom};
      const boxes = [[document.documentElement, glass]];
      for (let box = element; box && box !== document.body; box = box.parentElement) {
        const hasNoBox = ['inline', 'contents'].includes(getComputedStyle(box).display);
        if (!hasNoBox) boxes.push([box, box.getBoundingClientRect()]);
      }
      const outside = boxes.find(([one, box]) =>
        line.left < box.left - 1 || line.right > box.right + 1
        || line.top < box.top - slack(one) || line.bottom > box.bottom + slack(one));
      if (outside) {
        const [box] = outside;
        found.push(`"${text.data.trim()}" leaves ${box.tagName.toLowerCase()}.${box.className}`);
        break;
      }
      const seen = element.checkVisibility({opacityProperty: true});
      const middle = [(line.left + line.right) / 2, (line.top + line.bottom) / 2];
      const top = document.elementFromPoint(...middle);
      if (seen && top && !element.contains(top) && !top.contains(element)) {
        found.push(`"${text.data.trim()}" lies under ${top.className || top.tagName}`);
        break;
      }
    }
  }
  return found;
}"""

SMALL_TARGETS = """(least) => [...document.querySelectorAll('button, a, select, summary')]
  .filter((target) => target.checkVisibility() && !target.matches('.unseen'))
  .map((target) => [target, target.getBoundingClientRect()])
  .filter(([, box]) => box.width < least || box.height < least)
  .map(([target, box]) => `${target.textContent.trim()}: ${box.width} x ${box.height}`)"""

TIGHT_TARGETS = """(least) => {
  const boxes = [...document.querySelectorAll('button')]
    .filter((target) => target.checkVisibility())
    .map((target) => [target.textContent.trim(), target.getBoundingClientRect()]);
  const found = [];
  boxes.forEach(([one, a], index) => boxes.slice(index + 1).forEach(([other, b]) => {
    const aside = Math.max(b.left - a.right, a.left - b.right);
    const above = Math.max(b.top - a.bottom, a.top - b.bottom);
    if (Math.max(aside, above) < least) found.push(`${one} | ${other}`);
  }));
  return found;
}"""

VIOLATIONS = """async () => {
  const rules = {'color-contrast-enhanced': {enabled: true}, 'target-size': {enabled: true}};
  // preload: false, or it would fetch style sheets by itself
  const options = {rules, preload: false, resultTypes: ['violations']};
  const {violations} = await axe.run(document, options);
  return violations.flatMap(({id, nodes}) =>
    nodes.map(({target, failureSummary}) => `${id}: ${target}: ${failureSummary}`));
}"""


@dataclass
class Watch:
    """What a page did that it should not: errors it logged, servers it called."""

    home: str
    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def on(self, page: Page) -> None:
        """Begin to look."""
        page.on("console", self._log)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._call)

    def _log(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.errors.append(message.text)

    def _call(self, request: Request) -> None:
        if urlsplit(request.url).netloc != self.home and not request.url.startswith("data:"):
            self.strangers.append(request.url)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of a worker; each test takes its own pages."""
    with sync_playwright() as playwright:
        # Chromium less its windows, or where that is not to be had, whole
        executable = which("chromium-headless-shell") or "/usr/bin/chromium"
        browser = playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
        yield browser
        browser.close()


def open_page(
    browser: Browser, url: str, size: tuple[int, int], **context: Any
) -> tuple[Page, Watch]:
    """A page in a context of its own, still, and watched. Close it with `page.context.close()`."""
    page = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce", **context
    ).new_page()
    watch = Watch(urlsplit(url).netloc)
    watch.on(page)
    page.goto(url)
    page.evaluate("document.fonts.ready")
    return page, watch


def clipped_text(page: Page, root: str = "body", *, scrolls: bool = False) -> list[str]:
    """Every text that is cut off, covered, sticks out of its box or leaves the glass.

    On a page that `scrolls`, what is below the fold has not left it.
    """
    found: list[str] = page.evaluate(CLIPPED_TEXT, [root, scrolls])
    return found


def small_targets(page: Page, least_px: float) -> list[str]:
    """Everything to be touched that is smaller than this in either direction."""
    found: list[str] = page.evaluate(SMALL_TARGETS, least_px)
    return found


def tight_targets(page: Page, least_px: float) -> list[str]:
    """Pairs of buttons with less than this between them."""
    found: list[str] = page.evaluate(TIGHT_TARGETS, least_px)
    return found


def violations(page: Page) -> list[str]:
    """What axe finds wrong for people who see, hear, move or read with help; [] if nothing.

    Beside its own choice of rules: 7:1 for text (WCAG 1.4.6), and targets (2.5.8).
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate((VENDORED / "axe.min.js").read_text())
    found: list[str] = page.evaluate(VIOLATIONS)
    return found
