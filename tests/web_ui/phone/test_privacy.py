"""A member's page about their data: only their phone opens it, and what they choose holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus

import pytest
from playwright.sync_api import Browser, expect
from werkzeug.test import TestResponse

from contract import codec, privacy
from contract.privacy import SKEW_MS, Ask, PrivacyAsk
from gateway.core.consent import Purpose
from gateway.core.consent_texts import PRESENT
from gateway.core.one_time_codes import Letter
from gateway.erasing import Eraser
from gateway.privacy_codes import PrivacyCodes
from gateway.store import base, consents, phones, profiles, stores, tombstones
from gateway.store.profiles import ProfileRow
from tests.browser import clipped_text, small_targets
from tests.gateway.shop import HUY, NGOC, STORE, key_of
from tests.web_ui.desk.test_in_browser import serving
from tests.web_ui.office import Office
from tests.web_ui.phone.test_card import LEAST_TARGET_PX, SMALL_PHONE, with_card
from web_ui.phone.pages import Phones

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

    boxes = dict(re.findall(r'"checkbox" name="(\w+)" (checked)?', page))
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


def test_a_childs_page_offers_nothing_that_a_child_cannot_agree_to(office: Office) -> None:
    office.shop.member(consents=frozenset({PRESENCE}))
    with office.shop.writers.begin() as db:
        db.get_one(ProfileRow, NGOC).birthday = "2015-05-05"

    page = post(office, signed(office, Ask.SEE)).text

    assert re.findall(r'"checkbox" name="(\w+)"', page) == ["presence"], "only to be taken back"
    assert "Bạn dưới 16 tuổi" in page
    refused = post(office, signed(office, Ask.CHOOSE, "1", "sms"))
    assert (refused.status_code, refused.json) == (403, {"problem": "minor"})


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


def keyed(office: Office) -> Eraser:
    """The same application over a database whose key is there, and who erases in it."""
    graves = tombstones.opened(office.folder / "erasure.key")
    engine = tombstones.keyed(office.shop.engine, graves)
    given = Phones(base.readers(engine), lambda: office.now_ms)
    office.app.extensions["phones"] = given
    return Eraser(engine, graves, lambda: office.now_ms, lambda _: None)


def test_everything_that_is_known_is_shown_and_comes_as_a_file(office: Office) -> None:
    office.shop.member()
    office.shop.order()

    said = post(office, signed(office, Ask.DOWNLOAD)).json

    assert said is not None
    assert said["profile"]["name"] == "Trần Bảo Ngọc"
    assert said["orders"][0]["number"] == "#A-1"
    assert sorted(said["agreed_to"]) == ["personal_offers", "presence", "staff_context"]
    assert 'value="Trần Bảo Ngọc"' in post(office, signed(office, Ask.SEE)).text


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("Trần Ngọc", "1990-03-01"), 200),
        (("Trần Ngọc", ""), 200),
        (("", "03-01"), 422),
        (("x" * 81, ""), 422),
        (("Ngọc", "30-02"), 422),
        (("Ngọc",), 422),
    ],
)
def test_a_member_mends_what_is_wrong(office: Office, words: tuple[str, ...], status: int) -> None:
    office.shop.member()

    assert post(office, signed(office, Ask.CORRECT, *words)).status_code == status

    with office.shop.read() as db:
        row = db.get_one(ProfileRow, NGOC)
    is_mended = status == HTTPStatus.OK
    assert (row.name == words[0]) == is_mended
    assert ('["member"' in row.provenance) == is_mended


def test_who_pauses_is_in_no_kiosks_trust_for_a_day(office: Office) -> None:
    office.shop.member()

    def tags(later: timedelta = timedelta()) -> int:
        with office.shop.writers.begin() as db:
            return len(profiles.next_trust(db, STORE, office.clock.utc() + later).tags)

    def recognised() -> bool:
        with office.shop.read() as db:
            return bool(profiles.owners(db, {f"t-{NGOC}"}))

    assert (tags(), recognised()) == (1, True)
    with office.shop.read() as db:
        before = stores.edition(db)
    assert "Tạm dừng đến" in post(office, signed(office, Ask.PAUSE)).text
    with office.shop.read() as db:
        assert stores.edition(db) == before + 1, "kiosks hear of it at once"
    assert (tags(), tags(timedelta(hours=23)), recognised()) == (0, 0, False)
    assert "Tạm dừng 24 giờ" in post(office, signed(office, Ask.RESUME)).text
    assert (tags(), recognised()) == (1, True)
    post(office, signed(office, Ask.PAUSE))
    assert (tags(timedelta(hours=24)), recognised()) == (1, True)


def test_an_erasure_is_confirmed_by_its_code_and_has_a_receipt(office: Office) -> None:
    office.shop.member()
    eraser = keyed(office)
    page = post(office, signed(office, Ask.ERASE)).text
    code = re.search(r"gõ (\d{6})", page)
    assert code is not None
    wrong = str((int(code[1]) + 1) % 1_000_000).zfill(6)
    assert post(office, signed(office, Ask.CONFIRM, wrong)).json == {"problem": "code"}
    assert agreed(office)

    done = post(office, signed(office, Ask.CONFIRM, code[1])).text

    receipt = re.search(r"Q\d+-[0-9a-f]{10}", done)
    assert receipt is not None
    assert agreed(office) == set(), "at once, before anything is erased"
    with office.shop.read() as db:
        assert profiles.pass_keys(db, {NGOC}, office.now_ms) == {}
    client = office.app.test_client()
    assert "Đang làm" in client.get(f"/phone/privacy/receipts/{receipt[0]}").text
    assert eraser.round() == 1
    assert "Đã xong" in client.get(f"/phone/privacy/receipts/{receipt[0]}").text
    forged = receipt[0][:-1] + ("0" if receipt[0][-1] != "0" else "1")
    for wrong in (forged, "Q1", "Q-1-x", "1-2", "Q99-0123456789"):
        assert client.get(f"/phone/privacy/receipts/{wrong}").status_code == HTTPStatus.NOT_FOUND


def test_with_a_sender_the_code_comes_by_message_and_nothing_else_erases(office: Office) -> None:
    office.shop.member()
    with office.shop.writers.begin() as db:
        db.get_one(ProfileRow, NGOC).phone = "0901 777 001"
    keyed(office)
    given, letters, works = office.app.extensions["phones"], list[Letter](), [True]
    codes = PrivacyCodes(b"k" * 32, lambda: works[0], letters.append)
    office.app.extensions["phones"] = replace(given, codes=codes)

    page = post(office, signed(office, Ask.ERASE)).text
    assert "•••\u00a0•••\u00a0001" in page
    assert not re.search(r"gõ (\d{6})", page), "the page itself shows none"
    (letter,) = letters
    assert letter.number == "+84901777001"
    code = letter.text[:6]
    wrong = str((int(code) + 1) % 1_000_000).zfill(6)
    assert post(office, signed(office, Ask.CONFIRM, wrong)).json == {"problem": "code"}
    assert agreed(office)
    assert "Q1-" in post(office, signed(office, Ask.CONFIRM, code)).text
    assert agreed(office) == set()


def test_who_tries_codes_is_locked_out_and_a_sender_that_is_broken_promises_none(
    office: Office,
) -> None:
    office.shop.member()
    with office.shop.writers.begin() as db:
        db.get_one(ProfileRow, NGOC).phone = "0901 777 001"
    keyed(office)
    given, letters, works = office.app.extensions["phones"], list[Letter](), [False]
    codes = PrivacyCodes(b"k" * 32, lambda: works[0], letters.append)
    office.app.extensions["phones"] = replace(given, codes=codes)

    assert post(office, signed(office, Ask.ERASE)).json == {"problem": "unavailable"}
    works[0] = True
    post(office, signed(office, Ask.ERASE))
    wrong = str((int(letters[0].text[:6]) + 1) % 1_000_000).zfill(6)
    tries = [post(office, signed(office, Ask.CONFIRM, wrong)).json for _ in range(5)]
    assert tries == [{"problem": "code"}] * 4 + [{"problem": "locked"}]
    right = post(office, signed(office, Ask.CONFIRM, letters[0].text[:6]))
    assert (right.status_code, right.json) == (429, {"problem": "locked"})
    assert agreed(office)


def test_without_a_key_nothing_is_promised(office: Office) -> None:
    office.shop.member()
    assert post(office, signed(office, Ask.ERASE)).json == {"problem": "unavailable"}
    assert post(office, signed(office, Ask.CONFIRM, "000000")).json == {"problem": "code"}


BROWSER_KEEPS = """async () => {
  const all = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie];
  for (const {name} of await indexedDB.databases()) {
    const db = await new Promise((done) => {
      indexedDB.open(name).onsuccess = (event) => done(event.target.result);
    });
    for (const store of db.objectStoreNames) {
      const asked = db.transaction(store).objectStore(store).getAll();
      await new Promise((done) => { asked.onsuccess = done; });
      all.push(JSON.stringify(asked.result));
    }
    db.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) all.push(await (await cache.match(request)).text());
  }
  return all.join("\\n");
}"""


def test_a_phone_erases_its_member_and_keeps_nothing_itself(
    chromium: Browser, served: Office
) -> None:
    keyed(served)
    page, watch = with_card(chromium, served)
    page.goto(f"{served.url}/phone/privacy")
    expect(page.locator("#choices")).to_be_visible()
    assert NGOC in page.evaluate(BROWSER_KEEPS)
    faults = []
    page.get_by_text("Chúng tôi biết gì về bạn").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Tải toàn bộ").click()
    assert "Trần Bảo Ngọc" in download.value.path().read_text(encoding="utf-8")
    page.get_by_text("Xoá tôi", exact=True).click()
    page.get_by_role("button", name="Tiếp tục").click()
    code = re.search(r"\d{6}", page.get_by_label("Để xoá, gõ").locator("..").inner_text())
    assert code is not None
    page.set_viewport_size({"width": SMALL_PHONE[0], "height": SMALL_PHONE[1]})
    faults += clipped_text(page, scrolls=True) + small_targets(page, LEAST_TARGET_PX)
    page.get_by_label("Để xoá, gõ").fill(code[0])
    page.get_by_role("button", name="Xoá tôi vĩnh viễn").click()
    expect(page.get_by_text("Bạn đang được xoá")).to_be_visible()
    kept = page.evaluate(BROWSER_KEEPS)

    assert not [word for word in (NGOC, "Ngọc", "Trần") if word in kept]
    assert (faults, watch.errors, watch.strangers) == ([], [], [])
    page.context.close()
