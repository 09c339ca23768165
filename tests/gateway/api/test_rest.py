"""The front door of the REST API: keys, scopes, idempotency, bounds, problems in both languages."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

import pytest
from sqlalchemy import func, select

from gateway.api.front import MAX_BYTES, MAX_IDEM_KEY
from gateway.api.problems import SENTENCES, STATUS, Problem
from gateway.core.api_keys import Scope
from gateway.core.pace import BURST
from gateway.store import api_keys
from gateway.store.api_answers import KEPT_MS, ApiAnswerRow
from gateway.store.profiles import ProfileRow
from tests.gateway.api.system import System
from tests.gateway.shop import Shop

HOA = {"name": "Nguyễn Thị Hoa", "phone": "+84912345678", "interests": ["tra", "banh-keo"]}


@pytest.fixture
def system(shop: Shop) -> System:
    return System(shop)


def profiles(system: System) -> int:
    with system.shop.read() as db:
        return db.scalar(select(func.count()).select_from(ProfileRow)) or 0


def test_every_problem_has_a_status_and_a_sentence_in_both_languages() -> None:
    assert {*STATUS} == {*SENTENCES} == {*Problem}
    assert all(text.vi and text.en and text.vi != text.en for text in SENTENCES.values())


def test_who_has_no_good_key_hears_so(system: System) -> None:
    good = system.key
    for key, reason in (
        ("", "key_unknown"),
        ("hien_00000001_" + "0" * 48, "key_unknown"),  # another key's prefix
        (good[:-1] + "x", "key_unknown"),
    ):
        system.key = key
        answer = system.ask("GET", "/profiles")
        assert (answer.status_code, answer.get_json(force=True)["reason"]) == (401, reason)
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert (
        system.app.test_client().get("/v1/profiles").get_json(force=True)["reason"] == "key_missing"
    )

    system.key = good
    assert system.said("GET", "/profiles")["_"] == HTTPStatus.OK
    with system.shop.writers.begin() as db:
        assert api_keys.end(db, good.split("_")[1], system.now_ms)
    assert system.said("GET", "/profiles")["reason"] == "key_unknown"


def test_a_key_may_do_what_its_scopes_say_and_nothing_else(shop: Shop) -> None:
    system = System(shop, [Scope.PROFILES_READ])

    assert system.said("GET", "/profiles")["_"] == HTTPStatus.OK
    refused = system.said("POST", "/profiles", HOA)
    assert (refused["_"], refused["reason"], refused["field"]) == (
        HTTPStatus.FORBIDDEN,
        "scope_missing",
        "profiles:write",
    )
    assert profiles(system) == 0


def test_a_problem_speaks_the_language_that_was_asked_for_and_carries_both(
    system: System,
) -> None:
    def title(language: str) -> str:
        system.language = language
        answer = system.ask("GET", "/profiles/00000000beef")
        assert answer.content_type == "application/problem+json"
        found = answer.get_json(force=True)
        assert found["sentence"] == {"vi": "Không có mục này.", "en": "There is no such thing."}
        assert found["type"] == "urn:hien:problem:not_found"
        assert found["status"] == answer.status_code == HTTPStatus.NOT_FOUND
        return str(found["title"])

    assert title("en-GB,vi;q=0.5") == "There is no such thing."
    assert title("fr") == title("vi-VN") == "Không có mục này."


def test_the_same_key_gets_the_same_answer_and_it_is_done_once(system: System) -> None:
    first = system.ask("POST", "/profiles", HOA, idem_key="a")
    with ThreadPoolExecutor(9) as threads:
        again = [
            threads.submit(system.ask, "POST", "/profiles", HOA, idem_key="a") for _ in range(9)
        ]
    answers = [one.result() for one in again]

    assert first.status_code == HTTPStatus.CREATED
    assert {(one.status_code, one.data) for one in answers} == {(201, first.data)}
    assert all(one.headers["Idempotent-Replayed"] == "true" for one in answers)
    assert profiles(system) == 1
    other = system.said("POST", "/profiles", {"name": "Hoa"}, idem_key="a")
    assert (other["_"], other["reason"]) == (422, "idempotency_key_reused")
    elsewhere = system.said("PUT", "/profiles/00000000c003", HOA, idem_key="a")
    assert (elsewhere["_"], elsewhere["reason"]) == (422, "idempotency_key_reused")
    assert profiles(system) == 1


def test_a_refusal_is_repeated_too_and_each_connector_has_its_own_keys(system: System) -> None:
    path, change = "/profiles/00000000c003", {"tier": "gold"}
    assert system.said("PATCH", path, change, idem_key="c")["_"] == HTTPStatus.NOT_FOUND
    system.ask("PUT", path, HOA)

    assert system.said("PATCH", path, change, idem_key="c")["_"] == HTTPStatus.NOT_FOUND
    system.key = system.new_key("crm", [*Scope])
    assert system.said("PATCH", path, change, idem_key="c")["tier"] == "gold"


def test_answers_are_forgotten_after_a_day(system: System) -> None:
    system.ask("POST", "/profiles", HOA, idem_key="d")
    system.now_ms += KEPT_MS + 1
    system.ask("POST", "/profiles", HOA, idem_key="e")

    with system.shop.read() as db:
        assert db.scalars(select(ApiAnswerRow.idem_key)).all() == ["e"]


@pytest.mark.parametrize("key", ["", "x" * (MAX_IDEM_KEY + 1), "\x7f"])
def test_a_post_without_a_good_key_is_not_tried(system: System, key: str) -> None:
    refused = system.said("POST", "/profiles", HOA, idem_key=key)

    assert (refused["_"], refused["reason"]) == (400, "idempotency_key_missing")
    assert profiles(system) == 0


def test_a_hasty_connector_is_told_how_long_to_wait(system: System) -> None:
    for _ in range(BURST):
        system.front.pace.wait_s("web-shop", system.now_ms / 1000)

    refused = system.ask("GET", "/profiles")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    system.now_ms += 1_000
    assert system.said("GET", "/profiles")["_"] == HTTPStatus.OK


@pytest.mark.parametrize(
    ("body", "status", "reason", "field"),
    [
        pytest.param(b"{", 400, "unreadable", "", id="no JSON"),
        pytest.param(b"[" * 9_000, 400, "unreadable", "", id="too deep"),
        pytest.param(b"\xff", 400, "unreadable", "", id="no text"),
        pytest.param({"name": ""}, 422, "wrong_field", "$.name", id="no name"),
        pytest.param({"name": "a\nb"}, 422, "wrong_field", "$.name", id="two lines"),
        pytest.param({"name": "a\n"}, 422, "wrong_field", "$.name", id="a line's end"),
        pytest.param(
            {"name": "a", "points": 5}, 422, "wrong_field", "points", id="not ours to set"
        ),
        pytest.param({"name": "a", "phone": "zero"}, 422, "wrong_field", "$.phone", id="no phone"),
        pytest.param(b" " * (MAX_BYTES + 1), 413, "too_large", "", id="too long"),
    ],
)
def test_what_cannot_be_read_names_the_field(
    system: System, body: object, status: int, reason: str, field: str
) -> None:
    refused = system.said("POST", "/profiles", body)

    assert (refused["_"], refused["reason"]) == (status, reason)
    assert field in refused.get("field", "")


def test_a_body_of_unknown_length_is_not_waited_for(system: System) -> None:
    headers = {"Authorization": f"Bearer {system.key}", "Idempotency-Key": "f"}
    answer = system.app.test_client().post("/v1/profiles", headers=headers)

    assert answer.get_json(force=True)["reason"] in {"length_missing", "unreadable"}


def test_lists_come_in_pages_and_nothing_is_skipped(system: System) -> None:
    for number in range(7):
        system.ask("PUT", f"/profiles/00000000c00{number}", {"name": f"Khách {number}"})

    seen, after = [], ""
    while True:
        page = system.said("GET", f"/profiles?limit=3&after={after}")
        seen += [one["member"] for one in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert seen == [f"00000000c00{number}" for number in range(7)]
    for wrong in ("limit=0", "limit=201", "limit=x", "after=%C3%A9", "after=%00", "colour=red"):
        assert system.said("GET", f"/profiles?{wrong}")["reason"] == "wrong_query", wrong


def test_what_is_not_there_and_what_is_asked_wrongly(system: System) -> None:
    assert system.said("GET", "/nothing")["reason"] == "not_found"
    assert system.said("GET", "/profiles/short")["reason"] == "not_found"
    assert system.said("GET", "/profiles/00000000c003%0A")["reason"] == "not_found"
    wrong = system.ask("DELETE", "/profiles")
    assert (wrong.status_code, wrong.headers["Allow"]) == (405, "GET, POST")


def test_a_database_that_is_away_and_a_fault_of_ours_are_told_in_words(system: System) -> None:
    with system.shop.engine.begin() as db:
        db.exec_driver_sql("ALTER TABLE profile RENAME TO elsewhere")
    answer = system.said("GET", "/profiles")
    with system.shop.engine.begin() as db:
        db.exec_driver_sql("ALTER TABLE elsewhere RENAME TO profile")

    assert (answer["_"], answer["reason"]) == (503, "unavailable")
    assert answer["sentence"]["vi"]
    system.front.now_ms = lambda: 1 // 0
    assert system.said("GET", "/profiles")["reason"] == "our_fault"
