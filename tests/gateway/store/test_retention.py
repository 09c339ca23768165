"""A run forgets exactly what the table says, by row, while others write; and says what went."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from contract.events import Arrived, Body, Called, Left, Moved, Scanned, Verdict
from gateway.core.consent_texts import DAY_MS
from gateway.core.retention import RULES, Kept, table
from gateway.store import event_check, retention
from gateway.store.alert_rows import AlertRow
from gateway.store.appointments import AppointmentRow
from gateway.store.audit import AuditRow
from gateway.store.base import Base
from gateway.store.consents import ConsentSaidRow
from gateway.store.dead_letters import DeadLetterRow
from gateway.store.device_orders import DeviceOrderRow
from gateway.store.entries import DoorRecordRow
from gateway.store.events import FORGOTTEN, EventRow
from gateway.store.experiments import ExposureRow
from gateway.store.interests import InterestRow
from gateway.store.kiosk_petition_rows import KioskPetitionRow
from gateway.store.messages import MessageSentRow
from gateway.store.offers import DecisionRow
from gateway.store.one_time_codes import OneTimeCodeRow
from gateway.store.pass_uses import PassUseRow
from gateway.store.phones import PhoneCodeRow
from gateway.store.retention import PARTS, RetentionRunRow
from gateway.store.visits import VisitRow
from tests.gateway.shop import NGOC, NOON_MS, STORE, Outbox, Shop
from tests.waiting import until

BREATH_S = 0.002  # SQLite has no queue: who wants to write again at once would always be first
MOST_BATCHES = 5_000  # a run that never ended would be stopped by these
FOREVER = dict.fromkeys(Kept)
NOW_MS = NOON_MS + 1_000 * DAY_MS
COUNTED = {"number", "letter", "alert", "decision", "entry"}  # by the database
EVENTS: dict[str, Body] = {
    "came": Arrived("t-nobody", "quay-1", -60),
    "moved": Moved("t-nobody", "quay-2"),
    "left": Left("t-nobody", "quay-1", 9),
    "refused": Scanned("0000000000000001", Verdict.EXPIRED, "MD1:X"),
    "good": Scanned("0000000000000002", Verdict.GOOD, "MD1:Y"),
    "called": Called("0000000000000003"),
}
Rows = Callable[[int, int], dict[str, Any]]

# Each sort of row: its table, and what makes one by number and age; the rest is blank.
ROWS: dict[str, tuple[type[Base], Rows]] = {
    "pass": (PassUseRow, lambda n, at: {"slot": n, "at_ms": at}),
    "link": (PhoneCodeRow, lambda n, at: {"digest": f"d{n}", "until_ms": at}),
    "code": (OneTimeCodeRow, lambda n, at: {"who": f"w{n}", "asked_at_ms": at}),
    "letter": (DeadLetterRow, lambda n, at: {"digest": f"d{n}", "payload": b"", "at_ms": at}),
    "deed": (AuditRow, lambda _, at: {"at_ms": at}),
    "viewed": (InterestRow, lambda n, at: {"word": f"w{n}", "at_ms": at}),
    "message": (MessageSentRow, lambda _, at: {"at_ms": at}),
    "card": (AlertRow, lambda _, at: {"closed_at_ms": at}),
    "appointment": (
        AppointmentRow,
        lambda n, at: {"appointment": f"a{n}", "starts_at_ms": at, "changed_at_ms": at},
    ),
    "order": (DeviceOrderRow, lambda n, at: {"nonce": f"n{n}", "at_ms": at}),
    "newcomer": (KioskPetitionRow, lambda n, at: {"petition": f"p{n}", "until_ms": at}),
    "door": (DoorRecordRow, lambda n, at: {"number": n, "decided_ms": at}),
    "proof": (ConsentSaidRow, lambda _, at: {"member": "nobody", "at_ms": at}),
    "tested": (ExposureRow, lambda n, at: {"experiment": f"e{n}", "at_ms": at}),
    "decision": (DecisionRow, lambda _, at: {"visit": 1, "at_ms": at}),
    "visit": (VisitRow, lambda n, at: {"visit": n, "last_at_ms": at}),
}
FORGETS = {
    Kept.SIGHTINGS: {"came", "moved", "left"},
    Kept.FAILED_SCANS: {"refused"},
    Kept.PASS_USES: {"pass"},
    Kept.PHONE_CODES: {"link", "code"},
    Kept.DEAD_LETTERS: {"letter"},
    Kept.INTERESTS: {"viewed"},
    Kept.MESSAGES: {"message"},
    Kept.DECISIONS: {"decision"},
    Kept.VISITS: {"visit", "card", "appointment", "door", "order", "newcomer", "tested", *EVENTS},
    Kept.CONSENT_PROOFS: {"proof"},
    Kept.AUDIT: {"deed"},
}


def filled(made: type[Base], given: dict[str, Any]) -> dict[str, Any]:
    """A row of Ngọc's, with blanks where nothing is given and something must stand."""
    known = {"member": NGOC, "store": STORE, **given}
    row = {}
    for column in made.__table__.columns:
        if column.name in known:
            row[column.name] = known[column.name]
        elif not column.nullable and column.name not in COUNTED:
            row[column.name] = column.type.python_type()
    return row


def aged(shop: Shop, at_ms: int, first: int = 10) -> None:
    """One row and one event of every sort, of that age."""
    with shop.writers.begin() as db:
        for made, row in ROWS.values():
            db.execute(insert(made).values(filled(made, row(first, at_ms))))
    outbox = Outbox(epoch=f"{first:016x}")
    shop.handle(*(outbox.says(body, at_ms) for body in EVENTS.values()))


def there(db: Session) -> dict[str, int]:
    """How many rows and unforgotten events there are of each sort."""
    counts = {name: len(db.scalars(select(made)).all()) for name, (made, _) in ROWS.items()}
    said = [row.kind + row.body for row in db.scalars(select(EventRow)) if row.body != FORGOTTEN]
    marks = {"came": "arrived", "refused": '"expired"', "good": '"good"'}
    return counts | {name: sum(marks.get(name, name) in one for one in said) for name in EVENTS}


@pytest.fixture
def stocked(shop: Shop) -> Shop:
    shop.member()
    with shop.writers.begin() as db:
        visit = {"visit": 1, "last_at_ms": NOW_MS}
        db.execute(insert(VisitRow).values(filled(VisitRow, visit)))
    return shop


@pytest.mark.parametrize("kept", Kept)
def test_one_line_of_the_table_forgets_its_own_and_nothing_else(stocked: Shop, kept: Kept) -> None:
    days = RULES[kept].days
    aged(stocked, NOW_MS - days * DAY_MS - 1, 10)
    aged(stocked, NOW_MS - days * DAY_MS, 20)
    with stocked.read() as db:
        before = there(db)
    due = retention.due(stocked.readers, {**FOREVER, kept: days}, NOW_MS)

    report = retention.run(
        stocked.readers, {**FOREVER, kept: days}, NOW_MS, lambda _: None, at_a_time=2
    )

    with stocked.read() as db:
        after = there(db)
        assert {name for name in after if after[name] < before[name]} == FORGETS[kept]
        assert all(before[name] - after[name] == 1 for name in FORGETS[kept])
        assert list(event_check.check(db)) == [], "what was forgotten is not what is missing"
        (line,) = retention.latest(db)
    assert (line.kept, line.removed, line.at_ms) == (kept, report[0].removed, NOW_MS)
    assert due == {kept: line.removed} == {kept: len(FORGETS[kept])}


def test_who_comes_meanwhile_is_taken_and_kept(stocked: Shop) -> None:
    """Between any two steps a batch of intake finds the database free. One card is still open."""
    aged(stocked, NOW_MS - 2_000 * DAY_MS)
    outbox, came = Outbox("quay-2", epoch="f" * 16), []

    def somebody_comes(_seconds: float) -> None:
        came.append(stocked.handle(outbox.says(EVENTS["good"], NOW_MS)))

    report = retention.run(stocked.readers, table({}), NOW_MS, somebody_comes, at_a_time=1)

    assert sum(row.removed for row in report) == sum(map(len, FORGETS.values())) - 4
    assert len(came) >= len(report)
    with stocked.read() as db:
        assert there(db) == dict.fromkeys(there(db), 0) | {"good": len(came), "visit": 1, "card": 1}
        assert list(event_check.check(db)) == []


def test_a_run_beside_an_intake_that_never_rests_forgets_the_old_and_nothing_else(
    stocked: Shop,
) -> None:
    """Two that write at the same time: each batch and each step has to wait for the other."""
    sets = 4
    for number in range(sets):
        aged(stocked, NOW_MS - 2_000 * DAY_MS, 100 + number)
    with stocked.read() as db:
        old = there(db)
    outbox, is_over = Outbox("quay-2", epoch="f" * 16), threading.Event()
    came: list[float] = []  # when each batch was committed

    def intake() -> None:
        while not is_over.is_set() and len(came) < MOST_BATCHES:
            stocked.handle(outbox.says(EVENTS["good"], NOW_MS), outbox.says(EVENTS["came"], NOW_MS))
            came.append(monotonic())
            is_over.wait(BREATH_S)

    def rest(_s: float) -> None:
        is_over.wait(BREATH_S)

    beside = threading.Thread(target=intake, name="intake")
    beside.start()
    try:
        until(lambda: bool(came), "the first batch")
        began = monotonic()
        report = retention.run(stocked.readers, table({}), NOW_MS, rest, at_a_time=3)
        ended = monotonic()
    finally:
        is_over.set()
        beside.join()

    during = sum(began < at < ended for at in came)
    assert during > 2, "both had their turns"
    kept = {"card": 1, "visit": 1, "good": len(came), "came": len(came)}
    with stocked.read() as db:
        assert there(db) == dict.fromkeys(old, 0) | kept
        assert list(event_check.check(db)) == []
    gone = sum(old.values()) - 2  # the open card and the visit of today
    assert sum(row.removed for row in report) == gone


def test_what_is_used_again_while_it_is_looked_for_stays(stocked: Shop) -> None:
    aged(stocked, NOW_MS - 2_000 * DAY_MS)
    part, _touches = PARTS[Kept.INTERESTS]
    with stocked.writers.begin() as db:
        keys = [(row.member, row.kind, row.word) for row in db.scalars(select(InterestRow))]
        for row in db.scalars(select(InterestRow)):
            row.at_ms = NOW_MS

    with stocked.writers.begin() as db:
        assert retention._forget(db, part, NOW_MS - DAY_MS, keys) == 0

    assert stocked.count(InterestRow) == 1


def test_a_proof_of_somebody_who_is_here_stays_however_old(stocked: Shop) -> None:
    with stocked.writers.begin() as db:
        db.execute(insert(ConsentSaidRow).values(filled(ConsentSaidRow, {})))

    retention.run(stocked.readers, table({}), NOW_MS, lambda _: None)

    assert stocked.count(ConsentSaidRow) == 1
    assert stocked.count(RetentionRunRow) == len(Kept)


def test_an_open_card_and_a_coming_appointment_stay(stocked: Shop) -> None:
    aged(stocked, NOW_MS - 2_000 * DAY_MS)
    with stocked.writers.begin() as db:
        for card in db.scalars(select(AlertRow)):
            card.closed_at_ms = None
        for appointment in db.scalars(select(AppointmentRow)):
            appointment.starts_at_ms = NOW_MS + DAY_MS

    retention.run(stocked.readers, table({}), NOW_MS, lambda _: None)

    assert (stocked.count(AlertRow), stocked.count(AppointmentRow)) == (2, 1)
