"""One card, one owner, however many hands reach for it."""

from __future__ import annotations

import threading

from gateway.core.alerts import AlertKind, AlertState, Outcome
from gateway.core.visits import Place
from gateway.store import alerts
from gateway.store.alerts import Gone, Moved, TakenBy
from tests.gateway.shop import NOON_MS, STORE, Shop

HERE = Place(STORE, "quay-1", NOON_MS)


def card_on_the_board(shop: Shop) -> int:
    with shop.writers.begin() as db:
        return alerts.offer(db, alerts.due(HERE, AlertKind.HELP)).alert


def test_of_sixty_four_claims_at_once_one_wins_and_the_others_are_told_who(shop: Shop) -> None:
    names = [f"N{number:02}" for number in range(64)]
    shop.staff(*names)
    card = card_on_the_board(shop)
    answers: dict[str, object] = {}
    together = threading.Barrier(len(names))

    def claim(name: str) -> None:
        together.wait()
        with shop.writers.begin() as db:
            answers[name] = alerts.claim(db, card, name.lower(), NOON_MS)

    threads = [threading.Thread(target=claim, args=(name,), name=name) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (winner,) = [name for name, answer in answers.items() if answer == Moved()]
    assert {answer for answer in answers.values() if answer != Moved()} == {TakenBy(winner)}


def test_a_card_goes_from_waiting_to_closed_in_order_and_by_one_person(shop: Shop) -> None:
    shop.staff("Hanh", "Tu")
    card = card_on_the_board(shop)
    with shop.writers.begin() as db:
        assert alerts.serve(db, card, "hanh") == Gone()
        assert alerts.claim(db, card, "hanh", NOON_MS) == Moved()
        assert alerts.claim(db, card, "hanh", NOON_MS) == Moved()  # a finger pressed twice
        assert alerts.serve(db, card, "tu") == TakenBy("Hanh")
        assert alerts.serve(db, card, "hanh") == Moved()
        assert [one.state for one in alerts.board(db, STORE)] == [AlertState.SERVING]
        assert alerts.close(db, card, "hanh", Outcome.SOLD, NOON_MS) == Moved()
        assert alerts.claim(db, card, "tu", NOON_MS) == Gone()
        assert list(alerts.board(db, STORE)) == []


def test_a_card_that_does_not_exist_is_gone(shop: Shop) -> None:
    with shop.writers.begin() as db:
        assert alerts.claim(db, 99, "hanh", NOON_MS) == Gone()
