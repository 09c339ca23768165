"""One card, one owner, however many hands reach for it."""

from __future__ import annotations

import threading

from sqlalchemy import select

from contract.events import Left
from contract.messages import Live, Noun
from gateway.asker import Asker
from gateway.core.alerts import AlertKind, AlertState, Outcome
from gateway.core.consent import Purpose
from gateway.core.visits import QUIET_MS, Place
from gateway.store import alerts, asking, staff
from gateway.store.alerts import AlertRow, Full, Gone, Moved, TakenBy
from gateway.store.outgoing import OutgoingEventRow
from gateway.store.staff import StaffRow
from tests.gateway.shop import (
    ALL,
    HUY,
    NGOC,
    NOON_MS,
    STORE,
    Outbox,
    Shop,
    near,
    pass_of,
    scan,
)
from tests.web_ui.office import ShopClock

HERE = Place(STORE, "quay-1", NOON_MS)


def card_on_the_board(shop: Shop) -> int:
    with shop.writers.begin() as db:
        return alerts.offer(db, alerts.due(HERE, AlertKind.HELP)).alert


def test_of_a_hundred_claims_at_once_one_wins_and_the_others_are_told_who(shop: Shop) -> None:
    names = [f"N{number:02}" for number in range(100)]
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


def at_work(shop: Shop, *names: str, at_ms: int = NOON_MS) -> None:
    shop.staff(*names)
    with shop.writers.begin() as db:
        for name in names:
            staff.begin_duty(db, name.lower(), STORE, at_ms)


def noon() -> ShopClock:
    clock = ShopClock()
    clock.advance(-clock.monotonic_s())
    return clock


def asked(shop: Shop) -> list[str | None]:
    with shop.read() as db:
        return [card.asks for card in alerts.board(db, STORE)]


def test_cards_are_shared_out_and_nobody_has_more_than_three(shop: Shop) -> None:
    at_work(shop, "An", "Bo")
    cards = [card_on_the_board(shop) for _ in range(7)]

    assert sorted(asked(shop)[:6], key=str) == ["an"] * 3 + ["bo"] * 3
    assert asked(shop)[6] is None
    with shop.writers.begin() as db:
        for card in cards[:3]:
            assert alerts.claim(db, card, "an", NOON_MS) == Moved()
        assert alerts.claim(db, cards[3], "an", NOON_MS) == Full()
        assert alerts.claim(db, cards[0], "an", NOON_MS) == Moved()  # a finger pressed twice
        assert alerts.claim(db, cards[3], "bo", NOON_MS) == Moved()


def test_a_card_asks_the_next_at_45_s_and_everybody_at_90_s(shop: Shop) -> None:
    at_work(shop, "An", "Bo", "Chi")
    card = card_on_the_board(shop)
    clock, said = noon(), list[tuple[str, Live]]()
    asker = Asker(shop.readers, clock, lambda store, live: said.append((store, live)))
    turns = []
    for second in range(100):
        if asker.round():
            turns.append((second, asked(shop)[0]))
        clock.advance(1)

    assert turns == [(45, "bo"), (90, None)]
    assert said == [(STORE, Live(Noun.ALERT, str(card)))] * 2


def test_a_host_at_work_is_asked_alone_for_as_long_as_is_said_and_then_everybody(
    shop: Shop,
) -> None:
    at_work(shop, "An", "Bo")
    with shop.writers.begin() as db:
        for host in ("bo", "chi"):  # who is not there
            alerts.offer(db, alerts.due(HERE, AlertKind.APPOINTMENT), (host, 180_000))
    assert asked(shop) == ["bo", "an"]
    for after_ms, now in ((179_999, ["bo", None]), (180_000, [None, None])):
        with shop.writers.begin() as db:
            asking.look(db, NOON_MS + after_ms)
        assert asked(shop) == now


def test_a_card_that_is_taken_asks_nobody_and_one_that_is_handed_on_begins_anew(
    shop: Shop,
) -> None:
    at_work(shop, "An", "Bo", "Chi")
    card = card_on_the_board(shop)
    with shop.writers.begin() as db:
        assert alerts.hand_over(db, card, "an", "bo", NOON_MS) == Gone()  # nobody has it yet
        alerts.claim(db, card, "an", NOON_MS)
        assert asking.look(db, NOON_MS + 200_000) == []
        assert alerts.hand_over(db, card, "bo", None, NOON_MS) == TakenBy("An")
        assert alerts.hand_over(db, card, "an", "chi", NOON_MS + 60_000) == Moved()
    assert asked(shop) == ["chi"]
    with shop.writers.begin() as db:
        asking.look(db, NOON_MS + 104_000)
    assert asked(shop) == ["chi"]
    with shop.writers.begin() as db:
        asking.look(db, NOON_MS + 105_000)
    assert asked(shop) == ["bo"]  # and not who gave it back
    with shop.writers.begin() as db:
        alerts.claim(db, card, "bo", NOON_MS)
        alerts.hand_over(db, card, "bo", None, NOON_MS)
    assert asked(shop) == ["an"]


def test_who_went_home_is_asked_no_more(shop: Shop) -> None:
    at_work(shop, "An")
    at_work(shop, "Bo", at_ms=NOON_MS - staff.SHIFT_MS)  # and forgot to sign out
    card_on_the_board(shop)
    assert asked(shop) == ["an"]
    with shop.writers.begin() as db:
        staff.end_duty(db, "an")
        asking.look(db, NOON_MS + 20_000)
    assert asked(shop) == [None]


def test_a_card_of_who_left_before_anybody_came_closes_by_itself(shop: Shop) -> None:
    shop.member(tier="gold")
    shop.staff("An")
    outbox, clock = Outbox(), noon()
    asker = Asker(shop.readers, clock, lambda _store, _live: None)
    shop.handle(outbox.says(near(None)))
    clock.advance(QUIET_MS / 1000)
    asker.round()
    assert len(asked(shop)) == 1  # the tag is still heard

    shop.handle(outbox.says(Left(f"t-{NGOC}", "quay-1", 60), NOON_MS + 60_000))
    clock.advance(50)
    asker.round()
    assert len(asked(shop)) == 1  # and may come back
    clock.advance(10)
    asker.round()

    assert asked(shop) == []
    with shop.read() as db:
        (row,) = db.scalars(select(AlertRow)).all()
        assert (row.outcome, row.staff) == (Outcome.LEFT, None)
        (told,) = db.scalars(select(OutgoingEventRow)).all()
        assert b'"outcome":"left"' in told.body


def test_who_showed_a_pass_and_has_no_tag_is_not_said_to_have_left(shop: Shop) -> None:
    shop.member(tier="gold")
    shop.handle(Outbox().says(scan(pass_of(NGOC))))
    with shop.writers.begin() as db:
        asking.look(db, NOON_MS + 10 * QUIET_MS)
    assert asked(shop) == [None]


def test_who_knows_what_a_shopper_likes_is_asked_only_with_consent(shop: Shop) -> None:
    shop.member(tier="gold")
    shop.member(HUY, tier="gold", consents=ALL | {Purpose.PROFILING})
    at_work(shop, "An", "Bo")
    with shop.writers.begin() as db:
        db.get_one(StaffRow, "bo").skills = "tra"
    outbox = Outbox()
    shop.handle(outbox.says(near(None)))
    shop.handle(outbox.says(near(None, HUY)))

    assert asked(shop) == ["an", "bo"]


def test_a_card_that_does_not_exist_is_gone(shop: Shop) -> None:
    with shop.writers.begin() as db:
        assert alerts.claim(db, 99, "hanh", NOON_MS) == Gone()
