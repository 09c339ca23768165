"""A member who is on the telephone is erased by the code that they read out, by nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect
from werkzeug.test import TestResponse

from gateway.core.audit import Deed
from gateway.core.one_time_codes import Letter
from gateway.erasing import Eraser
from gateway.privacy_codes import PrivacyCodes
from gateway.store import audit, base, consents, profiles, tombstones
from gateway.store.profiles import ProfileRow
from tests.browser import clipped_text, open_page, small_targets, violations
from tests.gateway.shop import NGOC
from tests.web_ui.desk.test_in_browser import SIZES, serving, sign_in
from tests.web_ui.office import Browser, Office

CODE, ERASE = f"/console/members/{NGOC}/erase/code", f"/console/members/{NGOC}/erase"


def with_codes(office: Office) -> list[Letter]:
    """Ngọc, whose number is known, in a shop that sends codes and knows who was erased."""
    office.shop.member()
    with office.shop.writers.begin() as db:
        db.get_one(ProfileRow, NGOC).phone = "0901 777 001"
    letters: list[Letter] = []
    engine = tombstones.keyed(office.shop.engine, tombstones.opened(office.folder / "erasure.key"))
    kept = office.app.extensions
    kept["desk"] = replace(kept["desk"], sessions=base.readers(engine))
    codes = PrivacyCodes(b"k" * 32, lambda: True, letters.append)
    kept["means"] = replace(kept["means"], codes=codes)
    return letters


@pytest.fixture
def letters(office: Office) -> list[Letter]:
    return with_codes(office)


def said(browser: Browser, answer: TestResponse) -> str:
    """What the page says after a step, wherever it leads."""
    return browser.get(answer.headers["Location"]) if answer.status_code == 302 else answer.text


def deeds(office: Office) -> list[tuple[str, str]]:
    with office.shop.read() as db:
        rows = [one for one in audit.newest(db, 99) if one.deed.startswith("erasure")]
        return [(one.staff, one.deed) for one in reversed(rows)]


def test_who_reads_the_code_out_is_erased_and_the_log_says_who_did_it(
    office: Office, letters: list[Letter]
) -> None:
    minh = office.at("minh")
    page = minh.post(CODE, language="vi").text
    assert "•••\u00a0•••\u00a0001" in page
    assert "0901 777 001" not in page.partition('id="erasing"')[2], "only who knows it knows it"
    (letter,) = letters
    assert letter.number == "+84901777001"
    assert "chỉ đọc cho nhân viên An Nhiên nếu bạn muốn xoá vĩnh viễn" in letter.text

    done = minh.post(ERASE, code=f" {letter.text[:3]} {letter.text[3:6]} ").text

    receipt = re.search(r"Q\d+-[0-9a-f]{10}", done)
    assert receipt is not None
    with office.shop.read() as db:
        assert profiles.consents(db, {NGOC})[NGOC] == set(), "at once"
        assert profiles.pass_keys(db, {NGOC}, office.now_ms) == {}
        assert {one.method for one in consents.history(db, [NGOC])} == {"desk"}
    assert deeds(office) == [("minh", Deed.ERASURE_ASKED), ("minh", Deed.ERASURE_CONFIRMED)]
    graves = tombstones.opened(office.folder / "erasure.key")
    assert Eraser(office.shop.engine, graves, lambda: office.now_ms, lambda _: None).round() == 1
    with office.shop.read() as db:
        assert db.get(ProfileRow, NGOC) is None
        assert NGOC not in {one.member for one in audit.newest(db, 99)}, "whom, nobody knows"
    assert len(deeds(office)) == 2


def test_no_other_code_erases_and_too_many_tries_end_it_for_an_hour(
    office: Office, letters: list[Letter]
) -> None:
    minh = office.at("minh")
    assert "Mã không đúng" in said(minh, minh.post(ERASE, code="123456")), "none was sent"
    minh.post(CODE, language="en")
    assert "only if you want us to erase you for ever" in letters[0].text
    wrong = f"{(int(letters[0].text[:6]) + 1) % 1_000_000:06}"
    for _ in range(4):
        again = minh.post(ERASE, code=wrong).text
        assert "Mã không đúng" in again
        assert 'name="code"' in again, "they may have misheard"
    assert "Quá nhiều mã" in said(minh, minh.post(ERASE, code=wrong))
    assert "Quá nhiều mã" in said(minh, minh.post(ERASE, code=letters[0].text[:6]))
    with office.shop.read() as db:
        assert len(profiles.consents(db, {NGOC})[NGOC]) == 3


def test_without_a_number_or_a_sender_the_page_says_what_to_do(
    office: Office, letters: list[Letter]
) -> None:
    assert "Gửi mã cho khách" in office.at("lan").get(f"/console/members/{NGOC}")
    with office.shop.writers.begin() as db:
        db.get_one(ProfileRow, NGOC).phone = ""
    lan = office.at("lan")
    assert "Không gửi được mã: chưa biết số" in lan.get(f"/console/members/{NGOC}")
    assert "Lúc này không gửi được" in said(lan, lan.post(CODE, language="vi"))
    assert (letters, deeds(office)) == ([], [])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with serving(tmp_path_factory.mktemp("erasing")) as made:
        yield made


def test_it_is_done_in_a_browser_and_nothing_is_clipped(
    chromium: Chromium, served: Office, tmp_path: Path
) -> None:
    letters, faults = with_codes(served), []
    page, watch = open_page(chromium, f"{served.url}/sign-in", SIZES["computer"])
    watch.home = served.url.removeprefix("http://")
    sign_in(page, "Minh")
    page.goto(f"{served.url}/console/members/{NGOC}")
    page.get_by_role("button", name="Gửi mã cho khách").click()
    expect(page.get_by_text("Hãy nhờ khách đọc mã")).to_be_visible()
    page.screenshot(path=tmp_path / "asked.png", full_page=True)
    faults += clipped_text(page, scrolls=True) + small_targets(page, 44) + violations(page)
    page.get_by_label("Mã khách đọc").fill(letters[0].text[:6])
    page.get_by_role("button", name="Xoá vĩnh viễn").click()
    expect(page.get_by_role("heading", name="Đang xoá khách này")).to_be_visible()
    page.screenshot(path=tmp_path / "erased.png", full_page=True)
    faults += clipped_text(page, scrolls=True) + violations(page)
    assert (faults, watch.errors, watch.strangers) == ([], [], [])
    page.context.close()
