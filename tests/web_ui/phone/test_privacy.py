"""A member's page about their data: only their phone opens it, and what they choose holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus

import pytest
from playwright.sync_api import Browser, expect
from werkzeug.test import TestResponse

from contract import codec, privacy
from contract.privacy import SKEW_MS, Ask, PrivacyAsk
from gateway.core.consent import Purpose
from gateway.core.consent_texts import PRESENT
from gateway.store import consents, phones, profiles
from tests.browser import clipped_text, small_targets
from tests.gateway.shop import HUY, NGOC, key_of
from tests.web_ui.desk.test_in_browser import serving
from tests.web_ui.office import Office
from tests.web_ui.phone.test_card import LEAST_TARGET_PX, SMALL_PHONE, with_card

PRESENCE, SMS = Purpose.PRESENCE, Purpose.SMS


def signed(office: Office, ask: Ask, *words: str, later_ms: int = 0, by: str = NGOC) -> PrivacyAsk:
    at_ms = office.now_ms + later_ms
    return privacy.sign(key_of(by), PrivacyAsk(NGOC, 1, at_ms, ask, words, "vi", "00" * 64))


def post(office: Office, asked: PrivacyAsk | bytes) -> TestResponse:
    data = asked if isinstance(asked, bytes) else codec.encode(asked)
    return office.app.test_client().post("/phone/privacy/asks", data=data)


def agreed(office: Office) -> set[Purpose]:
    with office.shop.read() as db:
        return profiles.consents(db, {NGOC})[NGOC]


def test_nothing_is_ticked_that_was_not_agreed_to(office: Office) -> None:
    office.shop.member(consents=frozenset({PRESENCE}))

    page = post(office, signed(office, Ask.SEE)).text

    boxes = dict(re.findall(r'name="(\w+)" (checked)?', page))
    assert {name for name, checked in boxes.items() if checked} == {"presence"}
    assert set(boxes) == set(map(str, Purpose))
    assert PRESENT[SMS].says.vi in page


def test_a_choice_holds_and_what_was_signed_is_kept_as_its_proof(office: Office) -> None:
    office.shop.member(consents=frozenset({PRESENCE}))
    asked = signed(office, Ask.CHOOSE, "1", "sms")

    page = post(office, asked).text

    assert "Đã lưu" in page
    assert agreed(office) == {SMS}
    with office.shop.read() as db:
        yes, no = consents.history(db, [NGOC])
    assert [(one.purpose, one.is_granted) for one in (no, yes)] == [
        ("presence", False),
        ("sms", True),
    ]
    assert yes.text_digest == PRESENT[SMS].digest
    proven = privacy.read(yes.evidence.encode())
    public = key_of(NGOC).public_key().public_bytes_raw()
    assert proven == asked
    assert privacy.is_genuine(proven, public)


@pytest.mark.parametrize(
    ("wrong", "status", "problem"),
    [
        ({"by": HUY}, 403, "unknown"),
        ({"later_ms": SKEW_MS + 1}, 403, "clock"),
        ({"later_ms": -SKEW_MS - 1}, 403, "clock"),
        ({"words": ("2", "sms")}, 409, "old_text"),
        ({"words": ("1", "everything")}, 409, "old_text"),
        ({"words": ()}, 409, "old_text"),
    ],
    ids=["another's key", "early", "late", "other words", "no purpose", "nothing"],
)
def test_anything_else_is_refused_and_changes_nothing(
    office: Office, wrong: dict[str, object], status: int, problem: str
) -> None:
    office.shop.member(consents=frozenset({PRESENCE}))
    words = wrong.pop("words", ("1", "sms"))
    assert isinstance(words, tuple)

    answer = post(office, signed(office, Ask.CHOOSE, *words, **wrong))  # type: ignore[arg-type]

    assert (answer.status_code, answer.json) == (status, {"problem": problem})
    assert agreed(office) == {PRESENCE}


def test_who_recorded_a_yes_cannot_say_it_again_after_the_no(office: Office) -> None:
    office.shop.member(consents=frozenset())
    yes = signed(office, Ask.CHOOSE, "1", "sms")
    assert post(office, yes).status_code == HTTPStatus.OK
    assert post(office, signed(office, Ask.CHOOSE, "1", later_ms=1)).status_code == HTTPStatus.OK

    assert post(office, yes).json == {"problem": "again"}
    assert agreed(office) == set()


@pytest.mark.parametrize("data", [b"", b"\xff", b"{}", b"[" * 900, b'"x"', b"x" * 2_000])
def test_no_bytes_make_it_stumble(office: Office, data: bytes) -> None:
    assert post(office, data).status_code == HTTPStatus.BAD_REQUEST


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with serving(tmp_path_factory.mktemp("privacy")) as made:
        made.shop.member(consents=frozenset())
        yield made


def test_a_phone_shows_its_choices_and_saves_them(chromium: Browser, served: Office) -> None:
    page, watch = with_card(chromium, served)
    page.locator("summary").click()
    page.get_by_role("link", name="Dữ liệu của tôi").click()
    box = page.get_by_role("checkbox", name="Nhận ra tôi khi tôi đến")
    expect(box).not_to_be_checked()
    faults = []
    for language in ("Tiếng Việt", "English"):
        page.set_viewport_size({"width": SMALL_PHONE[0], "height": SMALL_PHONE[1]})
        expect(page.locator("#choices")).to_be_visible()
        faults += clipped_text(page, scrolls=True) + small_targets(page, LEAST_TARGET_PX)
        page.locator(".small").click()
        expect(page.locator("html")).not_to_have_attribute("lang", language)
    expect(box).to_be_visible()
    box.check()
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_role("status").get_by_text("Đã lưu")).to_be_visible()

    expect(box).to_be_checked()
    assert agreed(served) == {PRESENCE}
    with served.shop.read() as db:
        assert len(phones.live(db, NGOC, served.now_ms)) == 2
    assert (faults, watch.errors, watch.strangers) == ([], [], [])
    page.context.close()
