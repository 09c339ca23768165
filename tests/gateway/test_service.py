"""Stories at the gateway: what comes from kiosks, what is decided, what is said."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from contract.events import Arrived, Called, Left, Scanned, Touch, Touched, Verdict
from contract.messages import Level, Noun, Refusal
from gateway.core.alerts import AlertKind
from gateway.core.consent import Purpose
from gateway.core.offers import Reason
from gateway.store import alerts, offers, visits
from gateway.store.events import EventRow
from gateway.store.visits import VisitRow
from tests.gateway.shop import ALL, HUY, NGOC, NOON_MS, STORE, Outbox, Shop, key_of, pass_of, shown

S1, S2 = "0000000000000001", "0000000000000002"


def near(session: str | None = S1, member: str = NGOC) -> Arrived:
    return Arrived(f"t-{member}", "quay-1", -60, session)


def scan(text: str, session: str = S1) -> Scanned:
    return Scanned(session, Verdict.GOOD, text)


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
    shop.handle(one.says(near(None)), two.says(near(None), NOON_MS + 90_000))
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
