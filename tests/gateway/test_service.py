"""Stories at the gateway: what comes from kiosks, what is decided, what is said."""

from __future__ import annotations

import pytest
from msgspec import structs
from sqlalchemy import delete, func, select

from contract import codec
from contract.events import (
    Arrived,
    Called,
    ClockTrust,
    Left,
    Scanned,
    Touch,
    Touched,
    Verdict,
)
from contract.messages import Level, Noun, Refusal, Show
from gateway.core.alerts import STALE_AFTER_MS, AlertKind, Outcome
from gateway.core.consent import Purpose
from gateway.core.offers import Reason
from gateway.store import alerts, offers, visits
from gateway.store.events import EventRow, Received
from gateway.store.profiles import ConsentRow
from gateway.store.visits import VisitRow
from tests.gateway.shop import ALL, HUY, NGOC, NOON_MS, STORE, Outbox, Shop, key_of, pass_of, shown

LATER_MS = NOON_MS + STALE_AFTER_MS + 1
S1, S2 = "0000000000000001", "0000000000000002"


def near(session: str | None = S1, member: str = NGOC) -> Arrived:
    return Arrived(f"t-{member}", "quay-1", -60, session)


def scan(text: str, session: str = S1) -> Scanned:
    return Scanned(session, Verdict.GOOD, text)


def gone(dwell_s: float) -> Left:
    return Left(f"t-{NGOC}", "quay-1", dwell_s)


def reasons(shop: Shop) -> list[str]:
    with shop.read() as db:
        (visit,) = visits.newest_first(db, STORE, 10)
        return [row.reason for row in offers.decided(db, visit.visit)]


def count(shop: Shop, table: type[EventRow | VisitRow]) -> int:
    with shop.read() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def test_a_tag_opens_a_visit_and_says_nothing_to_the_screen(shop: Shop) -> None:
    shop.member()
    outcome = shop.handle(Outbox().says(near()))

    assert shown(outcome) == []
    assert count(shop, VisitRow) == 1


def test_hello_gets_a_masked_question_and_yes_gets_the_offers(shop: Shop) -> None:
    shop.member()
    shop.offer()
    outbox = Outbox()
    shop.handle(outbox.says(near()))

    (question,) = shown(shop.handle(outbox.says(Touched(S1, Touch.HELLO))))
    assert (question.level, question.masked_name, question.name) == (Level.CONFIRM, "N***", "")
    (answer,) = shown(shop.handle(outbox.says(Touched(S1, Touch.CONFIRM))))

    assert (answer.level, answer.name, answer.points) == (Level.PERSONAL, "Ngọc", 1250)
    assert [offer.id for offer in answer.offers] == ["tea"]
    assert answer.tier is not None
    assert answer.tier.vi == "Bạc"


def test_who_says_that_is_not_me_is_forgotten_in_that_session(shop: Shop) -> None:
    shop.member()
    outbox = Outbox()
    shop.handle(outbox.says(near()), outbox.says(Touched(S1, Touch.DENY)))

    (answer,) = shown(shop.handle(outbox.says(Touched(S1, Touch.CONFIRM))))

    assert (answer.level, answer.refusal) == (Level.REFUSED, Refusal.NOT_RECOGNISED)


def test_a_good_pass_makes_the_screen_personal_at_once(shop: Shop) -> None:
    shop.member()
    shop.order()
    (answer,) = shown(shop.handle(Outbox().says(scan(pass_of(NGOC)))))

    assert (answer.level, answer.name) == (Level.PERSONAL, "Ngọc")
    assert [(order.id, order.ready) for order in answer.orders] == [("A-1", True)]


def forged() -> str:
    text = pass_of(NGOC)
    return text[:-1] + ("0" if text[-1] != "0" else "1")


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        pytest.param("MD1:hello", Refusal.UNKNOWN_PASS, id="no pass at all"),
        pytest.param(pass_of("0000000000ff"), Refusal.UNKNOWN_PASS, id="nobody we know"),
        pytest.param(forged(), Refusal.FORGED_PASS, id="forged"),
        pytest.param(pass_of(NGOC, store_no=8), Refusal.FOREIGN_PASS, id="another store"),
        pytest.param(pass_of(NGOC, NOON_MS - 60_000), Refusal.EXPIRED_PASS, id="screenshot"),
        pytest.param(pass_of(NGOC, NOON_MS + 60_000), Refusal.EXPIRED_PASS, id="from the future"),
    ],
)
def test_a_bad_pass_shows_nothing_but_its_reason(shop: Shop, text: str, refusal: Refusal) -> None:
    shop.member()
    (answer,) = shown(shop.handle(Outbox().says(scan(text))))

    assert (answer.level, answer.refusal, answer.name) == (Level.REFUSED, refusal, "")
    assert count(shop, VisitRow) == 0


def test_the_same_pass_at_another_kiosk_is_a_replay_at_the_same_one_the_same_check_in(
    shop: Shop,
) -> None:
    shop.member()
    text = pass_of(NGOC)
    here, there = Outbox("quay-1"), Outbox("quay-2")
    levels = [
        shown(shop.handle(here.says(scan(text))))[0].level,
        shown(shop.handle(here.says(scan(text, S2), NOON_MS + 20_000)))[0].level,
        shown(shop.handle(there.says(scan(text), NOON_MS + 20_000)))[0].refusal,
        shown(shop.handle(there.says(scan(pass_of(NGOC, NOON_MS + 30_000)), NOON_MS + 30_000)))[
            0
        ].level,
    ]

    assert levels == [Level.PERSONAL, Level.PERSONAL, Refusal.REPLAYED_PASS, Level.PERSONAL]


def test_what_the_kiosk_itself_refused_is_kept_and_leads_to_nothing(shop: Shop) -> None:
    shop.member()
    outcome = shop.handle(Outbox().says(Scanned(S1, Verdict.UNREADABLE)))

    assert (shown(outcome), count(shop, EventRow), count(shop, VisitRow)) == ([], 1, 0)


def test_without_consent_to_presence_a_tag_leads_to_nothing(shop: Shop) -> None:
    shop.member(consents=ALL - {Purpose.PRESENCE})
    outcome = shop.handle(Outbox().says(near()))

    assert (outcome.live, count(shop, EventRow), count(shop, VisitRow)) == ([], 1, 0)


def test_without_consent_to_personal_offers_the_reason_is_kept(shop: Shop) -> None:
    shop.member(consents=ALL - {Purpose.PERSONAL_OFFERS})
    shop.offer("mine", priority=9)
    shop.offer("everybodys", is_personal=False)
    (answer,) = shown(shop.handle(Outbox().says(scan(pass_of(NGOC)))))

    assert [offer.id for offer in answer.offers] == ["everybodys"]
    assert sorted(reasons(shop)) == [Reason.CONSENT_MISSING, Reason.GRANTED]


def test_why_nothing_was_shown_is_kept_even_if_nothing_runs(shop: Shop) -> None:
    shop.member()
    shop.handle(Outbox().says(scan(pass_of(NGOC))))

    assert reasons(shop) == [Reason.NOTHING_RUNS]


def test_several_kiosks_and_evidences_are_one_visit_until_two_quiet_minutes(shop: Shop) -> None:
    shop.member()
    one, two = Outbox("quay-1"), Outbox("quay-2")
    shop.handle(one.says(near(None)), one.says(gone(8), NOON_MS + 8_000))
    shop.handle(two.says(near(None), NOON_MS + 90_000), two.says(gone(8), NOON_MS + 98_000))
    later = NOON_MS + 200_000
    shop.handle(two.says(scan(pass_of(NGOC, later)), later))
    assert count(shop, VisitRow) == 1

    shop.handle(one.says(near(None), later + 121_000))

    assert count(shop, VisitRow) == 2


def test_a_late_event_is_judged_at_the_time_it_happened(shop: Shop) -> None:
    shop.member()
    one, two = Outbox("quay-1"), Outbox("quay-2")
    shop.handle(one.says(near(None), NOON_MS + 60_000))
    shop.handle(two.says(near(None), NOON_MS))  # was offline

    with shop.read() as db:
        (visit,) = visits.newest_first(db, STORE, 10)
    assert (visit.first_at_ms, visit.last_at_ms) == (NOON_MS, NOON_MS + 60_000)
    assert visit.kiosk == "quay-1"


def test_duplicates_change_nothing_and_get_their_receipt_again(shop: Shop) -> None:
    shop.member()
    outbox = Outbox()
    first, second = outbox.says(near()), outbox.says(Left(f"t-{NGOC}", "quay-1", 4.0))
    shop.handle(first, second, first)

    outcome = shop.handle(first, second)

    assert count(shop, EventRow) == 2
    assert [receipt.upto for _, receipt in outcome.receipts] == [2]
    assert (outcome.live, outcome.shows) == ([], [])


def test_nothing_is_committed_past_a_gap(shop: Shop) -> None:
    outbox = Outbox()
    first, second, third = (outbox.says(Called(S1)) for _ in range(3))

    outcome = shop.handle(first, third)
    assert [receipt.upto for _, receipt in outcome.receipts] == [1]
    outcome = shop.handle(second, third)

    assert [receipt.upto for _, receipt in outcome.receipts] == [3]
    assert count(shop, EventRow) == 3


def test_a_changed_row_breaks_the_chain_and_stops_there(shop: Shop) -> None:
    outbox, twin = Outbox(), Outbox()
    good = outbox.says(Called(S1))
    twin.says(Called(S2))  # another history for number 1
    wrong = twin.says(Called(S1))

    outcome = shop.handle(good, wrong)

    assert [receipt.upto for _, receipt in outcome.receipts] == [1]


def test_a_new_outbox_begins_at_one_again(shop: Shop) -> None:
    shop.handle(Outbox().says(Called(S1)))
    outcome = shop.handle(Outbox(epoch="f" * 16).says(Called(S2)))

    assert [receipt.upto for _, receipt in outcome.receipts] == [1]
    assert count(shop, EventRow) == 2


def cards(shop: Shop) -> list[alerts.Card]:
    with shop.read() as db:
        return list(alerts.board(db, STORE))


def test_an_arriving_member_with_a_ready_order_is_one_card_with_their_name(shop: Shop) -> None:
    shop.member()
    shop.order()
    one, two = Outbox("quay-1"), Outbox("quay-2")
    shop.handle(one.says(near(None)), two.says(near(None), NOON_MS + 5_000))
    shop.handle(two.says(scan(pass_of(NGOC)), NOON_MS + 9_000))

    (card,) = cards(shop)
    assert (card.kind, card.name, card.order_number) == (AlertKind.PICK_UP, "Trần Bảo Ngọc", "#A-1")


def test_a_golden_member_is_announced_a_silver_one_is_not(shop: Shop) -> None:
    shop.member()
    shop.member(HUY, "Phạm Gia Huy", tier="gold")
    outbox = Outbox()
    shop.handle(outbox.says(near(None)), outbox.says(near(None, HUY)))

    assert [(card.kind, card.name) for card in cards(shop)] == [(AlertKind.VIP, "Phạm Gia Huy")]


def test_without_consent_to_staff_context_no_card_is_made_and_a_pick_up_has_no_name(
    shop: Shop,
) -> None:
    shop.member(consents=ALL - {Purpose.STAFF_CONTEXT}, tier="gold")
    shop.order()
    outbox = Outbox()
    shop.handle(outbox.says(near(None)), outbox.says(scan(pass_of(NGOC))))
    assert cards(shop) == []

    shop.handle(outbox.says(Touched(S1, Touch.PICK_UP, "A-1")))

    (card,) = cards(shop)
    assert (card.name, card.order_number) == ("", "#A-1")


def test_an_order_of_somebody_else_cannot_be_announced(shop: Shop) -> None:
    shop.member()
    shop.member(HUY, "Phạm Gia Huy")
    shop.order("B-1", HUY)
    outbox = Outbox()
    shop.handle(outbox.says(scan(pass_of(NGOC))), outbox.says(Touched(S1, Touch.PICK_UP, "B-1")))

    assert cards(shop) == []


def test_a_call_for_help_is_one_card_a_session_and_nameless_until_confirmed(shop: Shop) -> None:
    shop.member()
    outbox = Outbox()
    outcome = shop.handle(outbox.says(near()), outbox.says(Called(S1)), outbox.says(Called(S1)))

    assert [(card.kind, card.name) for card in cards(shop)] == [(AlertKind.HELP, "")]
    assert [live.noun for _, live in outcome.live] == [Noun.VISIT, Noun.ALERT]


def test_keys_in_tests_differ_between_members() -> None:
    assert key_of(NGOC).private_bytes_raw() != key_of(HUY).private_bytes_raw()


def staffed(shop: Shop, outcome: Outcome) -> None:
    """Somebody takes the only card and closes it."""
    shop.staff("An")
    with shop.writers.begin() as db:
        (card,) = alerts.board(db, STORE)
        alerts.claim(db, card.alert, "an", NOON_MS)
        alerts.serve(db, card.alert, "an")
        assert alerts.close(db, card.alert, "an", outcome, NOON_MS) == alerts.Moved()


def test_who_was_helped_may_call_again(shop: Shop) -> None:
    shop.member()
    outbox = Outbox()
    shop.handle(outbox.says(scan(pass_of(NGOC))), outbox.says(Called(S1)))
    staffed(shop, Outcome.ASSISTED)

    shop.handle(outbox.says(Called(S1), NOON_MS + 60_000))

    assert [card.kind for card in cards(shop)] == [AlertKind.HELP]


def test_an_order_nobody_found_may_be_announced_again(shop: Shop) -> None:
    shop.member()
    shop.order()
    outbox = Outbox()
    shop.handle(outbox.says(near()))
    staffed(shop, Outcome.NOT_FOUND)
    shop.handle(outbox.says(scan(pass_of(NGOC))))
    assert cards(shop) == []  # the arrival alone is no news

    shop.handle(outbox.says(Touched(S1, Touch.PICK_UP, "A-1")))

    assert [card.kind for card in cards(shop)] == [AlertKind.PICK_UP]


def test_an_order_handed_over_is_over(shop: Shop) -> None:
    shop.member()
    shop.order()
    outbox = Outbox()
    shop.handle(outbox.says(near()))
    staffed(shop, Outcome.HANDED_OVER)

    (answer,) = shown(shop.handle(outbox.says(scan(pass_of(NGOC)))))
    shop.handle(outbox.says(Touched(S1, Touch.PICK_UP, "A-1")))

    assert (answer.orders, cards(shop)) == ((), [])


def test_a_visitor_has_one_card_that_says_the_most_urgent_thing(shop: Shop) -> None:
    shop.member(tier="gold")
    outbox = Outbox()
    shop.handle(outbox.says(near()), outbox.says(scan(pass_of(NGOC))))
    assert [card.kind for card in cards(shop)] == [AlertKind.VIP]
    shop.order()

    shop.handle(outbox.says(Touched(S1, Touch.PICK_UP, "A-1")))
    assert [(card.kind, card.order_number) for card in cards(shop)] == [(AlertKind.PICK_UP, "#A-1")]
    shop.handle(outbox.says(Called(S1)))

    assert [(card.kind, card.order_number) for card in cards(shop)] == [(AlertKind.HELP, "#A-1")]


def test_a_stranger_who_called_and_then_showed_a_pass_has_one_card(shop: Shop) -> None:
    shop.member()
    outbox = Outbox()
    shop.handle(outbox.says(Called(S1)), outbox.says(scan(pass_of(NGOC))))
    shop.handle(outbox.says(Called(S1)))

    assert [(card.kind, card.name) for card in cards(shop)] == [(AlertKind.HELP, "Trần Bảo Ngọc")]


def test_a_call_from_before_the_network_was_back_is_no_task_any_more(shop: Shop) -> None:
    outbox = Outbox()
    shop.handle(outbox.says(Called(S1), NOON_MS), Outbox("quay-2").says(Called(S2), LATER_MS))

    assert [card.offered_at_ms for card in cards(shop)] == [LATER_MS]


def test_without_the_question_a_yes_means_nothing(shop: Shop) -> None:
    shop.member()
    outbox = Outbox()
    (answer,) = shown(shop.handle(outbox.says(near()), outbox.says(Touched(S1, Touch.CONFIRM))))

    assert (answer.refusal, answer.name) == (Refusal.NOT_RECOGNISED, "")


def test_consent_withdrawn_between_question_and_yes_shows_nothing_personal(shop: Shop) -> None:
    shop.member()
    outbox = Outbox()
    shop.handle(outbox.says(near()), outbox.says(Touched(S1, Touch.HELLO)))
    with shop.writers.begin() as db:
        db.execute(delete(ConsentRow))

    (answer,) = shown(shop.handle(outbox.says(Touched(S1, Touch.CONFIRM))))

    assert (answer.refusal, answer.name) == (Refusal.CONSENT_MISSING, "")


def test_what_comes_again_is_answered_again_and_decided_once(shop: Shop) -> None:
    shop.member()
    shop.offer()
    asked = Outbox().says(scan(pass_of(NGOC)))
    first, again = shop.handle(asked), shop.handle(asked)

    assert shown(again) == shown(first)
    assert [offer.id for offer in shown(again)[0].offers] == ["tea"]
    assert reasons(shop) == [Reason.GRANTED]


def test_what_was_answered_long_ago_is_not_said_again_after_something_else(shop: Shop) -> None:
    shop.member()
    outbox = Outbox()
    question = outbox.says(Touched(S1, Touch.HELLO))
    shop.handle(question, outbox.says(Touched(S1, Touch.CONFIRM)))

    assert shown(shop.handle(question)) == []


def test_more_orders_than_a_screen_is_told_of_do_not_silence_it(shop: Shop) -> None:
    shop.member()
    for number in range(13):
        shop.order(f"A-{number:02}")
    (answer,) = shown(shop.handle(Outbox().says(scan(pass_of(NGOC)))))

    assert codec.decode(Show, codec.encode(answer)) == answer


def test_one_id_given_twice_stops_nobody(shop: Shop) -> None:
    here, there = Outbox("quay-1"), Outbox("quay-2")
    one = here.says(Called(S1))
    there.chain = codec.GENESIS
    other = there.says(Called(S1))
    chain = codec.link(codec.GENESIS, one.event.id, 1, NOON_MS, other.body)
    twin = Received(structs.replace(other.event, id=one.event.id, chain=chain), other.body)

    outcome = shop.handle(one, twin)

    assert [receipt.upto for _, receipt in outcome.receipts] == [1, 1]


def test_a_pass_of_another_slot_in_a_clock_that_cannot_be_believed_is_judged_by_ours(
    shop: Shop,
) -> None:
    shop.member()
    outbox = Outbox()
    shop.handle(outbox.says(Called(S2), NOON_MS))
    received = outbox.says(scan(pass_of(NGOC)), 0)
    event = structs.replace(received.event, clock=ClockTrust.FLOOR)
    kiosk = Outbox("quay-2").says(Called(S2), NOON_MS)

    (answer,) = shown(shop.handle(Received(event, received.body), kiosk))

    assert answer.level is Level.PERSONAL


def test_an_order_that_is_not_ready_brings_nobody(shop: Shop) -> None:
    shop.member()
    shop.order(state="preparing")
    outbox = Outbox()
    shop.handle(outbox.says(scan(pass_of(NGOC))), outbox.says(Touched(S1, Touch.PICK_UP, "A-1")))

    assert cards(shop) == []


def test_consent_withdrawn_before_the_touch_asks_nothing(shop: Shop) -> None:
    shop.member()
    outbox = Outbox()
    shop.handle(outbox.says(near()))
    with shop.writers.begin() as db:
        db.execute(delete(ConsentRow))

    (answer,) = shown(shop.handle(outbox.says(Touched(S1, Touch.HELLO))))

    assert (answer.refusal, answer.masked_name) == (Refusal.NOT_RECOGNISED, "")


def test_an_order_is_not_announced_by_whoever_stands_near_a_tag(shop: Shop) -> None:
    shop.member(consents=ALL - {Purpose.STAFF_CONTEXT})
    shop.order()
    outbox = Outbox()
    shop.handle(outbox.says(near()), outbox.says(Touched(S1, Touch.PICK_UP, "A-1")))

    assert cards(shop) == []


def test_a_gap_and_a_broken_chain_are_reported_as_what_they_are(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = Outbox()
    first, _, third = (outbox.says(Called(S1)) for _ in range(3))
    shop.handle(first, third)
    assert "gap, have 1, got 3" in caplog.text

    shop.handle(Received(structs.replace(third.event, seq=2), third.body))
    assert "the chain is broken at 2" in caplog.text
