"""Redeeming over HTTP, one after the other; at the same moment, see `test_at_once`."""

from __future__ import annotations

import pytest

from gateway.core.redemption import LOCK_MS
from tests.gateway.api.system import System
from tests.gateway.shop import HUY, NGOC, STORE, Shop
from tests.gateway.till import CODE, EVERYBODYS, Till

WISH = {"store": STORE, "code": "tet 2027"}


@pytest.mark.parametrize(("last", "state"), [("release", "released"), ("rollback", "rolled_back")])
def test_what_is_let_go_or_undone_can_be_had_again(shop: Shop, last: str, state: str) -> None:
    till, system = Till(shop, uses=1), System(shop)
    path = f"/redemptions/{system.said('POST', '/redemptions', WISH)['redemption']}"
    if last == "rollback":
        system.ask("POST", f"{path}:confirm", {})

    assert [system.said("POST", f"{path}:{last}")["state"] for _ in range(2)] == [state] * 2
    assert till.code_used() == 0
    refused = system.said("POST", f"{path}:confirm", {})
    assert (refused["_"], refused["why"]) == (409, "already_redeemed")
    assert system.said("POST", "/redemptions", WISH)["_"] == 201


def test_who_confirms_too_late_hears_so_and_an_unknown_one_is_not_found(shop: Shop) -> None:
    Till(shop, uses=1)
    system = System(shop)
    number = system.said("POST", "/redemptions", WISH)["redemption"]
    system.now_ms += LOCK_MS

    late = system.said("POST", f"/redemptions/{number}:confirm", {})
    assert (late["_"], late["why"]) == (409, "reservation_over")
    assert "hai phút" in late["sentence"]["vi"]
    assert system.said("POST", "/redemptions/999:confirm", {})["reason"] == "not_found"


def test_the_basket_counts_and_who_is_named_must_be_there(shop: Shop) -> None:
    Till(shop, {"when": {"fact": "basket.total_vnd", "at_least": 300_000}})
    shop.member(NGOC)
    system = System(shop)

    def answer(**more: object) -> str:
        said = system.said("POST", "/redemptions", {"store": STORE, "offer": EVERYBODYS, **more})
        return str(said.get("why") or said["reason"])

    assert answer(basket={"total_vnd": 255_000}) == "min_spend"
    assert answer(basket={"total_vnd": 300_000, "items": 2, "skus": ["a", "b"]}) == "granted"
    assert answer(member=HUY) == "no_such_member"
    assert answer(store="hue-9") == "no_such_store"
    assert answer(offer="nothing") == "unknown_code"


def test_checking_a_code_says_what_reserving_would_and_holds_nothing(shop: Shop) -> None:
    till, system = Till(shop, uses=1), System(shop)

    def check() -> tuple[bool, str]:
        said = system.said("POST", "/vouchers:check", WISH, idem_key="")
        return said["good"], said["reason"]

    assert [check(), check()] == [(True, "granted")] * 2
    assert (till.code_used(), till.held()) == (0, {})
    system.ask("POST", "/redemptions", WISH)
    assert check() == (False, "locked_elsewhere")
    system.now_ms += LOCK_MS
    assert check() == (True, "granted")
    assert till.code_used() == 1, CODE
