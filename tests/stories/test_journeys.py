"""What people come for, each from door to door in a real browser, with pictures to look at.

`JOURNEYS=FOLDER ./hien test -n0 tests/stories/test_journeys.py` plays them and leaves every
screen in the folder; a suite run has test_day.py instead.
"""

from __future__ import annotations

import json
import os
import signal
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from contract import vietqr
from gateway.core import standard_webhooks
from gateway.core.appointments import MINUTE_MS, VisitState
from gateway.store import base
from gateway.store.appointments import AppointmentRow
from gateway.store.orders import OrderRow
from gateway.store.profiles import ProfileRow
from kiosk.adapters.code_reader import ZxingThenZbar
from runtime.clock import SystemClock, unix_ms
from simulator.shop import STORE
from tests.living import Living
from tests.stories.shop import StoryShop
from tests.stories.test_day import agrees_to_all, by_name, called, names_nobody
from tests.waiting import until

PHONE = (390, 844)
OPT_OUT_S = 60.0  # what we promise
SLOW_MS = 30_000  # seven processes, a browser, and whatever else the machine does
FOLDER = Path(os.environ.get("JOURNEYS", "build/journeys"))

Keep = Callable[[Page], None]


@pytest.fixture
def keep(request: pytest.FixtureRequest) -> Keep:
    """Leaves a page's picture in the folder, numbered within its journey."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    journey = request.node.name.removeprefix("test_").split("_")[0]
    numbers = count(1)

    def keep_it(page: Page) -> None:
        page.screenshot(path=FOLDER / f"{journey}-{next(numbers):02}.png")

    return keep_it


@pytest.fixture
def phones(shop: StoryShop) -> Callable[[str], Page]:
    """Opens a shopper's phone."""
    return lambda url: shop.opens(url, PHONE)


def seen(found: Locator) -> Locator:
    expect(found).to_be_visible(timeout=SLOW_MS)
    return found


def read_from(picture: bytes) -> list[str]:
    """The codes in a picture of a screen."""
    grey = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert grey is not None
    return ZxingThenZbar().read(grey.astype(np.uint8))


def own_page(glass: Page, member: dict[str, Any], word: str = "Chào") -> Locator:
    return seen(glass.get_by_role("heading", name=f"{word} {called(member)}"))


def with_order(shop: StoryShop, place: int) -> dict[str, Any]:
    """Each journey's own: a shopper whose card was closed gives no other for two hours."""
    places = count()
    return shop.member(
        lambda one: agrees_to_all(one) and bool(one["orders"]) and next(places) == place
    )


def test_j1_a_tag_comes_near_and_is_greeted_asked_served_and_forgotten(
    shop: StoryShop, keep: Keep
) -> None:
    ngoc, glass = shop.member(agrees_to_all), shop.glass("quay-1")
    keep(glass)
    shop.comes_to("quay-1", ngoc)
    shop.skip(6)
    show_me = seen(glass.get_by_role("button", name="Xem dành cho tôi"))
    names_nobody(glass, ngoc)
    keep(glass)
    show_me.click()
    yes = seen(glass.get_by_role("button", name="Đúng, là tôi"))
    names_nobody(glass, ngoc)
    keep(glass)
    yes.click()
    own_page(glass, ngoc)
    keep(glass)
    glass.locator(".offer").first.click()
    seen(glass.get_by_role("button", name="Về trang của tôi"))
    keep(glass)
    glass.get_by_role("button", name="Dễ nhìn, dễ với").click()
    glass.get_by_role("button", name="Chữ to").click()
    seen(glass.locator('[aria-pressed="true"]'))
    keep(glass)
    glass.get_by_role("button", name="Xong").click()
    seen(glass.get_by_role("button", name="Về trang của tôi"))
    keep(glass)
    glass.get_by_role("button", name="Kết thúc").click()
    seen(glass.get_by_role("heading", name="Cảm ơn bạn"))
    names_nobody(glass, ngoc)
    keep(glass)


def test_j3_a_pass_is_held_up_and_a_photograph_of_one_is_not_taken(
    shop: StoryShop, keep: Keep
) -> None:
    lan, glass = shop.member(agrees_to_all), shop.glass("quay-2")
    guest = shop.comes_to("quay-2", lan)
    shop.holds_up(guest, "quay-2", "screenshot")
    seen(glass.get_by_text("Mã này đã hết hạn"))
    keep(glass)
    shop.lowers("quay-2")
    glass.get_by_role("button", name="Thử lại").click()
    shop.holds_up(guest, "quay-2")
    own_page(glass, lan)
    shop.lowers("quay-2")
    glass.get_by_role("button", name="English").click()
    own_page(glass, lan, "Hello")
    keep(glass)
    shop.skip(50)
    seen(glass.get_by_text("Are you still here?"))
    names_nobody(glass, lan)
    keep(glass)


def test_j4_a_phone_reads_the_screens_code_and_the_screen_asks(
    shop: StoryShop, demo: Living, phones: Callable[[str], Page], keep: Keep
) -> None:
    minh, glass = shop.member(agrees_to_all), shop.glass("quay-3")
    phone = phones(demo.redirect(f"stage/phone?member={minh['member']}"))
    keep(phone)
    phone.get_by_role("button", name="tạo thẻ").click()
    seen(phone.locator("#card"))
    keep(phone)
    seen(glass.locator("[data-code] svg"))
    (link,) = read_from(glass.screenshot())
    phone.goto(str(link))
    seen(phone.locator("#ask"))
    keep(phone)
    phone.locator("#on-screen").click()
    seen(phone.locator("#sent"))
    keep(phone)
    seen(glass.get_by_text(f"{called(minh)[0]}***"))
    names_nobody(glass, minh)
    keep(glass)
    glass.get_by_role("button", name="Đúng, là tôi").click()
    own_page(glass, minh)


def test_j5_an_order_is_asked_for_brought_and_handed_over(shop: StoryShop, keep: Keep) -> None:
    minh, glass, board = with_order(shop, 0), shop.glass("quay-1"), shop.board("Hạnh")
    guest = shop.comes_to("quay-1", minh)
    shop.holds_up(guest, "quay-1")
    own_page(glass, minh)
    shop.lowers("quay-1")
    glass.locator("[data-press=pick_up]:visible").first.click()
    seen(glass.locator(".ticket"))
    keep(glass)
    card = board.locator(".ticket", has_text=str(minh["name"])).first
    seen(card)
    keep(board)
    card.get_by_role("button", name="Nhận khách").click()
    seen(card.get_by_role("button", name="Đã phục vụ xong")).click()
    card.locator("[id^=closing] summary").click()
    keep(board)
    card.locator("button[name=outcome]").first.click()
    expect(card).to_have_count(0)
    board.goto(board.url.replace("/staff/", "/staff/orders/"))
    keep(board)


def test_j6_an_appointment_is_checked_in_at_the_screen_and_its_host_told(
    shop: StoryShop, demo: Living, keep: Keep
) -> None:
    binh = shop.member(agrees_to_all)
    engine = base.connect(f"sqlite:///{demo.folder / 'gateway.db'}")
    now_ms = unix_ms(SystemClock().utc())
    with base.writers(engine).begin() as db:
        row = db.get_one(ProfileRow, binh["member"])
        db.add(
            AppointmentRow(
                appointment="journey-6", store=STORE, kind="test_drive",
                member=row.member, host="hanh", starts_at_ms=now_ms + 5 * MINUTE_MS,
                state=VisitState.BOOKED, day="", changed_at_ms=0, changed_by="",
            )
        )  # fmt: skip
    engine.dispose()
    glass, board = shop.glass("quay-2"), shop.board("Hạnh")
    guest = shop.comes_to("quay-2", binh)
    shop.holds_up(guest, "quay-2")
    own_page(glass, binh)
    shop.lowers("quay-2")
    keep(glass)
    glass.locator("[data-press=check_in]:visible").first.click()
    seen(glass.locator(".ticket"))
    keep(glass)
    seen(board.locator(".ticket", has_text=str(binh["name"])).first)
    keep(board)
    board.goto(board.url.replace("/staff/", "/staff/appointments/"))
    keep(board)


def test_j7_an_offer_is_held_used_and_undone_at_the_counter(shop: StoryShop, keep: Keep) -> None:
    lan, glass, board = with_order(shop, 1), shop.glass("quay-1"), shop.board("Tú")
    guest = shop.comes_to("quay-1", lan)
    shop.holds_up(guest, "quay-1")
    own_page(glass, lan)
    shop.lowers("quay-1")
    card = board.locator(".ticket", has_text=str(lan["name"])).first
    seen(card.get_by_role("button", name="Nhận khách")).click()
    seen(card.get_by_role("link", name="Dùng mã")).click()
    keep(board)
    board.get_by_role("button", name="Giữ").first.click()
    seen(board.locator('[data-state="reserved"]'))
    keep(board)
    board.locator('form[action$="/confirm"] button').click()
    seen(board.locator('[data-state="confirmed"]'))
    keep(board)


def test_j8_a_pass_opens_a_shop_without_staff_also_while_the_broker_hangs(
    shop: StoryShop, demo: Living, keep: Keep
) -> None:
    guests = [one for one in demo.get("stage/members") if one["has_pass"]][:3]
    glass, owner = shop.glass("cua-1"), shop.board("Minh Châu")
    seen(glass.locator("main.attract"))
    keep(glass)
    first, friend, late = (shop.comes_in(one) for one in guests)
    shop.holds_up(first, "cua-1")
    seen(glass.get_by_role("heading", name="Mời bạn vào"))
    names_nobody(glass, guests[0])
    keep(glass)
    shop.lowers("cua-1")
    passes(shop)
    shop.holds_up(friend, "cua-1", "screenshot")
    seen(glass.locator("main.kept_out"))
    keep(glass)
    shop.lowers("cua-1")
    glass.get_by_role("button", name="Thử lại").click()

    broker = by_name(demo)["broker"]
    os.kill(broker, signal.SIGSTOP)
    try:
        seen(glass.get_by_text("Đang mất kết nối"))
        shop.holds_up(late, "cua-1")
        seen(glass.get_by_role("heading", name="Mời bạn vào"))
        keep(glass)
        shop.lowers("cua-1")
        passes(shop)
        passes(shop, handle=True)  # and out again: no software holds anybody back
    finally:
        os.kill(broker, signal.SIGCONT)
    expect(glass.get_by_text("Đang mất kết nối")).to_be_hidden(timeout=SLOW_MS)
    owner.goto(f"{demo.url('web')}/console/doors/")
    seen(owner.get_by_role("heading", name="cua-truoc"))
    keep(owner)


def passes(shop: StoryShop, *, handle: bool = False) -> None:
    """Somebody goes through the door, and it falls shut."""
    for wires in ({"handle": handle}, {"contact": True}, {"contact": True, "beam": True}, {}):
        shop.demo.post("pull", wires)
        shop.skip(0.5)
    shop.skip(8)  # the lock is released for 5 s


def test_j9_one_of_two_takes_a_card_and_the_other_is_told(shop: StoryShop, keep: Keep) -> None:
    hanh, tu, glass = shop.board("Hạnh"), shop.board("Tú"), shop.glass("quay-3")
    glass.get_by_role("button", name="Gọi nhân viên").click()
    seen(glass.get_by_role("heading", name="Nhân viên đang đến"))
    keep(glass)
    cards = [page.locator('.ticket[data-state="offered"]').first for page in (hanh, tu)]
    for card in cards:
        seen(card)
    keep(hanh)
    tu.route("**/staff/cards", lambda route: route.fulfill(status=204))  # he hears of nothing yet
    cards[0].get_by_role("button", name="Nhận khách").click()
    seen(hanh.get_by_role("button", name="Đã phục vụ xong"))
    cards[1].get_by_role("button", name="Nhận khách").click()
    expect(tu.get_by_role("alert")).to_contain_text("Hạnh vừa nhận")
    keep(tu)
    tu.unroute("**/staff/cards")
    hanh.get_by_role("button", name="Đã phục vụ xong").click()
    hanh.locator("[id^=closing] summary").first.click()
    hanh.locator("button[name=outcome]:visible").first.click()


def test_j8_an_unpaid_order_is_paid_at_the_glass_and_the_banks_word_turns_it(
    shop: StoryShop, demo: Living, keep: Keep
) -> None:
    database = base.opened(f"sqlite:///{demo.folder / 'gateway.db'}")
    with database as engine, base.readers(engine)() as db:
        ready = db.query(OrderRow).filter_by(state="ready").all()
    owing = {one.member: one for one in ready if one.unpaid_vnd}
    member = shop.member(lambda one: agrees_to_all(one) and one["member"] in owing)
    order, glass, board = owing[member["member"]], shop.glass("quay-2"), shop.board("Hạnh")
    guest = shop.comes_to("quay-2", member)
    shop.holds_up(guest, "quay-2")
    own_page(glass, member)
    shop.lowers("quay-2")
    glass.locator(f'[data-press=pick_up][data-subject="{order.order}"]').click()
    seen(glass.get_by_role("heading", name="Mời bạn thanh toán"))
    keep(glass)
    [code] = read_from(glass.locator(".pay .paper").screenshot())
    assert vietqr.read(code).amount_vnd == order.unpaid_vnd
    card = seen(board.locator(".ticket", has_text=str(member["name"])).first)
    expect(card).to_contain_text("còn phải trả")
    keep(board)

    pays(demo, vietqr.read(code).note, order.unpaid_vnd)

    seen(glass.get_by_role("heading", name="Đã thanh toán"))
    keep(glass)
    expect(card).to_contain_text("đã thanh toán", timeout=SLOW_MS)
    keep(board)
    glass.get_by_role("button", name="Kết thúc").click()


def pays(demo: Living, order: str, amount_vnd: int) -> None:
    """The bank says that somebody's money has come."""
    data = {"reference": f"FT-{order}", "order": order, "amount_vnd": amount_vnd}
    at_s = demo.get("phone/now", "web")["now_ms"] / 1_000  # of the shop, where time may be skipped
    stamp = datetime.fromtimestamp(at_s, UTC).isoformat()
    body = json.dumps({"type": "payment.confirmed", "timestamp": stamp, "data": data}).encode()
    key = standard_webhooks.key_of((demo.folder / "bank.secret").read_text())
    assert key is not None
    headers = {
        "webhook-id": f"msg-{order}",
        "webhook-timestamp": str(int(at_s)),
        "webhook-signature": standard_webhooks.sign(key, f"msg-{order}", int(at_s), body),
    }
    url = f"{demo.url('web')}/v1/webhooks/ngan-hang"
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=10) as answer:
        assert json.load(answer)["accepted"]


def test_j10_a_code_at_the_shelf_is_read_without_a_name_and_brings_a_person(
    shop: StoryShop, demo: Living, phones: Callable[[str], Page], keep: Keep
) -> None:
    board, glass = shop.board("Tú"), shop.glass("quay-3")
    phone = phones(f"{demo.url('web')}/s/{STORE}/tra/tra-sen")
    price = seen(phone.locator(".price")).inner_text()
    assert "150.000" in price
    keep(phone)
    phone.get_by_role("button", name="Gọi nhân viên").click()
    seen(phone.get_by_text("Nhân viên đang đến kệ tra"))
    keep(phone)
    assert phone.context.cookies() == []
    card = seen(board.locator(".ticket", has_text="Khách ở kệ tra"))
    expect(card).to_contain_text("Trà ướp sen")
    keep(board)
    card.get_by_role("button", name="Nhận khách").click()

    guest = shop.comes_to("quay-3")
    shop.holds_up(guest, "quay-3", "package")
    seen(glass.get_by_role("heading", name="Trà ướp sen"))
    assert "150.000" in glass.locator(".banner b").inner_text(), "one price wherever it is shown"
    keep(glass)
    shop.lowers("quay-3")
    glass.get_by_role("button", name="Quay lại").click()

    phone.goto(f"{demo.url('web')}/s/{STORE}/am-chen/am-chen-phuoc-tich?language=en")
    seen(phone.get_by_text("Sold out in this store"))
    keep(phone)
    card = board.locator(".ticket", has_text="Khách ở kệ tra")
    seen(card.get_by_role("button", name="Đã phục vụ xong")).click()
    board.locator("[id^=closing] summary").first.click()
    board.locator("button[name=outcome]:visible").first.click()


def test_j13_what_the_owner_lets_out_stands_on_the_glass(
    shop: StoryShop, demo: Living, keep: Keep
) -> None:
    member, glass = with_order(shop, 3), shop.glass("quay-1")
    owner = shop.board("Minh Châu")
    owner.goto(f"{demo.url('web')}/console/offers/tra-gung-mua-mua")
    fresh = "Trà gừng mật ong mùa mưa, mua một tặng một"
    seen(owner.locator('[name="title_vi"]')).fill(fresh)
    owner.locator('[name="priority"]').fill("99")
    owner.locator('button[name="then"][value="ask"]').click()
    keep(owner)
    seen(owner.locator('form[action$="/publish"] button')).click()
    seen(owner.get_by_text("Đã phát hành"))
    keep(owner)

    guest = shop.comes_to("quay-1", member)
    shop.skip(3)  # the intake looks every two seconds
    shop.holds_up(guest, "quay-1")
    own_page(glass, member)
    seen(glass.get_by_text(fresh))
    keep(glass)
    shop.lowers("quay-1")


def test_j11_a_member_sees_what_they_agreed_to_and_withdraws_it(
    shop: StoryShop, demo: Living, phones: Callable[[str], Page], keep: Keep
) -> None:
    member = shop.member(agrees_to_all)
    phone = phones(demo.redirect(f"stage/phone?member={member['member']}"))
    phone.get_by_role("button", name="tạo thẻ").click()
    seen(phone.locator("#card"))
    phone.goto(f"{demo.url('web')}/phone/privacy")
    seen(phone.locator("#choices"))
    keep(phone)
    box = phone.locator("input[name=staff_context]")
    assert box.is_checked()
    box.uncheck()
    phone.get_by_role("button", name="Lưu").click()
    seen(phone.get_by_text("Đã lưu"))
    keep(phone)
    stranger = {"presence": False}
    os.kill(by_name(demo)["quay-2"], signal.SIGKILL)
    chooses(phone, stranger)
    until(lambda: demo.screen("quay-2") == "attract", "who was away is back", SLOW_MS / 1000)
    until(lambda: not is_greeted(shop, "quay-1", member), "the opt-out acts", OPT_OUT_S)
    until(lambda: not is_greeted(shop, "quay-2", member), "also where it was away", OPT_OUT_S)
    chooses(phone, {"presence": True, "staff_context": True})
    until(lambda: is_greeted(shop, "quay-1", member), "and so does a new yes", OPT_OUT_S)


def chooses(phone: Page, choices: dict[str, bool]) -> None:
    """On their phone somebody says what they agree to, and is told that it is kept."""
    for purpose, agrees in choices.items():
        phone.locator(f"input[name={purpose}]").set_checked(agrees)
    with phone.expect_response("**/phone/privacy/asks") as answer:
        phone.get_by_role("button", name="Lưu").click()
    assert answer.value.ok
    seen(phone.get_by_text("Đã lưu"))


def is_greeted(shop: StoryShop, kiosk: str, member: dict[str, Any]) -> bool:
    """Whether a kiosk says hello to somebody who stands there with their tag for a while."""
    shop.comes_to(kiosk, member)
    shop.skip(8)
    greeted = shop.demo.screen(kiosk) == "hello"
    shop.goes_home()
    shop.skip(60)
    return greeted


def test_j12_the_owner_looks_at_everything(shop: StoryShop, demo: Living, keep: Keep) -> None:
    board = shop.board("Minh Châu")
    for link in board.locator("nav a").evaluate_all("(all) => all.map((one) => one.href)"):
        board.goto(link)
        seen(board.locator("main"))
        keep(board)


# The last: after it links for phones are too old, and appointments have gone by.
def test_j2_an_app_whose_identity_changes_is_known_before_and_after(
    shop: StoryShop, keep: Keep
) -> None:
    app = shop.member(lambda one: one["tag"] == "eddystone-eid" and len(one["consents"]) == 3)
    glass = shop.glass("quay-2")
    for _ in ("before", "after"):
        shop.comes_to("quay-2", app)
        shop.skip(6)
        show_me = seen(glass.get_by_role("button", name="Xem dành cho tôi"))
        names_nobody(glass, app)
        keep(glass)
        show_me.click()
        seen(glass.get_by_role("button", name="Đúng, là tôi")).click()
        own_page(glass, app)
        keep(glass)
        glass.get_by_role("button", name="Kết thúc").click()
        shop.goes_home()
        shop.skip(20 * 60)  # by then the phone says something else, and so does nobody before it
        seen(glass.locator("main.attract"))
