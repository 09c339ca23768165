from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from contract.events import EntryReason
from contract.messages import Live, Noun
from gateway.store.appointments import AppointmentRow
from tests.browser import EVERY_SCREEN, Watch, clipped_text, open_page, small_targets, violations
from tests.gateway.shop import HUY, NGOC, STORE
from tests.waiting import until
from tests.web_ui.console.test_doors import wrote
from tests.web_ui.office import PIN, Office
from web_ui.gateway_app import THREADS
from web_ui.shared.serving import Server

LEAST_TARGET_PX = 44  # WCAG 2.5.5; most are 48
SIZES = {"computer": (1280, 800), "tablet": (820, 1180), "phone": (390, 844)}
OWNER_PAGES: tuple[str, ...] = (
    *("/staff/", "/console/", "/console/visits/", "/console/kiosks/", "/console/letters/"),
    *("/console/members/", f"/console/members/{NGOC}", "/console/doors/"),
    "/staff/redeem/",
    "/staff/orders/",
    "/staff/appointments/",
)
if EVERY_SCREEN:
    OWNER_PAGES += ("/console/numbers/", "/console/numbers/sales/", "/console/newcomers/")
    OWNER_PAGES += ("/console/connectors/", "/console/file/", "/console/incidents/", "/own-pin/")
    OWNER_PAGES += ("/console/floor/", "/console/floor/drawing/", "/console/experiments/")
FULLEST = ("/staff/", f"/console/members/{NGOC}")


@contextmanager
def serving(folder: Path) -> Iterator[Office]:
    """The pages behind a port; `url` is where."""
    made = Office(folder)
    server = Server(made.app, "127.0.0.1", 0, THREADS)
    server.start()
    made.url = f"http://127.0.0.1:{server.port}"
    try:
        yield made
    finally:
        made.hub.close()
        server.stop()
        made.shop.engine.dispose()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """The pages, ready for a browser."""
    with serving(tmp_path) as made:
        yield made


def sign_in(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name).check(force=True)  # the label covers it
    page.locator(".pin").fill(PIN)
    page.keyboard.press("Enter")
    expect(page.locator('[data-live="on"]')).to_be_visible()


def at_the_board(
    chromium: Browser, office: Office, name: str, size: tuple[int, int] = SIZES["computer"]
) -> tuple[Page, Watch]:
    page, watch = open_page(chromium, f"{office.url}/sign-in", size)
    sign_in(page, name)
    return page, watch


def arrives(office: Office, kind: str = "help", member: str | None = None) -> int:
    """A new card, told to the pages as the intake would."""
    card = office.card(kind, member=member)
    office.hub.publish(STORE, Live(Noun.ALERT, str(card)))
    return card


def test_the_pin_can_be_touched_on_the_page(chromium: Browser, office: Office) -> None:
    page, watch = open_page(chromium, f"{office.url}/sign-in", SIZES["tablet"])
    page.get_by_role("radio", name="Tú").check(force=True)
    for digit in "13":
        page.get_by_role("button", name=digit, exact=True).click()
    page.get_by_role("button", name="Xoá số cuối").click()
    page.get_by_role("button", name="Xoá số cuối").click()
    for digit in PIN:
        page.get_by_role("button", name=digit, exact=True).click()
    page.locator(".keypad").get_by_role("button", name="Đăng nhập").click()

    expect(page.get_by_role("heading", name="Chờ nhận")).to_be_visible()
    assert watch.errors == []
    page.context.close()


def test_two_claim_at_once_and_the_second_is_told_who_was_first(
    chromium: Browser, office: Office
) -> None:
    hanh, seen_by_hanh = at_the_board(chromium, office, "Hạnh")
    tu, seen_by_tu = at_the_board(chromium, office, "Tú")
    office.shop.member()
    card = arrives(office, "pick_up", member=NGOC)
    for page in (hanh, tu):
        expect(page.get_by_role("heading", name="Trần Bảo Ngọc")).to_be_visible()
        expect(page).to_have_title(re.compile(r"^\(1\) Bảng phục vụ"))

    office.hub.publish = lambda room, change: None  # type: ignore[method-assign]
    tu.get_by_role("button", name="Nhận khách").click()
    expect(tu.get_by_role("button", name="Đã phục vụ xong")).to_be_visible()
    hanh.get_by_role("button", name="Nhận khách").click()

    expect(hanh.get_by_role("alert")).to_have_text("Tú vừa nhận khách này.")
    expect(hanh.locator(f"#card-{card}")).to_have_attribute("data-state", "claimed")
    del office.hub.publish
    other = arrives(office)
    expect(hanh.locator(f"#card-{other}")).to_be_visible()
    expect(hanh.get_by_role("alert")).to_be_visible()
    for page, watch in ((hanh, seen_by_hanh), (tu, seen_by_tu)):
        assert (watch.errors, watch.strangers) == ([], [])
        page.context.close()


def test_a_claim_moves_the_card_on_every_board(chromium: Browser, office: Office) -> None:
    hanh, _ = at_the_board(chromium, office, "Hạnh")
    tu, _ = at_the_board(chromium, office, "Tú")
    card = arrives(office)

    tu.get_by_role("button", name="Nhận khách").click()
    expect(hanh.locator(f"#card-{card}")).to_contain_text("Tú")
    tu.get_by_role("button", name="Đã phục vụ xong").click()
    tu.get_by_text("Đóng lượt").click()
    # Another card arrives while the list of outcomes is open: it must not close under the finger.
    other = arrives(office, "vip")
    expect(tu.locator(f"#card-{other}")).to_be_visible()
    tu.get_by_role("button", name="Đã mua hàng").click()

    expect(hanh.locator(f"#card-{card}")).to_have_count(0)
    hanh.context.close()
    tu.context.close()


# The board's pause between two questions ends when the test says so.
HOLD_PAUSES = """
  const later = window.setTimeout;
  window.setTimeout = (then, ms, ...rest) =>
    ms === 150 ? (window.endPause = then, 1) : later(then, ms, ...rest);
"""


def test_the_first_of_many_changes_is_asked_for_at_once_and_the_rest_together(
    chromium: Browser, office: Office
) -> None:
    page, _ = open_page(chromium, f"{office.url}/sign-in", SIZES["computer"])
    page.add_init_script(HOLD_PAUSES)
    with page.expect_response("**/staff/cards"):  # asked for when the stream opens
        sign_in(page, "Hạnh")
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/staff/cards"):
            asked.append(request.url)

    page.on("request", note)
    first = arrives(office)
    expect(page.locator(f"#card-{first}")).to_be_visible()
    others = [arrives(office) for _ in range(5)]
    assert len(asked) == 1

    def are_all_there() -> bool:
        page.evaluate("window.endPause()")
        return page.locator(f"#card-{others[-1]}").is_visible()

    until(are_all_there, "the rest")
    assert len(asked) < 1 + len(others)
    page.context.close()


def test_a_card_that_comes_leaves_the_others_as_they_look(
    chromium: Browser, office: Office
) -> None:
    """Twelve cards whose buttons blinked at each event took 200 ms of a slow tablet's time."""
    page, _ = at_the_board(chromium, office, "Hạnh")
    page.emulate_media(reduced_motion="no-preference")
    first = arrives(office)
    expect(page.locator(f"#card-{first}")).to_be_visible()
    page.evaluate(
        """() => {
            window.blinked = [];
            const note = (event) => blinked.push(event.target.outerHTML);
            document.getElementById("cards").addEventListener("transitionrun", note);
        }"""
    )

    second = arrives(office)
    expect(page.locator(f"#card-{second}.fresh")).to_be_visible()
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")

    assert page.evaluate("blinked") == []
    page.context.close()


def test_waiting_times_run_by_the_shops_clock(chromium: Browser, office: Office) -> None:
    office.card(waited_s=179)
    page, _ = open_page(chromium, f"{office.url}/sign-in", SIZES["computer"])
    page.clock.install()
    sign_in(page, "Hạnh")
    page.clock.run_for(1_500)
    assert "late" not in (page.locator(".wait").get_attribute("class") or "")

    page.clock.run_for(2_000)

    expect(page.locator(".wait")).to_contain_text("3:0")
    expect(page.locator(".wait.late")).to_be_visible()
    expect(page.locator(".wait")).to_contain_text("chờ lâu")
    page.context.close()


def test_muting_is_remembered(chromium: Browser, office: Office) -> None:
    page, _ = at_the_board(chromium, office, "Hạnh")
    mute = page.get_by_role("button", name="Tắt âm báo")
    expect(mute).to_have_attribute("aria-pressed", "false")

    mute.click()
    page.reload()

    expect(mute).to_have_attribute("aria-pressed", "true")
    page.context.close()


OPEN_QUESTIONS = """() => {
  for (const one of document.querySelectorAll('details:has(.ask-first)')) one.open = true;
}"""
HIDDEN_LINKS = """() => {
  const nav = document.querySelector('nav');
  return nav.scrollWidth > nav.clientWidth && innerWidth > 1000;
}"""


def faults_of(page: Page) -> list[str]:
    """What does not fit on the page as it is now."""
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    if page.evaluate(HIDDEN_LINKS):
        return ["a computer shows all of the way about"]
    faults = clipped_text(page, "main", scrolls=True) + small_targets(page, LEAST_TARGET_PX)
    return faults + (["wider than the screen"] if wide else [])


def test_every_page_fits_every_device_in_both_languages(chromium: Browser, office: Office) -> None:
    office.shop.member(name="Hoàng Nguyễn Phương Thảo Nguyên")
    office.shop.member(HUY, "Phạm Gia Huy", "gold")
    office.shop.order("A-20418")
    office.card("pick_up", member=NGOC, order="A-20418", waited_s=4_000)
    office.card("vip", member=HUY, state="claimed", staff="lan")
    office.card(state="serving", staff="lan")
    office.card(state="claimed", staff="tu")
    waits_for_a_host(office)
    wrote(office, 1, EntryReason.STAFF)
    page, watch = at_the_board(chromium, office, "Chị Lan")
    wrong: dict[str, list[str]] = {}
    for language in ("vi", "en"):
        for path in OWNER_PAGES:
            page.goto(office.url + path)
            page.evaluate(OPEN_QUESTIONS)
            if path.endswith(NGOC) and language == "vi":
                page.locator('form[action$="/link"] button').click()  # the fuller page of the two
                expect(page.locator(".qr")).to_be_visible()
            for device, (width, height) in SIZES.items():
                page.set_viewport_size({"width": width, "height": height})
                faults = faults_of(page)
                if EVERY_SCREEN or (path in FULLEST and (language, device) == ("vi", "phone")):
                    faults += violations(page)
                if faults:
                    wrong[f"{path} {language} {device}"] = faults
        with page.expect_navigation():  # or the next goto would race with the form's answer
            other = "English" if language == "vi" else "Tiếng Việt"
            page.get_by_role("button", name=other).click()
    page.context.close()

    assert wrong == {}
    assert (watch.errors, watch.strangers) == ([], [])


def test_the_menu_opens_one_heading_at_a_time_for_fingers_and_keys(
    chromium: Browser, office: Office
) -> None:
    page, watch = at_the_board(chromium, office, "Chị Lan", SIZES["phone"])
    shop, office_ = (page.locator(".grouped summary", has_text=one) for one in ("Cửa", "Văn"))
    shop.click()
    expect(page.get_by_role("link", name="Kiosk mới")).to_be_visible()
    office_.click()
    expect(page.get_by_role("link", name="Kiosk mới")).to_be_hidden()
    log = page.get_by_role("link", name="Nhật ký")
    expect(log).to_be_visible()
    assert small_targets(page, LEAST_TARGET_PX) + violations(page) == []

    page.mouse.click(195, 800)  # below it
    expect(log).to_be_hidden()
    office_.focus()
    page.keyboard.press("Enter")
    expect(log).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(log).to_be_hidden()
    expect(office_).to_be_focused()
    page.keyboard.press("Enter")
    log.click()
    expect(page.get_by_role("heading", name="Nhật ký")).to_be_visible()
    assert watch.errors == []
    page.context.close()


def waits_for_a_host(office: Office) -> None:
    """The longest that a card says: everybody is asked to take whose host has not come."""
    card = office.card("appointment", waited_s=200)
    with office.shop.writers.begin() as db:
        db.add(
            AppointmentRow(
                appointment="drive-1", store=STORE, kind="test_drive", host="tu", alert=card,
                member=HUY, starts_at_ms=office.now_ms, state="waiting", day="2026-03-01",
                ticket=1, escalated_at_ms=office.now_ms, changed_at_ms=0, changed_by="",
            )
        )  # fmt: skip


def streams_of(office: Office) -> int:
    """How many browsers listen."""
    return len(office.hub._listeners)


def tab(context: BrowserContext, office: Office) -> Page:
    page = context.new_page()
    page.goto(f"{office.url}/staff/")
    expect(page.locator('[data-live="on"]')).to_be_visible()
    return page


def test_all_tabs_of_a_browser_share_one_stream_and_survive_its_leader(
    chromium: Browser, office: Office
) -> None:
    leader, _ = at_the_board(chromium, office, "Hạnh")
    followers = [tab(leader.context, office) for _ in range(7)]
    assert streams_of(office) == 1

    first = arrives(office)
    for page in followers:
        expect(page.locator(f"#card-{first}")).to_be_attached()
    leader.close()
    second = arrives(office)

    for page in followers:
        expect(page.locator(f"#card-{second}")).to_be_attached()
    followers[0].context.close()


def test_a_board_without_a_gateway_says_so(chromium: Browser, tmp_path: Path) -> None:
    with serving(tmp_path) as office:
        page, _ = at_the_board(chromium, office, "Hạnh")

    expect(page.locator('[data-live="off"]')).to_have_text("Đang mất kết nối")
    page.context.close()
