"""Joining by telephone: what proves a number, what it leads to, and what nobody is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from werkzeug.test import TestResponse

from contract import privacy
from gateway import joining
from gateway.core import erasing
from gateway.core.consent import Purpose
from gateway.core.joining import TICKET_LIFE_MS
from gateway.core.one_time_codes import LIFE_MS, RESEND_MS, Letter
from gateway.privacy_codes import PrivacyCodes
from gateway.store import base, consents, external_ids, profiles, tombstones
from gateway.store.profiles import PassKeyRow, ProfileRow
from tests.browser import clipped_text, small_targets, violations
from tests.gateway.shop import NGOC
from tests.web_ui.desk.test_in_browser import serving
from tests.web_ui.office import Office
from tests.web_ui.phone.test_card import LEAST_TARGET_PX, SMALL_PHONE, opened
from web_ui.phone.pages import Phones

TYPED = """() => [...document.querySelectorAll('#join input:not([type=checkbox])')]
  .map((one) => one.value)"""
MINE, E164 = "0901 777 001", "+84901777001"


@dataclass
class Post:
    """Telephones, and whether the sender of messages works."""

    letters: list[Letter] = field(default_factory=list)
    works: bool = True

    @property
    def code(self) -> str:
        """What the newest message says."""
        return self.letters[-1].text[:6]


def with_post(office: Office) -> Post:
    """Have an application send codes, over a database that knows who was erased."""
    post = Post()
    engine = tombstones.keyed(office.shop.engine, tombstones.opened(office.folder / "erasure.key"))
    codes = PrivacyCodes(b"k" * 32, lambda: post.works, post.letters.append)
    given = Phones(base.readers(engine), lambda: office.now_ms, codes)
    office.app.extensions["phones"] = given
    return post


@pytest.fixture
def post(office: Office) -> Post:
    return with_post(office)


def ask(office: Office, step: str, **said: str) -> TestResponse:
    return office.app.test_client().post(f"/phone/join/{step}", json=said)


def sends(office: Office, phone: str = MINE) -> TestResponse:
    return ask(office, "code", phone=phone, language="vi")


def proves(office: Office, post: Post) -> dict[str, str]:
    assert sends(office).status_code == HTTPStatus.OK
    return dict(ask(office, "check", phone=MINE, code=post.code).json or {})


def known(office: Office, member: str = NGOC) -> None:
    """Somebody has this number already."""
    office.shop.member(member)
    with office.shop.writers.begin() as db:
        external_ids.claim(db, member, f"phone:{E164}", ("file", 1))


def test_who_is_new_says_a_name_and_is_a_member_who_agreed_to_nothing(
    office: Office, post: Post
) -> None:
    proven = proves(office, post)
    assert (proven["code"], bool(proven["ticket"])) == ("", True)

    made = ask(office, "name", phone=MINE, ticket=proven["ticket"], name=" Trần  Ngọc ")

    assert made.status_code == HTTPStatus.OK
    assert made.json is not None
    assert made.json["code"]
    with office.shop.read() as db:
        (row,) = db.scalars(select(ProfileRow)).all()
        assert (row.name, row.phone, row.tier) == ("Trần Ngọc", E164, "member")
        assert profiles.find(db, MINE) == row.member
        assert (profiles.consents(db, {row.member})[row.member], '"member"' in row.provenance) == (
            set(),
            True,
        )
    again = ask(office, "name", phone=MINE, ticket=proven["ticket"], name="Ai Khác")
    assert again.status_code == HTTPStatus.OK, "the answer was lost"
    assert office.shop.count(ProfileRow) == 1


def test_whose_number_it_is_gets_their_own_card_and_keeps_what_they_agreed_to(
    office: Office, post: Post
) -> None:
    known(office)
    unknown = sends(office, "0901 777 002")
    mine = sends(office)
    assert (mine.status_code, mine.data) == (unknown.status_code, unknown.data), "nobody can tell"

    proven = ask(office, "check", phone="+84 901.777.001", code=post.code).json

    assert proven is not None
    assert (bool(proven["code"]), proven["ticket"]) == (True, "")
    with office.shop.read() as db:
        assert len(profiles.consents(db, {NGOC})[NGOC]) == 3
    assert office.shop.count(ProfileRow) == 1


def test_what_is_wrong_is_refused_with_its_reason_and_makes_nobody(
    office: Office, post: Post
) -> None:
    for phone in ("12", "+44 7700 900123", ""):
        assert sends(office, phone).json == {"problem": "number"}
    assert post.letters == []
    sends(office)
    wrong = f"{(int(post.code) + 1) % 1_000_000:06}"
    assert ask(office, "check", phone=MINE, code=wrong).json == {"problem": "code"}
    other = ask(office, "check", phone="0901 777 002", code=post.code)
    assert (other.status_code, other.json) == (410, {"problem": "over"})
    ticket = (ask(office, "check", phone=MINE, code=post.code).json or {})["ticket"]
    assert ask(office, "check", phone=MINE, code=post.code).json == {"problem": "over"}
    for phone, name, problem in (
        (MINE, "", "name"),
        (MINE, "x" * 81, "name"),
        ("0901 777 002", "Ai", "over"),
    ):
        refused = ask(office, "name", phone=phone, ticket=ticket, name=name)
        assert refused.json == {"problem": problem}
    office.clock.advance(TICKET_LIFE_MS / 1000)
    late = ask(office, "name", phone=MINE, ticket=ticket, name="Ngọc")
    assert (late.status_code, late.json) == (410, {"problem": "over"})
    assert office.shop.count(ProfileRow) == 0


def test_codes_are_few_over_the_whole_shop_and_none_is_promised_that_cannot_go(
    office: Office, post: Post
) -> None:
    for number in range(joining.SENT_MAX):
        assert sends(office, f"09017{number:05}").status_code == HTTPStatus.OK
    full = sends(office)
    assert (full.status_code, full.json) == (503, {"problem": "unavailable"})
    office.clock.advance(joining.WITHIN_MS / 1000 + 1)
    assert sends(office).status_code == HTTPStatus.OK
    assert sends(office).status_code == HTTPStatus.OK, "too soon: the one on its way is good"
    assert len(post.letters) == joining.SENT_MAX + 1
    tries = [ask(office, "check", phone=MINE, code="x").json for _ in range(5)]
    assert tries == [{"problem": "code"}] * 4 + [{"problem": "locked"}]
    office.clock.advance(max(LIFE_MS, RESEND_MS) / 1000)
    assert sends(office).json == {"problem": "locked"}
    post.works = False
    assert sends(office, "0901 777 009").json == {"problem": "unavailable"}


def test_who_was_erased_and_joins_again_is_somebody_new(office: Office, post: Post) -> None:
    engine = tombstones.keyed(office.shop.engine, tombstones.opened(office.folder / "erasure.key"))
    with base.writers(engine).begin() as db:
        key = tombstones.graves(db)
        assert key is not None
        tombstones.put(db, list(erased_words(key.key)), 1)
        assert tombstones.erased(db, {f"phone:{E164}"})
    ticket = proves(office, post)["ticket"]

    assert ask(office, "name", phone=MINE, ticket=ticket, name="Ngọc").status_code == HTTPStatus.OK

    with base.readers(engine)() as db:
        assert tombstones.erased(db, {f"phone:{E164}"}) == set()
        assert profiles.find(db, MINE) is not None


def erased_words(key: bytes) -> dict[str, str]:
    return erasing.tombstones(key, {f"phone:{E164}"})


@pytest.mark.parametrize("data", [b"", b"\xff", b"{}", b"[" * 900, b'"x"', b"x" * 2_000])
@pytest.mark.parametrize("step", ["code", "check", "name"])
def test_no_bytes_make_it_stumble(office: Office, post: Post, step: str, data: bytes) -> None:
    answer = office.app.test_client().post(f"/phone/join/{step}", data=data)
    assert (answer.status_code, answer.json) == (400, {"problem": "unreadable"})


def test_without_a_sender_the_page_says_whom_to_ask_and_nobody_joins(office: Office) -> None:
    assert "join-number" not in office.app.test_client().get("/phone/").text
    assert sends(office).json == {"problem": "unavailable"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with serving(tmp_path_factory.mktemp("joining")) as made:
        yield made


def types(page: Page, label: str, words: str, button: str) -> None:
    page.get_by_label(label).fill(words)
    page.get_by_role("button", name=button).click()


def test_on_a_phone_somebody_joins_says_yes_to_two_things_and_has_a_card(
    chromium: Browser, served: Office
) -> None:
    post, faults = with_post(served), []
    page, watch = opened(chromium, served, f"{served.url}/phone/")
    page.set_viewport_size({"width": SMALL_PHONE[0], "height": SMALL_PHONE[1]})
    types(page, "Số điện thoại", MINE, "Gửi mã")
    expect(page.get_by_label("Sáu chữ số")).to_be_focused()
    types(page, "Sáu chữ số", "000000" if post.code != "000000" else "000001", "Tiếp tục")
    expect(page.get_by_role("alert")).to_have_text("Mã không đúng.")
    types(page, "Sáu chữ số", post.code, "Tiếp tục")
    expect(page.locator("#join-name")).to_be_visible()
    boxes = page.locator("#join-name input[type=checkbox]")
    assert boxes.count() == len(Purpose)
    assert page.locator("#join-name input:checked").count() == 0
    faults += clipped_text(page, scrolls=True) + small_targets(page, LEAST_TARGET_PX)
    faults += violations(page)
    for purpose in (Purpose.PRESENCE, Purpose.ZALO):
        page.locator(f"input[name={purpose}]").check()
    types(page, "gọi bạn là gì", "Trần Ngọc", "Tham gia")

    expect(page.locator("#card")).to_be_visible()
    expect(page.locator("#name")).to_have_text("Ngọc")
    expect(page.locator("#unsaved")).to_be_hidden()

    with served.shop.read() as db:
        (row,) = db.scalars(select(ProfileRow)).all()
        said = consents.history(db, [row.member])
        key = bytes.fromhex(db.scalars(select(PassKeyRow.public_key)).one())
    assert {one.purpose for one in said} == {"presence", "zalo"}
    assert all(privacy.is_genuine(privacy.read(one.evidence.encode()), key) for one in said)
    assert not any(page.evaluate(TYPED)), "nothing typed stays"
    assert (faults, watch.strangers) == ([], [])
    assert [error for error in watch.errors if "422" not in error] == []
    page.context.close()
