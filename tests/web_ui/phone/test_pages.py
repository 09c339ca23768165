"""What the phone's page answers, and what it never says."""

from __future__ import annotations

import json
import re

import pytest
from werkzeug.test import TestResponse

from contract.signatures import SigningKey
from gateway.store import phones
from tests.gateway.core.test_phones import ED25519, P256, proof, said
from tests.gateway.shop import NGOC
from tests.web_ui.office import Office
from web_ui.phone.pages import OWN, SHARED


def invited(office: Office) -> str:
    office.shop.member()
    with office.shop.writers.begin() as db:
        code = phones.invite(db, NGOC, office.now_ms + 1_000)
    assert code is not None
    return code


def post(office: Office, **said: object) -> TestResponse:
    return office.app.test_client().post("/phone/keys", data=json.dumps(said))


@pytest.mark.parametrize("key", [ED25519, P256])
def test_a_proven_key_becomes_the_members(office: Office, key: SigningKey) -> None:
    code = invited(office)
    mine = said(key)

    answer = post(office, code=code, public_key=mine, proof=proof(key, code))

    assert answer.json == {"member": NGOC, "key_id": 2, "name": "Ngọc"}


@pytest.mark.parametrize(
    ("body", "status", "problem"),
    [
        ({}, 400, "unreadable"),
        ({"code": 7, "public_key": "", "proof": ""}, 400, "unreadable"),
        ({"code": "x", "public_key": "beef", "proof": ""}, 400, "unproven"),
        ({"code": "x", "public_key": said(ED25519), "proof": "00" * 64}, 400, "unproven"),
        ({"code": "x", "public_key": said(ED25519), "proof": proof(ED25519, "x")}, 403, "code"),
    ],
)
def test_anything_else_is_refused_with_a_reason(
    office: Office, body: dict[str, object], status: int, problem: str
) -> None:
    answer = post(office, **body)

    assert (answer.status_code, answer.json) == (status, {"problem": problem})


def test_an_unproven_key_does_not_use_the_code_up(office: Office) -> None:
    code = invited(office)
    assert post(office, code=code, public_key=said(P256), proof="00" * 64).status_code == 400

    right = post(office, code=code, public_key=said(P256), proof=proof(P256, code))

    assert right.status_code == 200


@pytest.mark.parametrize("data", [b"", b"\xff", b"[" * 9_000, b'"x"'])
def test_no_bytes_make_it_stumble(office: Office, data: bytes) -> None:
    assert office.app.test_client().post("/phone/keys", data=data).status_code == 400


def test_the_page_speaks_both_languages_and_allows_nothing_foreign(office: Office) -> None:
    client = office.app.test_client()
    vi, en = client.get("/phone/"), client.get("/phone/en")

    assert '<html lang="vi">' in vi.text
    assert '<html lang="en">' in en.text
    assert "default-src 'none'" in vi.headers["Content-Security-Policy"]
    assert "worker-src 'self'" in vi.headers["Content-Security-Policy"]
    assert vi.headers["Referrer-Policy"] == "no-referrer"


def test_all_that_the_worker_keeps_is_there(office: Office) -> None:
    client = office.app.test_client()
    script = client.get("/phone/worker.js").text
    kept = json.loads(re.findall(r"const KEPT = (.*);", script)[0])

    assert len(kept) == 3 + len(OWN) + len(SHARED)
    for path in kept:
        with client.get(path) as answer:
            assert answer.status_code == 200, path
    assert all(path in client.get("/phone/").text + script for path in kept)


def test_a_phone_can_tell_that_its_clock_is_wrong(office: Office) -> None:
    assert office.app.test_client().get("/phone/now").json == {"now_ms": office.now_ms}
