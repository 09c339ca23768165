"""Stories at the gateway: what comes from kiosks, what is decided, what is said."""

from __future__ import annotations

import pytest
from msgspec import structs
from sqlalchemy import delete

from contract import codec
from contract.events import (
    Called,
    ClockTrust,
    Left,
    Scanned,
    Touch,
    Touched,
    Verdict,
)
from contract.messages import Level, Refusal, Show
from gateway.core.consent import Purpose
from gateway.core.offers.reasons import Reason
from gateway.store import pauses, profiles, visits
from gateway.store.events import EventRow, Received
from gateway.store.profiles import ConsentRow
from gateway.store.visits import VisitRow
from tests.gateway.shop import (
    ALL,
    HUY,
    NGOC,
    NOON_MS,
    S1,
    S2,
    STORE,
    Outbox,
    Shop,
    key_of,
    near,
    pass_of,
    scan,
    shown,
)


def gone(dwell_s: float) -> Left:
    return Left(f"t-{NGOC}", "quay-1", dwell_s)


def test_a_tag_opens_a_visit_and_says_nothing_to_the_screen(shop: Shop) -> None:
    shop.member()
    outcome = shop.handle(Outbox().says(near()))

    assert shown(outcome) == []
    assert shop.count(VisitRow) == 1


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


def test_who_does_not_want_to_be_recognised_today_is_not_by_a_tag_but_by_a_pass(shop: Shop) -> None:
    shop.member()
    outbox = Outbox()
    shop.handle(outbox.says(near()), outbox.says(Touched(S1, Touch.HELLO)))

    shop.handle(outbox.says(Touched(S1, Touch.PAUSE)))

    with shop.writers.begin() as db:
        assert pauses.until_ms(db, NGOC, NOON_MS) == NOON_MS + pauses.PAUSE_MS
        assert profiles.owners(db, {f"t-{NGOC}"}) == {}
    (refused,) = shown(shop.handle(outbox.says(Touched(S1, Touch.CONFIRM))))
    assert refused.level == Level.REFUSED
    (answer,) = shown(shop.handle(outbox.says(scan(pass_of(NGOC), S2))))
    assert answer.level == Level.PERSONAL


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
    assert shop.count(VisitRow) == 0


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

    assert (shown(outcome), shop.count(EventRow), shop.count(VisitRow)) == ([], 1, 0)


def test_without_consent_to_presence_a_tag_leads_to_nothing(shop: Shop) -> None:
    shop.member(consents=ALL - {Purpose.PRESENCE})
    outcome = shop.handle(Outbox().says(near()))

    assert (outcome.live, shop.count(EventRow), shop.count(VisitRow)) == ([], 1, 0)


def test_without_consent_to_personal_offers_the_reason_is_kept(shop: Shop) -> None:
    shop.member(consents=ALL - {Purpose.PERSONAL_OFFERS})
    shop.offer("mine", priority=9)
    shop.offer("everybodys", is_personal=False)
    (answer,) = shown(shop.handle(Outbox().says(scan(pass_of(NGOC)))))

    assert [offer.id for offer in answer.offers] == ["everybodys"]
    assert sorted(shop.reasons()) == [Reason.CONSENT_MISSING, Reason.GRANTED]


def test_why_nothing_was_shown_is_kept_even_if_nothing_runs(shop: Shop) -> None:
    shop.member()
    shop.handle(Outbox().says(scan(pass_of(NGOC))))

    assert shop.reasons() == [Reason.NOTHING_RUNS]


def test_several_kiosks_and_evidences_are_one_visit_until_two_quiet_minutes(shop: Shop) -> None:
    shop.member()
    one, two = Outbox("quay-1"), Outbox("quay-2")
    shop.handle(one.says(near(None)), one.says(gone(8), NOON_MS + 8_000))
    shop.handle(two.says(near(None), NOON_MS + 90_000), two.says(gone(8), NOON_MS + 98_000))
    later = NOON_MS + 200_000
    shop.handle(two.says(scan(pass_of(NGOC, later)), later))
    assert shop.count(VisitRow) == 1

    shop.handle(one.says(near(None), later + 121_000))

    assert shop.count(VisitRow) == 2


def test_a_late_event_is_judged_at_the_time_it_happened(shop: Shop) -> None:
    shop.member()
    one, two = Outbox("quay-1"), Outbox("quay-2")
    shop.handle(one.says(near(None), NOON_MS + 60_000))
    shop.handle(two.says(near(None), NOON_MS))  # was offline

    with shop.read() as db:
        (visit,) = visits.newest_first(db, STORE, 10)
    assert (visit.first_at_ms, visit.last_at_ms) == (NOON_MS, NOON_MS + 60_000)
    assert visit.kiosk == "quay-1"


def test_keys_in_tests_differ_between_members() -> None:
    assert key_of(NGOC).private_bytes_raw() != key_of(HUY).private_bytes_raw()


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


def test_more_orders_than_a_screen_is_told_of_do_not_silence_it(shop: Shop) -> None:
    shop.member()
    for number in range(13):
        shop.order(f"A-{number:02}")
    (answer,) = shown(shop.handle(Outbox().says(scan(pass_of(NGOC)))))

    assert codec.decode(Show, codec.encode(answer)) == answer


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


def test_consent_withdrawn_before_the_touch_asks_nothing(shop: Shop) -> None:
    shop.member()
    outbox = Outbox()
    shop.handle(outbox.says(near()))
    with shop.writers.begin() as db:
        db.execute(delete(ConsentRow))

    (answer,) = shown(shop.handle(outbox.says(Touched(S1, Touch.HELLO))))

    assert (answer.refusal, answer.masked_name) == (Refusal.NOT_RECOGNISED, "")
