"""Redeeming over HTTP at the same moment: J7's acceptance lines, on both databases."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from gateway.core.api_keys import Scope
from tests.gateway.api.system import System
from tests.gateway.shop import STORE, Shop
from tests.gateway.till import Till

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
