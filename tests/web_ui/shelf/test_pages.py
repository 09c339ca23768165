"""The page behind a shelf's code: for anybody, nothing personal, no cookie, and a person's help."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from gateway.store.alerts import AlertRow, board
from gateway.store.offers import OfferRow
from gateway.store.redemptions import TallyRow
from gateway.store.shelf_scans import ShelfScanRow
from tests.browser import clipped_text, open_page, small_targets, violations
from tests.gateway.shop import NOON_MS, STORE
from tests.gateway.store.test_products import HEADER, TEA, WIDE, WINE, brings
from tests.web_ui.compiled import CACHE
from tests.web_ui.office import Office
from web_ui.shared.serving import Server
from web_ui.shelf.pages import Shelves

TEA_PAGE = "/s/hue-1/ke-2/tra-sen"
FORM = re.compile(r'name="form" value="([0-9a-f]{32})"')
OLD = "keo-cu,Kẹo lạc cũ,Old peanut candy,27500,,,,,,,no,,"
OIL = "dau-tram,Dầu tràm,Cajuput oil,120000,,,,,,,,0,ke-2"
PHONE = (360, 1_900)  # as tall as the page: what is below the fold is not cut off
BUDGET_BYTES = 120_000


@pytest.fixture
def stocked(office: Office, tmp_path: Path) -> Office:
    brings(office.shop, tmp_path, WIDE, TEA, WINE, OLD, OIL)
    return office


def page(office: Office, path: str = TEA_PAGE, language: str = "vi", status: int = 200) -> str:
    answer = office.app.test_client().get(path, headers={"Accept-Language": language})
    assert answer.status_code == status
    assert "Set-Cookie" not in answer.headers
    return answer.get_data(as_text=True)


def shelves(office: Office) -> Shelves:
    given = office.app.extensions["shelves"]
    assert isinstance(given, Shelves)
    return given


def counted(office: Office) -> set[tuple[str, str, str, int, int]]:
    shelves(office).write()
    with office.shop.read() as db:
        rows = db.query(ShelfScanRow).all()
        return {(row.shelf, row.product, row.campaign, row.scans, row.calls) for row in rows}


def call(office: Office, path: str = TEA_PAGE, form: str | None = None) -> int:
    client = office.app.test_client()
    found = FORM.search(client.get(path).get_data(as_text=True))
    assert found is not None
    answer = client.post(f"{path}/call", data={"form": found[1] if form is None else form})
    assert "Set-Cookie" not in answer.headers
    return answer.status_code


def test_it_says_what_it_costs_and_what_is_left_in_the_phones_language(stocked: Office) -> None:
    said = page(stocked)
    for words in ("Trà sen", "150.000", "185.000", "Còn 12 ở cửa hàng này", "Kệ ke-2", "Giảm giá"):
        assert words in said, words
    english = page(stocked, language="en-GB,en;q=0.9")
    assert "12 left in this store" in english
    assert "Trà sen" in page(stocked, f"{TEA_PAGE}?language=vi", language="en")

    stocked.clock.advance(9 * 86_400)
    later = page(stocked)
    assert "185.000" in later
    assert "150.000" not in later, "the promotion is over"


def test_what_is_not_known_is_said_and_what_is_not_sold_leads_to_others(stocked: Office) -> None:
    wine = page(stocked, "/s/hue-1/-/ruou-nep")
    assert "Chỉ bán cho người lớn" in wine
    assert "Hỏi nhân viên xem cửa hàng này còn không" in wine
    assert "Cửa hàng này đã hết" in page(stocked, "/s/hue-1/ke-2/dau-tram")

    gone = page(stocked, "/s/hue-1/-/keo-cu")

    assert "không còn bán" in gone
    assert "27.500" not in gone
    assert "/s/hue-1/ke-2/tra-sen" in gone
    for nobody in ("/s/hue-1/ke-2/none", "/s/hue-9/ke-2/tra-sen"):
        page(stocked, nobody, status=404)


def test_an_offer_of_this_shelf_stands_here_only_and_one_that_is_all_given_out_nowhere(
    stocked: Office,
) -> None:
    for offer, terms in (("here", {"trigger": {"scan": "ke-2"}}), ("gone", {"caps": {"total": 1}})):
        stocked.shop.offer(offer, is_personal=False)
        with stocked.shop.writers.begin() as db:
            row = db.get_one(OfferRow, offer)
            row.terms, row.title_vi = json.dumps(terms), f"Ưu đãi {offer}"
    assert "Ưu đãi gone" in page(stocked)
    with stocked.shop.writers.begin() as db:
        db.add(TallyRow(offer="gone", scope="total", key="", used=1, spent_vnd=0))

    assert "Ưu đãi here" in page(stocked)
    assert "Ưu đãi here" not in page(stocked, "/s/hue-1/-/ruou-nep")
    assert "Ưu đãi gone" not in page(stocked)


def test_it_is_light_says_nothing_of_anybody_and_may_be_shown_again_for_a_minute(
    stocked: Office,
) -> None:
    client = stocked.app.test_client()
    answer = client.get(TEA_PAGE)
    assert answer.headers["Cache-Control"] == "private, max-age=60"
    linked = re.findall(r'(?:href|src)="(/[^"?#]+)', answer.get_data(as_text=True))
    files = {one for one in linked if "." in one.rsplit("/", 1)[-1]}
    weight = len(answer.data) + sum(len(client.get(one, buffered=True).data) for one in files)
    fonts = 28_000  # the one of headings, which tokens.css names; the text's is the phone's own
    assert weight + fonts <= BUDGET_BYTES


def test_readings_are_counted_by_shelf_and_link_without_anybody_in_them(stocked: Office) -> None:
    for path in (
        TEA_PAGE,
        f"{TEA_PAGE}?utm_campaign=tet&utm_source=zalo&gclid=somebodys-click",
        "/s/hue-1/no-such-shelf/tra-sen",
    ):
        page(stocked, path)

    assert "somebodys-click" not in str(shelves(stocked).counted), "not even in memory"
    assert counted(stocked) == {("ke-2", "tra-sen", "", 2, 0), ("ke-2", "tra-sen", "tet", 1, 0)}
    with stocked.shop.read() as db:
        assert "somebodys-click" not in str([vars(row) for row in db.query(ShelfScanRow)])


def test_staff_are_called_to_the_shelf_once_however_often_it_is_touched(stocked: Office) -> None:
    assert [call(stocked), call(stocked)] == [200, 200]

    with stocked.shop.read() as db:
        [card] = board(db, STORE)
    assert (card.shelf, card.kind, card.name, card.member) == ("ke-2", "help", "", "")
    assert [live.id for _, live in stocked.said] == [str(card.alert)]
    assert "Khách ở kệ ke-2" in stocked.at("tu").get("/staff/cards")
    assert "Đang xem Trà sen" in stocked.at("tu").get("/staff/cards")
    assert ("ke-2", "tra-sen", "", 2, 1) in counted(stocked)
    with stocked.shop.writers.begin() as db:
        db.get_one(AlertRow, card.alert).state = "closed"
    assert call(stocked) == 200
    with stocked.shop.read() as db:
        assert len(board(db, STORE)) == 1


def test_a_form_that_is_not_ours_or_old_calls_nobody(stocked: Office) -> None:
    client = stocked.app.test_client()
    found = FORM.search(client.get(TEA_PAGE).get_data(as_text=True))
    assert found is not None
    stocked.clock.advance(2 * 3_600)

    taken = [call(stocked, form=""), call(stocked, form="0" * 32), call(stocked, form=found[1])]

    assert taken == [400, 400, 400]
    assert stocked.said == []


def test_who_reads_or_calls_without_end_is_told_to_wait_and_others_are_not(stocked: Office) -> None:
    client = stocked.app.test_client()
    codes = [client.get(TEA_PAGE).status_code for _ in range(61)]
    assert (set(codes[:60]), codes[60]) == ({200}, 429)
    late = client.get(TEA_PAGE)
    assert (late.headers["Retry-After"], late.headers["Cache-Control"]) == ("2", "no-store")
    assert "Vui lòng đợi" in late.get_data(as_text=True)
    page(stocked, "/s/hue-1/-/ruou-nep")

    stocked.clock.advance(60)
    for _ in range(5):
        assert call(stocked) == 200
    assert call(stocked) == 429
    stocked.clock.advance(60)
    assert call(stocked) == 200


def test_a_picture_is_shown_and_kept(stocked: Office, tmp_path: Path) -> None:
    stocked.app.test_client()
    (tmp_path / "tea.png").write_bytes(b"\x89PNG\r\n\x1a\nrest")
    line = "tra-sen,Trà sen,Lotus tea,185000,tea.png"
    brings(stocked.shop, tmp_path, f"{HEADER},picture", line, at_ms=NOON_MS + 1)

    assert 'src="/s/hue-1/tra-sen.picture"' in page(stocked)
    answer = stocked.app.test_client().get("/s/hue-1/tra-sen.picture")
    assert (answer.mimetype, answer.data[:4]) == ("image/png", b"\x89PNG")
    page(stocked, "/s/hue-1/ruou-nep.picture", status=404)


@pytest.fixture
def phone(stocked: Office, chromium: Browser) -> Iterator[Page]:
    stocked.app.jinja_env.bytecode_cache = CACHE
    server = Server(stocked.app, "127.0.0.1", 0, 8)
    server.start()
    opened, watch = open_page(chromium, f"http://127.0.0.1:{server.port}{TEA_PAGE}", PHONE)
    yield opened
    opened.context.close()
    server.stop()
    assert watch.strangers == []


def test_a_phone_shows_it_whole_calls_staff_and_says_when_it_cannot(
    phone: Page, stocked: Office
) -> None:
    for language in ("en", "vi"):
        phone.goto(f"{phone.url.partition('?')[0]}?language={language}")
        assert clipped_text(phone) + small_targets(phone, 44) + violations(phone) == []
    assert phone.context.cookies() == []
    assert phone.evaluate("localStorage.length + sessionStorage.length") == 0

    phone.route("**/call*", lambda route: route.abort())
    phone.get_by_role("button", name="Gọi nhân viên").click()
    expect(phone.get_by_role("alert")).to_contain_text("Không có kết nối")
    phone.unroute("**/call*")
    phone.get_by_role("button", name="Gọi nhân viên").click()
    expect(phone.get_by_role("status")).to_contain_text("Nhân viên đang đến kệ ke-2")
    assert phone.context.cookies() == []
    assert violations(phone) == []
    with stocked.shop.read() as db:
        assert [card.shelf for card in board(db, STORE)] == ["ke-2"]
