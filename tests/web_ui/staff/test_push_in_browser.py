"""The board's worker in Chromium: no network, a newer version, words while nobody looks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Response
from playwright.sync_api import Browser, Page, expect

from gateway.store.push_subscriptions import PushSubscriptionRow
from tests.browser import clipped_text, open_page, small_targets, violations
from tests.waiting import until
from tests.web_ui.desk.test_in_browser import LEAST_TARGET_PX, SIZES, serving, sign_in
from tests.web_ui.office import Office
from web_ui.staff import push
from web_ui.staff.push import Pushes

ENDPOINT = "https://push.example/of-this-browser"
# No network here leads to a real push service: this one says yes, and is asked for its keys.
SAYS_YES = """() => {
  let kept = null;
  Object.defineProperty(Notification, 'permission', {get: () => 'granted'});
  PushManager.prototype.getSubscription = async () => kept;
  PushManager.prototype.subscribe = async ({applicationServerKey}) => (kept = {
    endpoint: '%s', options: {applicationServerKey: applicationServerKey.buffer},
    getKey: (name) => new Uint8Array({p256dh: 65, auth: 16}[name]).fill(4).buffer,
    unsubscribe: async () => { kept = null; return true; },
  });
}"""
# A browser without windows may show no notice at all, so the worker writes down what it would show.
WRITE_DOWN = """() => {
  self.shown = [];
  self.registration.showNotification = async (title, {tag}) => { self.shown.push([title, tag]); };
}"""
KEPT_URLS = """async () => (await Promise.all((await caches.keys()).map(async (name) =>
  (await (await caches.open(name)).keys()).map(({url}) => new URL(url).pathname)))).flat()"""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with serving(tmp_path) as made:
        yield made


def board(chromium: Browser, office: Office) -> Page:
    page, _ = open_page(chromium, f"{office.url}/sign-in", SIZES["tablet"])
    page.context.grant_permissions(["notifications"], origin=office.url)
    page.add_init_script(f"({SAYS_YES % ENDPOINT})()")
    sign_in(page, "Hạnh")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    return page


def delivered(page: Page, said: dict[str, str]) -> None:
    """Hand the page's worker a message, as the browser's push service would."""
    debugger = page.context.new_cdp_session(page)
    versions: list[dict[str, Any]] = []
    debugger.on(
        "ServiceWorker.workerVersionUpdated", lambda told: versions.extend(told["versions"])
    )
    debugger.send("ServiceWorker.enable")

    def is_active() -> bool:
        page.evaluate("1")  # so that what the debugger was told comes in
        return any(one["status"] == "activated" for one in versions)

    until(is_active, "a worker")
    registration = versions[-1]["registrationId"]
    origin = page.evaluate("location.origin")
    debugger.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": origin, "registrationId": registration, "data": json.dumps(said)},
    )
    debugger.detach()


def test_without_a_network_the_board_says_so_and_is_back_by_itself(
    chromium: Browser, office: Office
) -> None:
    office.shop.member()
    office.card(member="00000000a001")
    page = board(chromium, office)
    page.reload()  # now through the worker
    expect(page.get_by_text("Trần Bảo Ngọc")).to_be_visible()
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", name="Mất kết nối với cửa hàng")).to_be_visible()
    expect(page.get_by_text("Not connected to the shop")).to_be_visible()
    assert "Ngọc" not in page.content()
    for size in SIZES.values():
        page.set_viewport_size({"width": size[0], "height": size[1]})
        assert clipped_text(page, scrolls=True) == []
        assert small_targets(page, LEAST_TARGET_PX) == []
    assert violations(page) == []
    kept = page.evaluate(KEPT_URLS)
    assert "/staff/app/offline" in kept
    assert not [one for one in kept if not one.startswith(("/staff/app/", "/static/"))]

    page.context.set_offline(False)
    expect(page.locator(".board")).to_be_visible(timeout=15_000)
    page.context.close()


def test_a_newer_board_is_offered_and_not_forced(chromium: Browser, office: Office) -> None:
    page = board(chromium, office)
    older = office.app.view_functions["shell.worker"]

    def newer() -> Response:
        made = cast(Response, older())
        made.set_data(made.get_data(as_text=True).replace('VERSION = "', 'VERSION = "new-'))
        return made

    office.app.view_functions["shell.worker"] = newer
    page.evaluate("() => navigator.serviceWorker.ready.then((one) => one.update().then(() => {}))")
    expect(page.get_by_text("Bảng có phiên bản mới")).to_be_visible()
    until(lambda: len(page.evaluate("() => caches.keys()")) == 1, "the older one's is gone")
    [name] = page.evaluate("() => caches.keys()")
    assert name.startswith("hien-staff-new-")

    with page.expect_navigation():
        page.get_by_role("button", name="Tải lại").click()
    expect(page.locator(".board")).to_be_visible()
    page.context.close()


def test_a_device_is_told_while_no_board_lies_in_front_and_no_more_after_signing_out(
    chromium: Browser, office: Office
) -> None:
    looked: list[str] = []
    pushes = Pushes("BAAA", lambda _device: True, lambda staff, _at: looked.append(staff))
    push.install(office.app, pushes)
    page = board(chromium, office)
    bell = page.locator("[data-push]")
    expect(bell).to_have_attribute("aria-pressed", "false")
    bell.click()
    expect(bell).to_have_attribute("aria-pressed", "true")
    page.set_viewport_size({"width": SIZES["phone"][0], "height": SIZES["phone"][1]})
    assert clipped_text(page, scrolls=True) == []  # with one tool more at the top

    def kept() -> list[tuple[str, str]]:
        with office.shop.read() as db:
            return [(one.staff, one.endpoint) for one in db.query(PushSubscriptionRow)]

    assert kept() == [("hanh", ENDPOINT)]
    page.locator("#cards").evaluate("(it) => { it.dispatchEvent(new Event('live')); }")
    until(lambda: looked, "the board says that it lies in front")

    [worker] = page.context.service_workers
    worker.evaluate(WRITE_DOWN)
    delivered(page, {"title": "Có khách cần hỗ trợ ở Quầy 1", "tag": "card-7"})
    page.goto(f"{office.url}/staff/redeem/")
    delivered(page, {"title": "Có khách cần hỗ trợ ở Quầy 2", "tag": "card-8"})
    until(lambda: worker.evaluate("self.shown.length"), "the words")
    assert worker.evaluate("self.shown") == [["Có khách cần hỗ trợ ở Quầy 2", "card-8"]]

    page.get_by_role("button", name=re.compile("Đăng xuất")).click()
    expect(page.get_by_role("radio", name="Tú")).to_be_attached()
    assert kept() == []
    sign_in(page, "Tú")  # this browser said yes: whoever is at it says so anew
    until(lambda: kept() == [("tu", ENDPOINT)], "another sign-in")
    page.context.close()
