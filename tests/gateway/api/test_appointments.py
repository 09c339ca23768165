"""A booking system hands appointments to the store; checking in over it, and walk-ins."""

from __future__ import annotations

from contract.messages import Live, Noun
from gateway.core.appointments import MINUTE_MS, VisitStep
from gateway.store import appointments
from tests.gateway.api.system import System
from tests.gateway.shop import HUY, NGOC, NOON_MS, STORE, Shop

DRIVE = {"store": STORE, "kind": "test_drive", "starts_at_ms": NOON_MS, "member": NGOC}


def test_an_appointment_goes_its_way_and_a_repeated_check_in_is_one(shop: Shop) -> None:
    shop.member()
    system = System(shop)

    assert system.said("PUT", "/appointments/T-1", DRIVE)["state"] == "booked"

    def step(word: str) -> dict[str, object]:
        return system.said("POST", "/appointments/T-1/steps", {"step": word})

    early = step("serve")
    assert (early["_"], early["why"]) == (409, "not_here")
    assert [step("check_in")["ticket"] for _ in range(2)] == [1, 1]
    assert step("serve")["state"] == "serving"
    assert step("finish")["state"] == "done"
    assert step("check_in")["why"] == "over"
    later = {**DRIVE, "starts_at_ms": NOON_MS + MINUTE_MS}
    assert system.said("PUT", "/appointments/T-1", later)["state"] == "done"
    assert system.said("GET", f"/appointments?store={STORE}&state=done")["items"][0]["host"] == ""
    assert (STORE, Live(Noun.ALERT, "T-1")) in system.said_live


def test_who_did_not_come_may_be_booked_anew(shop: Shop) -> None:
    shop.member()
    system = System(shop)
    system.ask("PUT", "/appointments/T-1", DRIVE)
    with shop.writers.begin() as db:
        appointments.take(db, "T-1", VisitStep.MISS, "", NOON_MS)

    assert system.said("PUT", "/appointments/T-1", DRIVE)["state"] == "no_show"
    later = {**DRIVE, "starts_at_ms": NOON_MS + 60 * MINUTE_MS}
    assert system.said("PUT", "/appointments/T-1", later)["state"] == "booked"
    early = system.said("POST", "/appointments/T-1/steps", {"step": "check_in"})
    assert (early["why"], early["at_ms"]) == ("too_early", NOON_MS + 60 * MINUTE_MS)


def test_who_walks_in_gets_the_next_ticket(shop: Shop) -> None:
    system = System(shop)
    walker = {"store": STORE, "kind": "service"}

    said = [system.said("POST", "/walk-ins", walker) for _ in range(2)]

    assert [(one["_"], one["ticket"], one["state"]) for one in said] == [
        (201, 1, "waiting"),
        (201, 2, "waiting"),
    ]
    assert system.said("GET", f"/appointments/{said[0]['appointment']}")["starts_at_ms"] is None
    assert system.said("POST", "/walk-ins", {**walker, "member": HUY})["reason"] == "no_such_member"
    assert (
        system.said("PUT", "/appointments/X", {**DRIVE, "store": "x"})["reason"] == "no_such_store"
    )


def test_goods_are_brought_back_by_a_ticket_and_nobody_comes_for_what_the_shop_does_not_do(
    shop: Shop,
) -> None:
    system = System(shop)
    brings = {"store": STORE, "kind": "exchange", "order": "A-7", "note": "too small"}

    ticket = system.said("POST", "/walk-ins", brings)
    assert (ticket["order"], ticket["note"], ticket["outcome"]) == ("A-7", "too small", "")
    steps = f"/appointments/{ticket['appointment']}/steps"
    system.said("POST", steps, {"step": "serve"})
    assert system.said("POST", steps, {"step": "finish"})["why"] == "not_settled"
    done = system.said("POST", steps, {"step": "finish", "outcome": "exchanged"})
    assert (done["state"], done["outcome"], done["note"]) == ("done", "exchanged", "too small")
    nobody = system.said("POST", "/walk-ins", {**brings, "kind": "surgery"})
    assert (nobody["_"], nobody["reason"], nobody["field"]) == (404, "no_such_visit", "kind")
