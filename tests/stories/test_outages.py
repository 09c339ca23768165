"""How soon a screen says that broker or gateway are gone, what it answers, when it is back.

In real time and with bars, so by command:
`OUTAGES=1 ./hien test -n0 --log-cli-level=INFO tests/stories/test_outages.py`.
"""

from __future__ import annotations

import logging
import os
import re
import signal
import socket
from collections.abc import Callable
from time import monotonic, time

import pytest
from playwright.sync_api import Page, expect

from tests.living import Living
from tests.stories.shop import StoryShop
from tests.stories.test_day import agrees_to_all, by_name
from tests.waiting import until

DEAD_S, HUNG_S = 2.0, 15.0  # until the badge
ANSWERS_MS = 500.0  # a touch
BACK_S = 5.0  # after whoever was gone is there again
AWAY_S = 40.0  # so long that tries to come back are as rare as they become
PATIENCE_S = 60.0
CONNECTED = "connected to the broker"
KEPT = re.compile("Lượt ghé của bạn đã được (ghi nhận|lưu lại)")

log = logging.getLogger(__name__)

# When the badge came and went, and how long the touches took to change the picture.
WATCH = """() => {
  window.badges = []; window.answersMs = [];
  let touchedMs = null;
  addEventListener('click', () => { touchedMs = performance.now(); }, true);
  new MutationObserver(() => {
    const isSeen = document.querySelector('.badge').checkVisibility();
    if (isSeen !== (window.badges.at(-1)?.[0] ?? false)) window.badges.push([isSeen, Date.now()]);
    if (touchedMs) window.answersMs.push(performance.now() - touchedMs);
    touchedMs = null;
  }).observe(document.getElementById('kiosk'), {childList: true, subtree: true});
}"""
LAST = "(shown) => (window.badges.filter(([seen]) => seen === shown).at(-1)?.[1] ?? 0) / 1000"


def badge_s(glass: Page, shown: bool, since_s: float) -> float:
    """How long after a moment the badge came, or went."""
    until(lambda: glass.evaluate(LAST, shown) > since_s, "the badge", PATIENCE_S)
    return float(glass.evaluate(LAST, shown)) - since_s


def answers_ms(glass: Page) -> list[float]:
    """How long each touch took to change the picture."""
    for _ in range(10):
        for button in ("Dễ nhìn, dễ với", "Xong"):
            glass.get_by_role("button", name=button).click()
    expect(glass.get_by_role("button", name="Xong")).to_be_hidden()
    took_ms: list[float] = glass.evaluate("window.answersMs")
    return took_ms


def dies(pid: int) -> Callable[[], None]:
    """As systemd would, the demo starts it again by itself."""
    os.kill(pid, signal.SIGKILL)
    return lambda: None


def hangs(pid: int) -> Callable[[], None]:
    os.kill(pid, signal.SIGSTOP)
    long_s = monotonic() + AWAY_S

    def mend() -> None:
        until(lambda: monotonic() > long_s, "a long outage", AWAY_S + 1)
        os.kill(pid, signal.SIGCONT)

    return mend


def dies_for_long(demo: Living) -> Callable[[], None]:
    """Killed; whoever is started in its place gets no further than being there, for a while.

    It has returned when it is connected.
    """
    was = by_name(demo)["intake"]
    os.kill(was, signal.SIGKILL)
    until(lambda: was != by_name(demo).get("intake", was), "another gateway", PATIENCE_S)
    mend = hangs(by_name(demo)["intake"])
    [said] = demo.folder.rglob("intake.log")
    before = said.read_text().count(CONNECTED)

    def lives() -> None:
        mend()
        until(lambda: said.read_text().count(CONNECTED) > before, "it connects", PATIENCE_S)

    return lives


def hangs_for_long(demo: Living) -> Callable[[], None]:
    """The demo's time waits a while for whoever hangs, and then goes on without them."""
    mend = hangs(by_name(demo)["intake"])
    since_s = demo.get("stage/people")["t_s"]
    until(lambda: demo.get("stage/people")["t_s"] > since_s + 1, "time goes on", PATIENCE_S)
    return mend


def is_there(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize(("fate", "within_s"), [(dies, DEAD_S), (hangs, HUNG_S)])
def test_a_screen_says_that_the_broker_is_gone_answers_and_is_back(
    demo: Living, shop: StoryShop, fate: Callable[[int], Callable[[], None]], within_s: float
) -> None:
    glass = shop.glass("quay-3")
    glass.evaluate(WATCH)
    began_s = time()
    mend = fate(by_name(demo)["broker"])
    said_s = badge_s(glass, True, began_s)
    took_ms = answers_ms(glass)
    mend()
    until(lambda: is_there(demo.ports["broker"]), "the broker", PATIENCE_S)
    back_s = badge_s(glass, False, mended_s := time())
    log.info("%s: %.1f s, %.0f ms, back %.1f s", fate.__name__, said_s, max(took_ms), back_s)

    assert (said_s <= within_s, max(took_ms) <= ANSWERS_MS, back_s <= BACK_S) == (True,) * 3
    assert mended_s > began_s


@pytest.mark.parametrize(("fate", "kiosk"), [(dies_for_long, "quay-1"), (hangs_for_long, "quay-2")])
def test_without_a_gateway_a_screen_answers_says_what_is_kept_and_is_back(
    demo: Living, shop: StoryShop, fate: Callable[[Living], Callable[[], None]], kiosk: str
) -> None:
    glass = shop.glass(kiosk)
    expect(glass.locator(".badge")).to_be_hidden()
    glass.evaluate(WATCH)
    guest = shop.comes_to(kiosk, shop.member(agrees_to_all))
    mend = fate(demo)
    began_s = time()
    shop.holds_up(guest, kiosk)
    expect(glass.get_by_text(KEPT)).to_be_visible(timeout=30_000)
    kept_s = time() - began_s
    shop.lowers(kiosk)
    said_s = badge_s(glass, True, began_s)
    glass.get_by_role("button", name="Gọi nhân viên").first.click()
    expect(glass.get_by_role("heading", name="Mời bạn đến quầy")).to_be_visible()
    took_ms = answers_ms(glass)
    mend()
    back_s = badge_s(glass, False, time())
    found = (fate.__name__, kept_s, said_s, max(took_ms), back_s)
    log.info("%s: kept %.1f s, badge %.1f s, touch %.0f ms, back %.1f s", *found)

    assert (said_s <= HUNG_S, max(took_ms) <= ANSWERS_MS, back_s <= BACK_S) == (True,) * 3
