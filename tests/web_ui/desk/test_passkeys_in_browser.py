from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.browser import clipped_text, open_page, small_targets, violations
from tests.web_ui.desk.test_in_browser import LEAST_TARGET_PX, SIZES, office, sign_in
from tests.web_ui.office import PIN, Office
from web_ui.desk import passkey_site

__all__ = ["office"]  # the fixture

TELEPHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def at_home(office: Office) -> str:
    """The pages by a name that browsers give passkeys to without https."""
    url = office.url.replace("127.0.0.1", "localhost")
    passkey_site.install(office.app, url)
    return url


def faults(page: Page) -> list[str]:
    found = clipped_text(page, "main", scrolls=True) + small_targets(page, LEAST_TARGET_PX)
    return found + violations(page)


def test_a_passkey_is_added_and_signs_in_without_a_name(chromium: Browser, office: Office) -> None:
    url = at_home(office)
    page, watch = open_page(chromium, f"{url}/sign-in", SIZES["phone"])
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    wire.send("WebAuthn.addVirtualAuthenticator", {"options": TELEPHONE})
    expect(page.get_by_role("button", name="Đăng nhập bằng khoá truy cập")).to_have_count(0)
    sign_in(page, "Hạnh")
    page.goto(f"{url}/own-pin/")
    page.get_by_label("Bạn gọi nó là gì").fill("Điện thoại của Hạnh")
    adding = page.locator(".adding")
    adding.locator(".pin").fill("0000")
    adding.get_by_role("button").click()
    expect(adding.get_by_role("alert")).to_contain_text("Mã PIN chưa đúng")
    adding.locator(".pin").fill(PIN)
    adding.get_by_role("button").click()
    expect(page.locator(".keys")).to_contain_text("Điện thoại của Hạnh")
    assert faults(page) == []

    page.get_by_role("button", name="Đăng xuất").click()
    button = page.get_by_role("button", name="Đăng nhập bằng khoá truy cập")
    expect(button).to_be_visible()
    assert violations(page) == []
    button.click()
    expect(page.locator('[data-live="on"]')).to_be_visible()
    expect(page.get_by_role("button", name="Đăng xuất: Hạnh")).to_be_visible()

    page.goto(f"{url}/own-pin/")  # the device has one of theirs, and says so
    page.get_by_label("Bạn gọi nó là gì").fill("Lần nữa")
    adding.locator(".pin").fill(PIN)
    adding.get_by_role("button").click()
    expect(adding.get_by_role("alert")).to_contain_text("đã có khoá truy cập của bạn")

    page.goto(f"{office.url}/sign-in")  # the same pages by a number
    expect(page.locator(".other-place")).to_contain_text(url)
    expect(button).to_have_count(0)
    assert (watch.errors, [one for one in watch.strangers if office.url not in one]) == ([], [])
    page.context.close()
