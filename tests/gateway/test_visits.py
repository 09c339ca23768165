"""One visit, however many kiosks and evidences, in whatever order they reach the gateway."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from contract.events import Arrived, Body, Called, Left, Moved, Scanned, Touch, Touched, Verdict
from contract.messages import Noun
from gateway.core.matching import Source
from gateway.core.visits import LONGEST_MS, QUIET_MS
from gateway.store import alerts, offers
from gateway.store.screen_sessions import ScreenSessionRow
from gateway.store.visits import VisitRow
from tests.gateway.shop import NGOC, NOON_MS, STORE, Outbox, Shop, pass_of, shown

S1, S2 = "0000000000000001", "0000000000000002"
MINUTE_MS = 60_000


def near(session: str | None = None) -> Arrived:
    return Arrived(f"t-{NGOC}", "quay-1", -60, session)


def gone(dwell_s: float) -> Left:
    return Left(f"t-{NGOC}", "quay-1", dwell_s)


def scan(at_ms: int, session: str = S1) -> Scanned:
    return Scanned(session, Verdict.GOOD, pass_of(NGOC, at_ms))


def spans(shop: Shop) -> list[tuple[int, int]]:
    """Every visit, in minutes after noon."""
    with shop.read() as db:
        rows = db.scalars(select(VisitRow).order_by(VisitRow.first_at_ms)).all()
    return [
        ((row.first_at_ms - NOON_MS) // MINUTE_MS, (row.last_at_ms - NOON_MS) // MINUTE_MS)
        for row in rows
    ]


@pytest.fixture
def told(shop: Shop) -> Shop:
    """The shop with one member."""
    shop.member()
    return shop


def test_who_stands_at_a_kiosk_for_long_and_then_shows_a_pass_is_one_visit(told: Shop) -> None:
    one, two = Outbox("quay-1"), Outbox("quay-2")
    told.handle(one.says(near()))
    five = NOON_MS + 5 * MINUTE_MS
    told.handle(two.says(scan(five), five))
    assert spans(told) == [(0, 5)]

    told.handle(one.says(gone(600), NOON_MS + 10 * MINUTE_MS))

    assert spans(told) == [(0, 10)]


def test_a_departure_says_how_long_somebody_was_here(told: Shop) -> None:
    told.handle(Outbox().says(gone(300), NOON_MS + 5 * MINUTE_MS))

    assert spans(told) == [(0, 5)]


def test_after_everybody_stopped_hearing_the_tag_two_quiet_minutes_end_the_visit(
    told: Shop,
) -> None:
    one, two = Outbox("quay-1"), Outbox("quay-2")
    told.handle(one.says(near()), two.says(near()), one.says(gone(9), NOON_MS + 9_000))
    told.handle(two.says(gone(60), NOON_MS + MINUTE_MS))
    later = NOON_MS + MINUTE_MS + QUIET_MS + 1
    told.handle(one.says(near(), later))

    assert spans(told) == [(0, 1), (3, 3)]


def test_a_tag_that_was_left_behind_begins_a_new_visit_each_week(told: Shop) -> None:
    outbox, times = Outbox(), LONGEST_MS // MINUTE_MS + 3
    told.handle(*(outbox.says(near(), NOON_MS + minute * MINUTE_MS) for minute in range(times)))

    told.handle(outbox.says(near(), NOON_MS + times * MINUTE_MS))

    (first, _), (second, last) = spans(told)
    assert (first, second, last) == (0, times, times)


def test_touches_are_evidence_too(told: Shop) -> None:
    outbox = Outbox()
    told.handle(outbox.says(near(S1)), outbox.says(gone(5), NOON_MS + 5_000))
    told.handle(outbox.says(Touched(S1, Touch.HELLO), NOON_MS + 100_000))
    later = NOON_MS + 4 * MINUTE_MS - 30_000
    told.handle(outbox.says(scan(later, S2), later))

    assert spans(told) == [(0, 3)]


def test_evidence_that_comes_late_makes_one_visit_of_two_and_nothing_is_left_behind(
    told: Shop,
) -> None:
    told.offer()
    told.order()
    one, two = Outbox("quay-1"), Outbox("quay-2")
    told.handle(one.says(near()), one.says(gone(5), NOON_MS + 5_000))
    third = NOON_MS + 3 * MINUTE_MS
    told.handle(one.says(scan(third), third))
    assert spans(told) == [(0, 0), (3, 3)]

    between = NOON_MS + 90_000
    outcome = told.handle(two.says(near(), between), two.says(gone(5), between + 5_000))

    assert spans(told) == [(0, 3)]
    with told.read() as db:
        (visit,) = db.scalars(select(VisitRow)).all()
        assert list(offers.latest(db, visit.visit).values()) == ["granted"]
        assert visit.confidence == 0.95
        assert visit.evidence == Source.PASS
        cards = db.scalars(select(alerts.AlertRow)).all()
        assert {card.visit for card in cards} == {visit.visit}
    changed = {live.id for _, live in outcome.live if live.noun is Noun.VISIT}
    assert len(changed) == 2  # the one that is, and the one that is no more


Story = list[tuple[str, int, Body]]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """What three kiosks saw of one member within twenty minutes: kiosk, time, body."""
    story: Story = []
    for kiosk in ("quay-1", "quay-2"):
        at_ms = NOON_MS
        for _ in range(draw(st.integers(0, 4))):
            at_ms += draw(st.integers(1, 300)) * 1_000
            dwell_s = draw(st.integers(0, 200))
            at_ms += dwell_s * 1_000
            story.append((kiosk, at_ms, gone(dwell_s)))
    return story


def one_by_one(story: Story) -> list[tuple[int, int]]:
    """The visits as a person would draw them on paper."""
    drawn: list[tuple[int, int]] = []
    for first, last in sorted(
        (at_ms - int(body.dwell_s * 1_000), at_ms)
        for _, at_ms, body in story
        if isinstance(body, Left)
    ):
        if drawn and first <= drawn[-1][1] + QUIET_MS:
            drawn[-1] = (drawn[-1][0], max(drawn[-1][1], last))
        else:
            drawn.append((first, last))
    return drawn


@given(story=stories(), data=st.data())
@settings(max_examples=40, deadline=None)
def test_visits_do_not_depend_on_the_order_in_which_kiosks_are_heard(
    tmp_path_factory: pytest.TempPathFactory, story: Story, data: st.DataObject
) -> None:
    shop = Shop(tmp_path_factory.mktemp("order"))
    shop.member()
    outboxes = {kiosk: Outbox(kiosk) for kiosk in ("quay-1", "quay-2")}
    queues = {kiosk: [one for one in story if one[0] == kiosk] for kiosk in outboxes}
    while any(queues.values()):
        kiosk = data.draw(st.sampled_from([name for name, queue in queues.items() if queue]))
        size = data.draw(st.integers(1, len(queues[kiosk])))
        batch, queues[kiosk] = queues[kiosk][:size], queues[kiosk][size:]
        shop.handle(*(outboxes[kiosk].says(body, at_ms) for _, at_ms, body in batch))

    with shop.read() as db:
        rows = db.scalars(select(VisitRow).order_by(VisitRow.first_at_ms)).all()
    assert [(row.first_at_ms, row.last_at_ms) for row in rows] == one_by_one(story)
    assert all(row.store == STORE for row in rows)
    shop.engine.dispose()


def test_visits_that_become_one_take_everything_along(told: Shop) -> None:
    told.offer()
    one, two = Outbox("quay-1"), Outbox("quay-2")
    third = NOON_MS + 3 * MINUTE_MS
    shown_there = one.says(scan(third), third)
    between = [two.says(near(), NOON_MS + 90_000), two.says(gone(5), NOON_MS + 95_000)]
    told.handle(Outbox("quay-1", "f" * 16).says(gone(5)))
    told.handle(shown_there, one.says(near(), third), one.says(Called(S1), third), *between)

    with told.read() as db:
        (visit,) = db.scalars(select(VisitRow)).all()
        (card,) = alerts.lately(db, [STORE], [NGOC], 0)
        assert card.visit == visit.visit
        assert visit.heard_by == 1
        assert list(offers.latest(db, visit.visit).values()) == ["granted"]
    (again,) = shown(told.handle(shown_there))
    assert [offer.id for offer in again.offers] == ["tea"]


def test_a_session_stays_with_its_visit_when_that_turns_out_to_be_an_older_one(told: Shop) -> None:
    one, two = Outbox("quay-1"), Outbox("quay-2")
    told.handle(one.says(near()), one.says(gone(0)))
    three = NOON_MS + 3 * MINUTE_MS
    told.handle(
        two.says(scan(three), three),
        one.says(Moved(f"t-{NGOC}", "quay-1"), NOON_MS + 90_000),  # late: it joins both
        two.says(Touched(S1, Touch.CONFIRM), three + 1_000),
    )

    assert spans(told) == [(0, 3)]
    with told.read() as db:
        (visit,) = db.scalars(select(VisitRow.visit))
        assert db.scalars(select(ScreenSessionRow.visit)).all() == [visit]
