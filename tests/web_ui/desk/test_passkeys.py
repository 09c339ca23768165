from __future__ import annotations

import json
from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from gateway.core.passkeys import QUESTION_LIFE_MS
from gateway.store.stores import StoreRow
from tests.gateway.shop import STORE
from tests.security_key import SecurityKey
from tests.web_ui.office import PIN, TOKEN, Browser, Office
from web_ui.desk import passkey_site

ORIGIN = "https://shop.example"
WORDS = {
    "wrong": "Khoá truy cập này không dùng được ở đây",
    "late": "Đã quá thời gian chờ",
    "gone": "không còn hiệu lực ở đây",
    "copy": "có thể đã bị sao chép",
}


@pytest.fixture
def office(office: Office) -> Office:
    """The pages, which phones call by name."""
    passkey_site.install(office.app, ORIGIN)
    return office


def stranger(office: Office) -> Browser:
    return Browser(office.app.test_client())


def token(browser: Browser) -> str:
    found = TOKEN.search(browser.client.get("/sign-in").get_data(as_text=True))
    assert found is not None
    return found[1]


def post(browser: Browser, path: str, **form: str) -> TestResponse:
    return browser.client.post(path, data={**form, "csrf_token": token(browser)})


def add(browser: Browser, key: SecurityKey, name: str = "Điện thoại") -> str:
    """What the page says when somebody added a passkey."""
    question = post(browser, "/own-passkeys/question", pin=PIN).get_json()
    post(browser, "/own-passkeys/", name=name, answer=key.make(question))
    return browser.get("/own-pin/")


def question(browser: Browser) -> dict[str, object]:
    asked: dict[str, object] = post(browser, "/sign-in/passkey/question").get_json()
    return asked


def enter(browser: Browser, answer: str) -> str:
    """Where an answer leads, or what is said of it."""
    where = post(browser, "/sign-in/passkey", store=STORE, answer=answer).headers["Location"]
    return browser.get("/sign-in") if where == "/sign-in" else str(where)


def of_hanh(office: Office, **behaves: object) -> SecurityKey:
    key = SecurityKey(ORIGIN, **behaves)  # type: ignore[arg-type]
    assert "Đã thêm khoá truy cập của bạn" in add(office.at("hanh"), key)
    return key


def test_a_passkey_signs_in_without_a_name(office: Office) -> None:
    key = of_hanh(office)
    browser = stranger(office)

    assert enter(browser, key.sign(question(browser))) == "/staff/"

    page = browser.get("/staff/")
    assert "Hạnh" in page
    with browser.client.session_transaction() as kept:
        assert set(kept) == {"_permanent", "staff", "store", "session", "csrf_token"}
    assert "dùng" in browser.get("/own-pin/")


def test_adding_one_takes_the_pin(office: Office) -> None:
    browser = office.at("hanh")
    asked = post(browser, "/own-passkeys/question", pin="0000").get_json()
    assert asked == {"problem": "Mã PIN chưa đúng. Bạn thử lại nhé."}

    own = SecurityKey(ORIGIN)
    made = own.make({"publicKey": {"user": {"id": "AA"}, "challenge": "AAAA"}})
    post(browser, "/own-passkeys/", name="x", answer=made)

    assert "Đã quá thời gian chờ" in browser.get("/own-pin/")
    assert "Đăng nhập bằng khoá truy cập" not in stranger(office).get("/sign-in")


def test_the_question_at_the_door_is_no_way_around_the_pin(office: Office) -> None:
    browser, own = office.at("hanh"), SecurityKey(ORIGIN)
    asked = post(browser, "/sign-in/passkey/question").get_json()
    asked["publicKey"]["user"] = {"id": "AA"}

    post(browser, "/own-passkeys/", name="x", answer=own.make(asked))

    assert "Đã quá thời gian chờ" in browser.get("/own-pin/")


def test_an_answer_that_was_used_is_good_no_more_even_with_its_cookie(office: Office) -> None:
    key = of_hanh(office, counts=False)
    browser = stranger(office)
    asked = question(browser)
    before = browser.client.get_cookie("hien")
    assert before is not None
    answer = key.sign(asked)
    assert enter(browser, answer) == "/staff/"

    thief = stranger(office)
    assert WORDS["late"] in enter(thief, answer)
    thief.client.set_cookie("hien", before.value)
    page = TOKEN.search(thief.client.get("/sign-in").get_data(as_text=True))
    assert page is not None
    thief.client.post(
        "/sign-in/passkey", data={"store": STORE, "answer": answer, "csrf_token": page[1]}
    )
    assert thief.client.get("/staff/").status_code == 302


def test_an_answer_to_what_another_browser_was_asked_lets_nobody_in(office: Office) -> None:
    key = of_hanh(office)
    hers, his = stranger(office), stranger(office)
    asked_hers = question(hers)
    question(his)

    assert WORDS["wrong"] in enter(his, key.sign(asked_hers))


def test_a_question_is_good_for_five_minutes_and_one_answer(office: Office) -> None:
    key = of_hanh(office)
    browser = stranger(office)
    asked = question(browser)
    office.clock.advance(QUESTION_LIFE_MS / 1000 + 1)
    assert WORDS["late"] in enter(browser, key.sign(asked))

    asked = question(browser)
    assert WORDS["wrong"] in enter(browser, "{}")
    assert WORDS["late"] in enter(browser, key.sign(asked))


@pytest.mark.parametrize(
    "cheat",
    [{"origin": "https://evil.example"}, {"rp": "evil.example"}, {"is_verified": False}],
    ids=str,
)
def test_an_answer_from_elsewhere_is_refused_in_words(
    office: Office, cheat: dict[str, str]
) -> None:
    key = of_hanh(office)
    browser = stranger(office)

    assert WORDS["wrong"] in enter(browser, replace(key, **cheat).sign(question(browser)))  # type: ignore[arg-type]
    assert browser.client.get("/staff/").status_code == 302


def test_a_copy_is_refused_and_the_owner_reads_of_it(office: Office) -> None:
    key = of_hanh(office)
    browser = stranger(office)
    enter(browser, key.sign(question(browser)))
    copy = replace(key, used=0)

    again = stranger(office)
    assert WORDS["copy"] in enter(again, copy.sign(question(again)))
    assert "bản sao" in office.at("lan").get("/console/log/")


def test_who_was_dismissed_is_not_let_in(office: Office) -> None:
    key = of_hanh(office)
    office.at("lan").post("/console/staff/hanh/dismiss")
    browser = stranger(office)

    assert WORDS["gone"] in enter(browser, key.sign(question(browser)))


def test_one_is_removed_by_its_own_person_only(office: Office) -> None:
    key = of_hanh(office)
    path = f"/own-passkeys/{key.credential}/remove"
    assert office.at("lan").post(path).status_code == 404

    hanh = office.at("hanh")
    assert hanh.post(path).status_code == 302

    assert "Điện thoại" not in hanh.get("/own-pin/")
    browser = stranger(office)
    assert WORDS["gone"] in enter(browser, key.sign(question(browser)))


def test_it_lets_nobody_into_a_store_they_do_not_work_in(office: Office) -> None:
    key = of_hanh(office)
    with office.shop.writers.begin() as db:
        db.add(StoreRow(store="hoi-an-1", name="Hội An", store_no=8))
    office.at("lan").post("/console/staff/hanh", name="Hạnh", role="staff", stores="hoi-an-1")
    browser = stranger(office)

    assert "không làm ở cửa hàng này" in enter(browser, key.sign(question(browser)))


@pytest.mark.parametrize(
    ("address", "why"),
    [("http://shop.example", "chưa có https"), ("http://192.168.1.7:8000", "chưa có tên miền")],
)
def test_where_there_can_be_none_the_pages_say_why(office: Office, address: str, why: str) -> None:
    of_hanh(office)
    passkey_site.install(office.app, address)

    for page in (stranger(office).get("/sign-in"), office.at("hanh").get("/own-pin/")):
        assert why in page
        assert "data-passkey" not in page
    assert post(stranger(office), "/sign-in/passkey/question").status_code == 404


def test_who_has_none_yet_sees_nothing_of_them_at_the_door(office: Office) -> None:
    assert "passkey" not in stranger(office).get("/sign-in")


def test_with_a_given_pin_nobody_adds_one(office: Office) -> None:
    page = office.at("lan").post("/console/staff/hanh/new_pin").get_data(as_text=True)
    pin = page.split('class="given number">')[1].split("<")[0]
    browser = stranger(office)
    browser.post("/sign-in", staff="hanh", store=STORE, pin=pin)

    assert post(browser, "/own-passkeys/question", pin=pin).status_code == 302
    assert "data-passkey" not in browser.get("/own-pin/")


def test_a_question_says_nothing_of_anybody(office: Office) -> None:
    of_hanh(office)
    asked = question(stranger(office))

    assert set(asked) == {"publicKey"}
    assert "hanh" not in json.dumps(asked)
