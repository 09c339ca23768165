"""Who was erased is brought back by no request, unless they themselves join anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.events import Scanned, Verdict
from gateway.core.changes import Ask, PrivacyAsked, ProfileChanged
from gateway.erasing import Eraser
from gateway.store import base, external_ids, outside, phones, privacy_requests, tombstones
from gateway.store.outside import Desk
from gateway.store.profiles import ProfileRow
from tests.gateway.api.system import System
from tests.gateway.shop import NGOC, NOON_MS, S1, STORE, Outbox, Shop, pass_of, shown

PHONE = "0901777001"
BACK = {"name": "Trần Bảo Ngọc", "phone": PHONE}


@pytest.fixture
def erased(shop: Shop, tmp_path: Path) -> System:
    """A system that knows somebody who was erased, and their link for a phone."""
    shop.member()
    graves = tombstones.opened(tmp_path / "erasure.key")
    keyed = tombstones.keyed(shop.engine, graves)
    shop.readers, shop.writers = base.readers(keyed), base.writers(keyed)
    with shop.writers.begin() as db:
        external_ids.claim(db, NGOC, "phone:+84901777001", ("web-shop", NOON_MS))
        privacy_requests.add(db, "phone", PrivacyAsked(Ask.ERASE, ""), NGOC, NOON_MS)
        db.flush()
        assert privacy_requests.confirm(db, 1, NOON_MS)
    assert Eraser(keyed, graves, lambda: NOON_MS, lambda _s: None).round() == 1
    return System(shop)


def everybody(shop: Shop) -> list[str]:
    with shop.read() as db:
        return [row.name for row in db.query(ProfileRow) if row.name]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "reason"),
    [
        ("PUT", f"/profiles/{NGOC}", BACK, 410, "member_erased"),
        ("PUT", f"/profiles/{NGOC}", {**BACK, "joins_anew": True}, 410, "member_erased"),
        ("PATCH", f"/profiles/{NGOC}", {"name": "Ngọc"}, 410, "member_erased"),
        ("GET", f"/profiles/{NGOC}", None, 410, "member_erased"),
        ("PUT", "/profiles/00000000c003", BACK, 409, "phone_erased"),
        ("POST", "/profiles", {**BACK, "phone": "+84901777001"}, 409, "phone_erased"),
        (
            "PUT",
            f"/profiles/{NGOC}/consents/presence",
            {"evidence": "form", "granted_at_ms": NOON_MS},
            410,
            "member_erased",
        ),
        (
            "PUT",
            "/orders/A-9",
            {"member": NGOC, "number": "#9", "items": 1, "store": STORE},
            410,
            "member_erased",
        ),
        ("POST", f"/profiles/{NGOC}/messages", {"channel": "sms"}, 410, "member_erased"),
    ],
)
def test_no_request_brings_them_back(  # noqa: PLR0913, PLR0917
    erased: System, method: str, path: str, body: object, status: int, reason: str
) -> None:
    said = erased.said(method, path, body)

    assert (said["_"], said["reason"]) == (status, reason)
    assert everybody(erased.shop) == []
    assert erased.said("GET", "/profiles/0000000000ff")["_"] == 404, "who never was is not there"


def test_a_number_of_theirs_is_given_to_nobody_who_is_here(erased: System) -> None:
    other = erased.said("POST", "/profiles", {"name": "Hoa"})["member"]
    assert erased.said("PATCH", f"/profiles/{other}", {"phone": PHONE})["reason"] == "phone_erased"
    with erased.shop.writers.begin() as db:
        desk = Desk(db, "shop", NOON_MS)
        desk.profile(ProfileChanged("1", NOON_MS, "Lan", "0909000001"))
        assert desk.profile(ProfileChanged("1", NOON_MS + 1, "Lan Anh", PHONE))
        row = db.get_one(ProfileRow, desk.who("1"))
        assert (row.name, row.phone) == ("Lan Anh", "0909000001")
        assert not external_ids.owners(db, ["phone:+84901777001"])
        assert outside.of_member(db, NGOC) == []


def test_neither_their_pass_nor_an_old_link_for_a_phone_brings_them_back(erased: System) -> None:
    one = Outbox().says(Scanned(S1, Verdict.GOOD, pass_of(NGOC)))

    (answer,) = shown(erased.shop.handle(one))

    assert (answer.refusal, answer.name) == ("unknown_pass", "")
    with erased.shop.writers.begin() as db:
        assert phones.invite(db, NGOC, NOON_MS + 1) is None
    assert everybody(erased.shop) == []


def test_who_joins_anew_is_a_new_member_and_stays_so_after_a_restore(
    erased: System, tmp_path: Path
) -> None:
    new = erased.said("POST", "/profiles", {**BACK, "joins_anew": True})

    assert new["_"] == 201
    assert new["member"] != NGOC
    assert erased.said("PUT", f"/profiles/{new['member']}", BACK)["_"] == 200
    graves = tombstones.opened(tmp_path / "erasure.key")
    again = Eraser(erased.shop.engine, graves, lambda: NOON_MS, lambda _s: None)
    assert again.again() == 0, "the list beside the key knows it, too"
    assert everybody(erased.shop) == ["Trần Bảo Ngọc"]
