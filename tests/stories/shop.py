"""The words stories are told in: people come, hold up phones, touch glass; staff look at boards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from simulator.shop import STAFF
from tests.browser import LANDSCAPE, PORTRAIT, Watch, open_page
from tests.living import Living
from tests.waiting import until

PINS = {one.name: one.pin for one in STAFF}


class StoryShop:
    """One story's hold on the demo; closes what it opened and sends everybody home."""

    def __init__(self, demo: Living, chromium: Browser, pictures: Path) -> None:
        self.demo = demo
        self._chromium = chromium
        self._pictures = pictures
        self._pages: list[tuple[Page, Watch]] = []
        self._guests: list[str] = []
        self._used: set[str] = set()

    def member(self, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Somebody of the demo's members who fits."""
        members: list[dict[str, Any]] = self.demo.get("stage/members")
        return next(one for one in members if fits(one))

    def comes_in(self, member: dict[str, Any] | None = None) -> str:
        """A guest is there, and goes nowhere by themselves."""
        asked = {"member": member["member"]} if member else {}
        guest = str(self.demo.post("enter", asked)["shopper"])
        self._guests.append(guest)
        return guest

    def comes_to(self, kiosk: str, member: dict[str, Any] | None = None) -> str:
        """A guest stands before a kiosk at once."""
        guest = self.comes_in(member)
        self.demo.post("walk", {"shopper": guest, "kiosk": kiosk, "at_once": True})
        return guest

    def holds_up(self, guest: str, kiosk: str, code: str = "pass") -> None:
        """A guest holds a phone to a kiosk's camera."""
        self.demo.post("hold", {"shopper": guest, "kiosk": kiosk, "code": code})

    def lowers(self, kiosk: str) -> None:
        """The phone before a camera goes back into its pocket."""
        self.demo.post("lower", {"kiosk": kiosk})

    def skip(self, seconds: float) -> None:
        """Let time pass quickly, and wait until it has."""
        until_s = self.demo.get("stage/people")["t_s"] + seconds
        self.demo.post("skip", {"seconds": seconds})
        until(lambda: self.demo.get("stage/people")["t_s"] >= until_s, f"{seconds} s have passed")

    def glass(self, kiosk: str) -> Page:
        """A kiosk's touchscreen."""
        return self.opens(self.demo.url(kiosk), PORTRAIT)

    def board(self, name: str) -> Page:
        """A staff member's board, signed in, on a device of their own."""
        page = self.opens(f"{self.demo.url('web')}/staff/", LANDSCAPE)
        page.get_by_role("radio", name=name).check()
        page.locator("input.pin").fill(PINS[name])
        page.keyboard.press("Enter")
        expect(page.locator(".board")).to_be_visible()
        return page

    def picture(self, page: Page, name: str) -> None:
        """Keep what a page looks like upright and lying, for people to look at."""
        before = page.viewport_size
        assert before
        for width, height in (PORTRAIT, LANDSCAPE):
            page.set_viewport_size({"width": width, "height": height})
            page.screenshot(path=self._pictures / f"{name}-{width}x{height}.png")
        page.set_viewport_size(before)

    def goes_home(self) -> None:
        """Every guest leaves."""
        for guest in self._guests:
            self.demo.post("let-go", {"shopper": guest})
        self._guests.clear()

    def close(self) -> None:
        """Everybody goes home, and no page may have misbehaved."""
        for kiosk in ("quay-1", "quay-2", "quay-3"):
            self.lowers(kiosk)
        self.goes_home()
        for page, _ in self._pages:
            page.context.close()
        self.skip(100)
        strangers = [call for _, watch in self._pages for call in watch.strangers]
        errors = [error for _, watch in self._pages for error in watch.errors]
        assert (strangers, errors) == ([], []), (strangers, errors)

    def opens(self, url: str, size: tuple[int, int]) -> Page:
        """A device of somebody's own, watched."""
        page, watch = open_page(self._chromium, url, size)
        self._pages.append((page, watch))
        return page
