"""The owner's file: as the shop is set up now, in both languages, fit for paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from gateway.core.consent import Method, Purpose
from gateway.core.consent_texts import DAY_MS
from gateway.core.owners_file import DATA
from gateway.core.retention import Kept, table
from gateway.owners_setup import setup
from gateway.settings import GatewaySettings
from gateway.store import consents
from gateway.store.consents import Proof
from gateway.store.refused_files import RefusedFileRow
from kiosk.adapters.code_reader import ZxingThenZbar
from runtime.settings import load
from tests.browser import open_page
from tests.gateway.shop import NGOC, STORE
from tests.web_ui.desk.test_in_browser import serving, sign_in
from tests.web_ui.office import Office
from web_ui.console.means import Means

A4_PX = (794, 1123)  # at 96 px an inch
MM_PX = 25.4 / 96
LEAST_CODE_MM = 25  # from an arm away, by any telephone
TOML = """
[retention]
visits = 731
decisions = "forever"
[connectors.web-shop]
kind = "shopify"
secret_file = "s"
[connectors.bank]
kind = "payos"
secret_file = "s"
[outgoing.crm]
url = "https://crm.example.vn/hooks"
secret_file = "s"
[outgoing.mail]
url = "https://mail.example.com/hooks"
secret_file = "s"
[one_time_codes]
driver = "webhook"
options = { url = "https://sms.example.vn/hien", secret_file = "s" }
"""


@pytest.fixture
def settings(tmp_path: Path) -> GatewaySettings:
    (tmp_path / "gateway.toml").write_text(TOML)
    return load(GatewaySettings, tmp_path / "gateway.toml")


def as_set_up(office: Office, settings: GatewaySettings) -> None:
    given = office.app.extensions["means"]
    office.app.extensions["means"] = Means(
        given.phone_address, given.open_door, given.card_keys, setup=setup(settings)
    )


def test_the_record_says_how_this_shop_is_set_up(office: Office, settings: GatewaySettings) -> None:
    as_set_up(office, settings)
    office.shop.member()
    with office.shop.writers.begin() as db:
        proof = Proof(office.now_ms, Method.API, "", "")
        consents.agree(db, NGOC, Purpose.SMS, proof)

    page = office.at("lan").get("/console/file/record")

    assert page.count("<td>731</td>") == 2, "in both languages"
    assert page.count("<td>for ever</td>") == page.count("<td>không xoá</td>") == 1
    assert page.count("sms.example.vn") == 2, "whoever sends codes gets numbers"
    for words in ("web-shop", "crm.example.vn", "Quầy 1", "An Nhiên", "30/04/2026"):
        assert words in page
    assert page.count("may leave the country") == 2, "a Shopify shop, and a host elsewhere"
    assert "no legal advice" in page


def test_only_the_owner_reads_it_and_no_store_means_no_sign(office: Office) -> None:
    assert office.at("hanh").client.get("/console/file/record").status_code == 403
    assert office.at("lan").client.get("/console/file/sign/nowhere").status_code == 404
    assert "Chưa ai đồng ý" in office.at("lan").get("/console/file/record")


def test_every_purpose_says_its_data_and_every_line_of_the_table_is_there() -> None:
    assert set(DATA) == set(Purpose)
    assert set(table({})) == set(Kept)


def test_what_is_due_is_shown_until_the_owner_says_it_is_done(office: Office) -> None:
    owner = office.at("lan")
    assert "Chưa có hạn nào" in owner.get("/console/file/")
    office.shop.member()
    with office.shop.writers.begin() as db:
        proof = Proof(office.now_ms - 50 * DAY_MS, Method.API, "", "")
        consents.agree(db, NGOC, Purpose.SMS, proof)

    assert "hạn trong hồ sơ của chủ" in owner.get("/console/")
    assert "Sắp đến hạn" in owner.get("/console/file/")
    office.clock.advance(11 * DAY_MS / 1000)
    assert "Quá hạn" in owner.get("/console/file/")

    assert owner.post("/console/file/done/assessment").status_code == 302
    assert owner.post("/console/file/done/request").status_code == 302
    assert owner.post("/console/file/done/nothing").status_code == 404

    assert "Quá hạn" not in owner.get("/console/file/")
    assert "hạn trong hồ sơ của chủ" not in owner.get("/console/")
    assert "Đã gửi lần cuối" in owner.get("/console/file/record")


def test_a_file_that_an_erasure_could_not_open_is_shown_until_it_is_deleted(
    office: Office,
) -> None:
    owner, path = office.at("lan"), "/srv/in/wrong/profiles.csv"
    assert "Tệp cần xoá" not in owner.get("/console/file/")
    with office.shop.writers.begin() as db:
        for file, missed_at_ms in ((path, office.now_ms), ("/srv/in/other.csv", None)):
            db.add(RefusedFileRow(path=file, at_ms=1, missed_at_ms=missed_at_ms))

    page = owner.get("/console/file/")
    assert (path in page, "other.csv" in page) == (True, False)
    assert owner.post("/console/file/looked-at", file=path).status_code == 302

    assert "Tệp cần xoá" not in owner.get("/console/file/")
    assert office.shop.count(RefusedFileRow) == 1


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with serving(tmp_path_factory.mktemp("file")) as made:
        yield made


def test_the_sign_is_one_sheet_with_its_code_and_nothing_runs_over(
    chromium: Browser, served: Office
) -> None:
    page, watch = open_page(chromium, f"{served.url}/sign-in", A4_PX)
    watch.home = served.url.removeprefix("http://")
    sign_in(page, "Chị Lan")
    for path, sheets in (("record", 8), (f"sign/{STORE}", 1)):
        page.goto(f"{served.url}/console/file/{path}")
        page.emulate_media(media="print")
        expect(page.locator("h1").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") <= sheets, path
    seen = cv2.imdecode(np.frombuffer(page.screenshot(), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert seen is not None
    assert ZxingThenZbar().read(seen.astype(np.uint8)) == ["https://card.example/phone/privacy"]
    code = page.locator(".sign .code svg")
    side_px = code.evaluate("(svg) => svg.querySelector('path').getBoundingClientRect().width")
    assert side_px * MM_PX >= LEAST_CODE_MM
    assert (watch.errors, watch.strangers) == ([], [])
    page.context.close()
