"""Who is served: recognised, asked, with an order, an appointment, an offer, or alone at a door."""

from __future__ import annotations

from playwright.sync_api import expect

from gateway.core.appointments import MINUTE_MS, VisitState
from gateway.store import base
from gateway.store.appointments import AppointmentRow
from gateway.store.profiles import ProfileRow
from runtime.clock import SystemClock, unix_ms
from simulator.shop import STORE
from tests.living import Living
from tests.stories.journeys.acts import Keep, own_page, seen, with_order
from tests.stories.shop import StoryShop
from tests.stories.test_day import agrees_to_all, names_nobody


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


# The last: after it appointments have gone by.
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
