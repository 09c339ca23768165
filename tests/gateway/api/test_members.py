"""`/v1/profiles` and consents: what another system writes is what the shop decides by."""

from __future__ import annotations

from gateway.core import provenance
from gateway.core.consent import Purpose
from gateway.store import ledger, profiles, stores
from gateway.store.profiles import ProfileRow
from tests.gateway.api.system import System
from tests.gateway.shop import HUY, NGOC, NOON_MS, STORE, Shop

HOA = {"name": "Nguyễn Thị Hoa", "phone": "0912345678", "interests": ["tra", "banh"]}


def test_a_profile_is_put_changed_in_parts_and_read(shop: Shop) -> None:
    system = System(shop)
    path = "/profiles/00000000c003"

    whole = {**HOA, "member": "00000000c003", "tier": "member", "points": 0}
    assert system.said("PUT", path, HOA) == {**whole, "_": 201}
    assert system.said("PUT", path, {**HOA, "tier": "gold"})["_"] == 200
    assert system.said("PATCH", path, {"interests": []}) == {
        **whole,
        "tier": "gold",
        "interests": [],
        "_": 200,
    }
    assert system.said("GET", path)["name"] == HOA["name"]
    with shop.read() as db:
        assert profiles.find(db, "0912 345 678") == "00000000c003"


def test_a_new_member_gets_a_number_and_points_stay_the_ledgers(shop: Shop) -> None:
    shop.member()
    system = System(shop)

    new = system.said("POST", "/profiles", HOA)
    assert len(new["member"]) == 12
    assert system.said("GET", f"/profiles/{new['member']}")["name"] == HOA["name"]
    with shop.writers.begin() as db:
        ledger.follow_files(db, [NGOC], NOON_MS)
    assert system.said("GET", f"/profiles/{NGOC}")["points"] == 1250
    assert system.said("PUT", f"/profiles/{NGOC}", {**HOA, "phone": ""})["points"] == 1250
    assert {one["points"] for one in system.said("GET", "/profiles")["items"]} == {0, 1250}


def test_a_phone_number_is_one_members_and_finds_them_as_long_as_it_is_theirs(shop: Shop) -> None:
    shop.member()
    system = System(shop)
    system.ask("PUT", "/profiles/00000000c003", HOA)

    taken = system.said("PATCH", f"/profiles/{NGOC}", {"phone": "+84912345678", "name": "Hoa"})
    assert (taken["_"], taken["reason"]) == (409, "phone_taken")
    assert system.said("GET", f"/profiles/{NGOC}")["name"] == "Trần Bảo Ngọc", "nothing changed"
    system.ask("PATCH", "/profiles/00000000c003", {"phone": "0987654321"})
    moved = system.said("PATCH", f"/profiles/{NGOC}", {"phone": "+84912345678"})
    assert moved["phone"] == "+84912345678"
    with shop.read() as db:
        found = [profiles.find(db, who) for who in ("0912345678", "+84 987 654 321")]
        row = db.get_one(ProfileRow, NGOC)
    assert found == [NGOC, "00000000c003"]
    assert provenance.read(row.provenance)[-1] == ("web-shop", NOON_MS, ("phone",))


def test_who_is_one_with_another_is_that_other(shop: Shop) -> None:
    shop.member()
    shop.member(HUY, "Phạm Gia Huy", consents=frozenset())
    with shop.writers.begin() as db:
        db.get_one(ProfileRow, HUY).merged_into = NGOC
    system = System(shop)

    assert system.said("GET", f"/profiles/{HUY}")["member"] == NGOC
    assert [one["member"] for one in system.said("GET", "/profiles")["items"]] == [NGOC]
    order = {"member": HUY, "number": "#1", "items": 1, "store": STORE}
    assert system.said("PUT", "/orders/A-1", order)["member"] == NGOC


def test_a_consent_is_given_with_its_evidence_and_withdrawn_and_kiosks_hear_of_it(
    shop: Shop,
) -> None:
    shop.member(consents=frozenset())
    system = System(shop)
    path = f"/profiles/{NGOC}/consents"
    agreed = {"evidence": "web shop, form of 2026-02", "granted_at_ms": NOON_MS}

    def edition() -> int:
        with shop.read() as db:
            return stores.edition(db)

    before = edition()
    assert system.said("PUT", f"{path}/presence", agreed)["_"] == 201
    assert system.said("PUT", f"{path}/presence", agreed)["_"] == 200
    assert system.said("GET", path)["items"] == [
        {"purpose": "presence", "text_version": 1, **agreed}
    ]
    assert edition() == before + 2
    with shop.read() as db:
        assert profiles.consents(db, {NGOC})[NGOC] == {Purpose.PRESENCE}

    assert [system.said("DELETE", f"{path}/presence")["_"] for _ in range(2)] == [204, 204]
    assert edition() == before + 3
    assert system.said("GET", path)["items"] == []
    assert system.said("PUT", f"{path}/everything", agreed)["reason"] == "not_found"
    assert system.said("PUT", f"{path}/sms", {"granted_at_ms": 1})["field"].endswith("`evidence`")
    nobody = system.said("PUT", "/profiles/00000000dead/consents/sms", agreed)
    assert nobody["reason"] == "not_found"


def test_who_writes_to_a_member_asks_first_and_is_told_why_not(shop: Shop) -> None:
    shop.member(consents=frozenset({Purpose.SMS}))
    system = System(shop)
    path = f"/profiles/{NGOC}/messages"

    assert system.said("POST", path, {"channel": "sms"})["_"] == 201
    assert system.said("POST", path, {"channel": "zalo"})["why"] == "consent_missing"
    assert system.said("POST", path, {"channel": "sms"})["_"] == 201
    refused = system.said("POST", path, {"channel": "sms"})
    assert (refused["_"], refused["why"]) == (409, "too_often")
