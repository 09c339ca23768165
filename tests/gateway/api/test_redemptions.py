"""Redeeming over HTTP: J7's acceptance lines, on both databases."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from gateway.core.api_keys import Scope
from gateway.core.redemption import LOCK_MS
from tests.gateway.api.system import System
from tests.gateway.shop import HUY, NGOC, STORE, Shop
from tests.gateway.till import CODE, EVERYBODYS, Till

WISH = {"store": STORE, "code": "tet 2027"}


def test_sixty_four_at_once_over_four_tills_reserve_one_code_once(shop: Shop) -> None:
    till, system = Till(shop, uses=1), System(shop)
    keys = [system.new_key(f"till-{one}", [Scope.REDEMPTIONS_WRITE]) for one in range(4)]

    def reserve(number: int) -> tuple[int, str, bool]:
        said = system.said("POST", "/redemptions", WISH, key=keys[number % 4])
        sentence = said["sentence"]
        return said["_"], said.get("why", said["reason"]), bool(sentence["vi"] and sentence["en"])

    with ThreadPoolExecutor(64) as threads:
        answers = Counter(threads.map(reserve, range(64)))

    assert answers == {(201, "granted", True): 1, (409, "locked_elsewhere", True): 63}
    assert till.code_used() == 1


def test_the_same_key_ten_times_is_the_same_body_whatever_became_of_it(shop: Shop) -> None:
    till, system = Till(shop, uses=1), System(shop)

    first = system.ask("POST", "/redemptions", WISH, idem_key="sale-1")
    number = first.get_json()["redemption"]
    assert system.said("POST", f"/redemptions/{number}:confirm", {"order_ref": "HD-7"})["_"] == 200
    again = [system.ask("POST", "/redemptions", WISH, idem_key="sale-1") for _ in range(9)]

    assert {(one.status_code, one.data) for one in (first, *again)} == {(201, first.data)}
    assert till.code_used() == 1
    system.key = system.new_key("other-till", [Scope.REDEMPTIONS_WRITE])
    theirs = system.said("POST", "/redemptions", WISH, idem_key="sale-1")
    assert (theirs["_"], theirs["why"]) == (409, "already_redeemed")
    other = system.said("POST", "/redemptions", {**WISH, "code": ""}, idem_key="sale-1")
    assert (other["_"], other["reason"]) == (422, "idempotency_key_reused")


def test_of_ten_at_once_with_one_key_one_acts_and_all_hear_the_same(shop: Shop) -> None:
    till, system = Till(shop, uses=10), System(shop)

    with ThreadPoolExecutor(10) as threads:
        asked = [
            threads.submit(system.ask, "POST", "/redemptions", WISH, idem_key="at once")
            for _ in range(10)
        ]
    answers = [one.result() for one in asked]

    assert len({one.data for one in answers}) == 1
    assert sum("Idempotent-Replayed" in one.headers for one in answers) == 9
    assert till.code_used() == 1


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
