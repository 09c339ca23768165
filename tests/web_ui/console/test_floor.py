from __future__ import annotations

import io
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect
from werkzeug.test import TestResponse

from contract.events import Arrived, Counted
from contract.footfall import Counter
from contract.messages import KioskState, Live, Noun, TagHeard
from gateway.core.floor_pictures import PICTURE_BYTES
from gateway.store import stores
from tests.browser import clipped_text, open_page, small_targets, violations
from tests.gateway.core.test_logos import png
from tests.gateway.shop import HUY, NGOC, STORE, Outbox
from tests.web_ui.desk.test_in_browser import LEAST_TARGET_PX, SIZES, serving, sign_in
from tests.web_ui.office import TOKEN, Browser, Office

PAGE, DRAWING = "/console/floor/", "/console/floor/drawing/"
LINES = {
    "item": ["quay-1", "quay-2", "ao-dai", ""],
    "name": ["Quầy 1", "Quầy 2", "Áo dài", ""],
    "x": ["2", "", "7,5", ""],
    "y": ["1.5", "", "5", ""],
    "radius": ["", "", "2", ""],
}


def draw(lan: Browser, picture: object = b"", **typed: object) -> TestResponse:
    token = TOKEN.search(lan.get(DRAWING))
    assert token is not None
    form = {"csrf_token": token[1], "revision": "0", "width": "12", "depth": "8", **LINES, **typed}
    if isinstance(picture, bytes) and picture:
        form["picture"] = (io.BytesIO(picture), "plan.png")
    return lan.client.post(DRAWING, data=form, content_type="multipart/form-data")


def tells(office: Office, kiosk: str, *tags: TagHeard) -> None:
    state = KioskState(kiosk, online=True, at_ms=office.now_ms, tags=tags)
    with office.shop.writers.begin() as db:
        stores.keep_state(db, STORE, kiosk, state, office.now_ms)


def populated(office: Office) -> None:
    """Ngọc at the áo dài, Huy at kiosk 2, a weak tag, and seven who are nobody's business."""
    now_ms = office.now_ms
    office.shop.member()
    office.shop.member(HUY, "Phạm Gia Huy")
    one, two = Outbox(), Outbox("quay-2", "fedcba9876543210")
    office.shop.handle(
        one.says(Arrived(f"t-{NGOC}", "ao-dai", -60), now_ms),
        two.says(Arrived(f"t-{HUY}", "quay-2", -60), now_ms),
        one.says(Counted(Counter.PHONES, 7), now_ms),
        two.says(Counted(Counter.PHONES, None), now_ms),
    )
    tells(office, "quay-1", TagHeard(f"t-{NGOC}", now_ms, battery_percent=4))


def test_what_is_drawn_stands_on_the_plan_and_in_its_table(office: Office) -> None:
    populated(office)
    lan = office.at("lan")
    assert "chưa có sơ đồ" in lan.get(PAGE)

    assert draw(lan).headers["Location"] == PAGE

    page = lan.get(PAGE)
    assert 'viewBox="0 0 1000 667' in page
    assert 'cx="625.0" cy="416.7" r="166.7"' in page  # 7.5 m and 5 m of 12
    assert "Áo dài: 1" in page
    assert "1 thẻ sắp hết pin" in page
    assert ">7</td>" in page
    assert "1 thành viên ở nơi chưa có trên sơ đồ" in page  # at kiosk 2, which was left out
    assert (
        draw(lan, revision="1", x=["2", "4", "7.5", ""], y=["1.5", "4", "5", ""]).status_code == 302
    )
    page = lan.get(PAGE)
    assert "dưới năm" in page
    assert "chưa có trên sơ đồ" not in page


def test_no_page_of_the_floor_says_who_is_there(office: Office) -> None:
    populated(office)
    draw(office.at("lan"))

    page = office.at("minh").get(PAGE)

    assert not any(word in page for word in ("Ngọc", "Huy", NGOC, HUY, f"t-{NGOC}"))


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"width": "0.5"}, "từ 1 đến 200 mét"),
        ({"depth": "201"}, "từ 1 đến 200 mét"),
        ({"width": "nan"}, "từ 1 đến 200 mét"),
        ({"x": ["13", "", "7", ""]}, "Quầy 1 nằm ngoài sơ đồ"),
        ({"y": ["", "", "5", ""]}, "Quầy 1 cần đủ cả hai số"),
        ({"item": ["quay-1", "quay-2", "Áo!", ""]}, "Tên ngắn của khu vực"),
        ({"item": ["quay-1", "quay-2", "quay-1", ""]}, "Tên ngắn của khu vực"),
        ({"radius": ["", "", "99", ""]}, "nửa mét đến 50 mét"),
        ({"radius": ["", "", "", ""]}, "nửa mét đến 50 mét"),
        ({"picture": b"GIF89a"}, "Ảnh này không dùng được"),
        ({"revision": "7"}, "Có người vừa sửa sơ đồ"),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_typed_is_lost(
    office: Office, typed: dict[str, object], why: str
) -> None:
    lan = office.at("lan")
    answer = draw(lan, **typed)

    page = answer.get_data(as_text=True)
    assert answer.status_code in (409, 422)
    assert why in page
    assert 'value="ao-dai"' in page or 'value="Áo dài"' in page
    assert "chưa có sơ đồ" in lan.get(PAGE)


def test_a_picture_lies_below_the_plan_cleaned_and_goes_again(office: Office) -> None:
    lan = office.at("lan")
    draw(lan, png(2, 2))
    answer = lan.client.get("/console/floor/picture/1")

    assert 'href="/console/floor/picture/1"' in lan.get(PAGE)
    assert answer.data == png(2, 2)
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    draw(lan, revision="1")
    assert lan.client.get("/console/floor/picture/2").status_code == 200
    draw(lan, revision="2", no_picture="1")
    assert lan.client.get("/console/floor/picture/3").status_code == 404
    assert "/console/floor/picture" not in lan.get(PAGE)


def test_a_picture_may_be_larger_than_other_forms_and_still_has_a_bound(office: Office) -> None:
    lan = office.at("lan")
    large = png(2, 2) + bytes(PICTURE_BYTES // 2)

    assert draw(lan, large).status_code == 422  # what follows the picture is no chunk
    assert draw(lan, bytes(PICTURE_BYTES + 80 * 1024)).status_code == 413


def test_another_store_has_another_floor(office: Office) -> None:
    draw(office.at("lan"), png(2, 2))
    with office.shop.writers.begin() as db:
        db.add(stores.StoreRow(store="hoi-an-1", name="Hội An", store_no=8))
    there = Browser(office.app.test_client())
    there.post("/sign-in", staff="lan", store="hoi-an-1", pin="2468")

    assert "chưa có sơ đồ" in there.get(PAGE)
    assert there.client.get("/console/floor/picture/1").status_code == 404


def test_places_are_tapped_or_typed_and_the_plan_is_live(
    chromium: Chromium, tmp_path: Path
) -> None:
    with serving(tmp_path) as office:
        populated(office)
        page, watch = open_page(chromium, f"{office.url}/sign-in", SIZES["phone"])
        sign_in(page, "Chị Lan")
        page.goto(office.url + DRAWING)
        page.get_by_label("Chiều rộng").fill("10")
        page.get_by_label("Chiều sâu").fill("8")
        page.get_by_role("button", name="Lưu sơ đồ").click()
        page.get_by_role("link", name="Sửa sơ đồ").click()

        row = page.locator(".places tr", has_text="Quầy 1")
        row.get_by_role("button").click()
        plan = page.locator("svg.floor")
        box = plan.bounding_box()
        assert box is not None
        plan.click(position={"x": box["width"] * 0.25, "y": box["height"] * 0.5})
        expect(row.locator("[name=x]")).to_have_value("2.5")
        expect(row.locator("[name=y]")).to_have_value("4.0")
        expect(row.locator("[name=x]")).to_be_focused()
        page.keyboard.press("ArrowUp")
        expect(row.locator("[name=x]")).to_have_value("2.6")
        faults = small_targets(page, LEAST_TARGET_PX) + violations(page)
        assert faults + clipped_text(page, "main", scrolls=True) == []
        page.get_by_role("button", name="Lưu sơ đồ").click()

        count = page.locator('.floor [data-item="quay-1"] .count')
        expect(count).to_have_text("0")
        later = Outbox("quay-1", "1111111111111111")
        office.shop.handle(later.says(Arrived(f"t-{HUY}", "quay-1", -60), office.now_ms + 1))
        office.hub.publish(STORE, Live(Noun.VISIT, "1"))
        expect(count).to_have_text("1")
        for language in ("vi", "en"):
            for width, height in SIZES.values():
                page.set_viewport_size({"width": width, "height": height})
                faults = small_targets(page, LEAST_TARGET_PX)
                assert faults + clipped_text(page, "main", scrolls=True) == []
                assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
            assert violations(page) == []
            if language == "vi":
                with page.expect_navigation():
                    page.get_by_role("button", name="English").click()
        assert (watch.errors, watch.strangers) == ([], [])
        page.context.close()
