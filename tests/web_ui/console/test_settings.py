"""How the screens look, chosen at the console: what cannot be read or trusted is refused."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect
from werkzeug.test import TestResponse

from contract.looks import LogoKind
from gateway.core.audit import Deed
from gateway.core.owners_file import Setup
from gateway.core.retention import table
from gateway.store import audit, looks, stores
from gateway.store.looks import LookRow
from tests.browser import clipped_text, open_page, small_targets, violations
from tests.gateway.core.test_logos import png, svg
from tests.gateway.shop import STORE
from tests.web_ui.desk.test_in_browser import SIZES, serving, sign_in
from tests.web_ui.forms import filled_in
from tests.web_ui.office import Browser, Office
from web_ui.console.means import Means

PAGE = "/console/settings/"
PURPLE, GOLD = "#5b2a86", "#e5a823"


def dressed(office: Office) -> Office:
    given = office.app.extensions["means"]
    setup = Setup(table({}))
    office.app.extensions["means"] = Means(
        given.phone_address, given.open_door, given.card_keys, setup=setup
    )
    return office


@pytest.fixture
def lan(office: Office) -> Browser:
    """The owner."""
    return dressed(office).at("lan")


def send(lan: Browser, logo: bytes = b"", **typed: str) -> TestResponse:
    form: dict[str, object] = {**filled_in(lan.get(PAGE), "offer"), **typed}
    form["logo"] = (io.BytesIO(logo), "logo")
    return lan.client.post(PAGE, data=form, content_type="multipart/form-data")


def row(office: Office) -> LookRow | None:
    with office.shop.read() as db:
        return looks.get(db, STORE)


def test_what_is_chosen_is_kept_told_and_written_down(lan: Browser, office: Office) -> None:
    with office.shop.read() as db:
        before = stores.edition(db)
    answer = send(lan, png(), name="Trà", own_colour="1", accent=PURPLE, idle_s="60")

    assert answer.status_code == 302
    kept = row(office)
    assert kept is not None
    assert (kept.name, kept.accent, kept.idle_s, kept.logo) == ("Trà", PURPLE, 60, png())
    with office.shop.read() as db:
        assert stores.edition(db) > before, "what runs looks at this every two seconds"
        (deed,) = audit.newest(db, 1)
    told = f"name: Trà; accent: {PURPLE}; idle_s: 60; logo: {len(png())} bytes"
    assert (deed.deed, deed.detail) == (Deed.SETTINGS_CHANGED, told)
    assert lan.client.get(f"{PAGE}logo").mimetype == "image/png"

    send(lan, no_logo="1", own_colour="")
    kept = row(office)
    assert kept is not None
    assert (kept.accent, kept.logo_kind, kept.name) == ("", None, "Trà")
    assert lan.client.get(f"{PAGE}logo").status_code == 404


@pytest.mark.parametrize(
    ("typed", "logo", "told"),
    [
        ({"own_colour": "1", "accent": GOLD}, b"", "chữ trắng trên màu này đạt 2,1 : 1, cần 7 : 1"),
        ({"own_colour": "1", "accent": "red"}, b"", "Màu được viết như"),
        ({"idle_s": "19"}, b"", "từ 20 đến 120"),
        ({"idle_s": "một"}, b"", "từ 20 đến 120"),
        ({"name": "x" * 41}, b"", "dài nhất là 40"),
        ({}, b"GIF89a", "Cần tệp PNG nguyên vẹn"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(
    lan: Browser, office: Office, typed: dict[str, str], logo: bytes, told: str
) -> None:
    page = send(lan, logo, **typed).get_data(as_text=True)

    assert told in page
    assert row(office) is None


def test_bounds_of_the_idle_time_themselves_are_good(lan: Browser, office: Office) -> None:
    for seconds in ("20", "120"):
        assert send(lan, idle_s=seconds).status_code == 302


def test_an_svg_is_kept_clean_and_the_second_owner_is_told(lan: Browser, office: Office) -> None:
    first = filled_in(lan.get(PAGE), "offer")
    send(lan, svg('<script>x</script><circle r="1"/>'), name="Trà")
    kept = row(office)
    assert kept is not None
    assert kept.logo_kind == LogoKind.SVG
    assert b"script" not in kept.logo

    late = {**first, "name": ["Muộn"]}
    page = lan.client.post(PAGE, data=late).get_data(as_text=True)

    assert "Chị Lan vừa sửa chỗ này" in page
    assert 'value="Muộn"' in page
    kept = row(office)
    assert kept is not None
    assert kept.name == "Trà"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Office]:
    with serving(tmp_path) as made:
        yield dressed(made)


def test_the_picture_wears_what_is_chosen(chromium: Chromium, served: Office) -> None:
    page, watch = open_page(chromium, f"{served.url}/sign-in", SIZES["computer"])
    sign_in(page, "Chị Lan")
    page.goto(f"{served.url}{PAGE}")
    page.locator("[name=name]").fill("Trà Hội An")
    page.locator("[name=own_colour]").check()
    page.locator("[name=accent]").fill(PURPLE)

    glass = page.frame_locator("[name=glass-look]")
    expect(glass.get_by_text("Trà Hội An xin chào bạn")).to_be_visible()
    expect(glass.locator(".button.primary")).to_have_css("background-color", "rgb(91, 42, 134)")
    wrong = clipped_text(page, scrolls=True) + small_targets(page, 44) + violations(page)
    page.set_viewport_size({"width": 390, "height": 844})
    wrong += clipped_text(page, "main", scrolls=True)
    assert wrong == []
    assert (watch.errors, watch.strangers) == ([], [])
    page.context.close()
