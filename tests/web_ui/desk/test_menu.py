from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.gateway.shop import HUY, NGOC
from tests.web_ui.office import Browser, Office

NAV = re.compile(r"<nav aria-label=\"Trang chính\".*?</nav>", re.DOTALL)
LINK = re.compile(r'<a href="([^"]+)" ?(aria-current="page")?')
HEADING = re.compile(r'<summary ?(aria-current="true")?>([^<]+)<')
COUNTER = ["/staff/", "/staff/orders/", "/staff/appointments/", "/staff/redeem/"]
# Parts of other pages, files, and what is printed from its own page.
NO_PAGE = re.compile(
    r".*(\.csv|/staff/cards|/settings/logo|/file/record|/staff/app/.*|/floor/drawing/)"
)


def nav(browser: Browser, path: str = "/staff/") -> str:
    found = NAV.search(browser.get(path))
    assert found is not None
    return found[0]


def links(browser: Browser) -> list[str]:
    return [url for url, _here in LINK.findall(nav(browser))]


def pages(office: Office) -> Iterator[str]:
    """Every page of staff, manager and owner that is about nothing in particular."""
    for rule in office.app.url_map.iter_rules():
        is_ours = rule.rule.startswith(("/staff/", "/console/")) and not NO_PAGE.fullmatch(
            rule.rule
        )
        if is_ours and not rule.arguments and "GET" in (rule.methods or ()):
            yield rule.rule


def test_the_owner_finds_every_page_there_is_and_each_once(office: Office) -> None:
    found = links(office.at("lan"))

    assert sorted(found) == sorted(pages(office))


@pytest.mark.parametrize("who", ["hanh", "minh", "lan"])
def test_every_way_is_open_to_whom_it_is_shown(office: Office, who: str) -> None:
    browser = office.at(who)
    found = links(browser)

    assert {path: browser.client.get(path).status_code for path in found} == dict.fromkeys(
        found, 200
    )
    assert found[:4] == COUNTER


def test_staff_have_four_ways_and_no_headings(office: Office) -> None:
    browser = office.at("hanh")

    assert links(browser) == COUNTER
    assert HEADING.findall(nav(browser)) == []


def test_few_headings_and_none_over_a_single_page(office: Office) -> None:
    of_owner, of_manager = (HEADING.findall(nav(office.at(who))) for who in ("lan", "minh"))

    assert [label for _here, label in of_owner] == [
        *("Tại quầy", "Cửa hàng", "Con số", "Ưu đãi", "Con người", "Văn phòng")
    ]
    assert [label for _here, label in of_manager] == ["Tại quầy", "Cửa hàng", "Con số", "Ưu đãi"]
    assert "/console/members/" in links(office.at("minh"))


@pytest.mark.parametrize(
    ("path", "heading", "page"),
    [
        ("/console/", "Cửa hàng", "/console/"),
        ("/console/kiosks/", "Cửa hàng", "/console/kiosks/"),
        ("/console/numbers/stores", "Con số", "/console/numbers/stores"),
        (f"/console/members/{NGOC}", "Con người", "/console/members/"),
        (f"/console/members/{NGOC}/offers", "Con người", "/console/members/"),
        ("/own-pin/", None, None),
    ],
)
def test_where_one_is_is_marked_and_nothing_else(
    office: Office, path: str, heading: str | None, page: str | None
) -> None:
    office.shop.member()
    office.shop.member(HUY, "Phạm Gia Huy")
    shown = nav(office.at("lan"), path)

    assert [label for here, label in HEADING.findall(shown) if here] == (
        [heading] if heading else []
    )
    assert [url for url, here in LINK.findall(shown) if here] == ([page] if page else [])


def test_the_way_about_needs_no_script(office: Office) -> None:
    shown = nav(office.at("lan"))

    assert shown.count('<details name="menu">') == 6
    assert "hx-" not in shown
