"""Erases somebody: every row that says who they are, and every trace in bodies and logs.

What the shop must keep for its accounts stays, under a new name that means nobody.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Engine,
    LargeBinary,
    String,
    cast,
    delete,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, sessionmaker

from gateway.core import erasing
from gateway.core.changes import Noun
from gateway.core.consent import Method
from gateway.core.erasing import Person, spellings_of
from gateway.store import external_ids, incidents, profiles, stores
from gateway.store.alert_rows import AlertRow
from gateway.store.api_answers import ApiAnswerRow
from gateway.store.appointments import AppointmentRow
from gateway.store.audit import AuditRow
from gateway.store.base import Base, take_turns, writing
from gateway.store.batches import among
from gateway.store.connectors import DeliveryRow
from gateway.store.consents import ConsentSaidRow
from gateway.store.dead_letters import DeadLetterRow
from gateway.store.entries import DoorRecordRow
from gateway.store.events import FORGOTTEN, EventRow
from gateway.store.experiments import ExposureRow
from gateway.store.external_ids import ExternalIdRow
from gateway.store.interests import InterestRow
from gateway.store.journeys import CreditRow, JourneyRow
from gateway.store.ledger import LotRow, PostingRow
from gateway.store.merges import MergeRow
from gateway.store.messages import MessageSentRow
from gateway.store.offers import DecisionRow
from gateway.store.orders import OrderRow, OrderStepRow
from gateway.store.outgoing import OutgoingDeliveryRow, OutgoingEventRow
from gateway.store.outside import MEMBER_BYTES, OutsideRow
from gateway.store.pass_uses import PassUseRow
from gateway.store.pauses import PauseRow
from gateway.store.phones import PhoneCodeRow
from gateway.store.pick_up_codes import PickUpCodeRow
from gateway.store.privacy_requests import PrivacyRequestRow
from gateway.store.profiles import ConsentRow, PassKeyRow, ProfileRow, TagRow
from gateway.store.redemptions import RedemptionRow, TallyRow
from gateway.store.retention import AT_A_TIME, REST_S
from gateway.store.sales import SaleRow
from gateway.store.screen_sessions import ScreenSessionRow
from gateway.store.stores import KioskRow
from gateway.store.touches import JourneyDueRow, TouchRow
from gateway.store.visits import VisitRow
from gateway.store.vouchers import VoucherRow
from gateway.store.weeks_of_visits import weeks_of

# Rows that go. What refers to others stands before them; what is not here goes to nobody.
GO: tuple[type[Base], ...] = (
    *(
        ExposureRow,
        ScreenSessionRow,
        AppointmentRow,
        VisitRow,
        PassUseRow,
        PhoneCodeRow,
        PassKeyRow,
    ),
    *(
        TagRow,
        ConsentRow,
        InterestRow,
        PauseRow,
        ExternalIdRow,
        MessageSentRow,
        ConsentSaidRow,
        VoucherRow,
    ),
    *(TouchRow, JourneyRow, CreditRow, JourneyDueRow),
)
# The shop's accounts, and who did what: they are nobody's from now on.
STAY: tuple[type[Base], ...] = (PostingRow, LotRow, OrderRow, RedemptionRow, AuditRow, SaleRow)
# The rest of the tables with a member in them, each with a way of its own below.
OTHERWISE = {"profile", "privacy_request", "alert"}

Wait = Callable[[float], object]


@dataclass
class Report:
    """What went, by table; what stays under nobody's name."""

    gone: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)


def person(db: Session, member: str) -> Person:
    """All by which a member may be found, whoever they were one with."""
    members = profiles.names(db, member)
    rows = db.scalars(select(ProfileRow).where(among(ProfileRow.member, rows=members))).all()
    tags = db.scalars(select(TagRow).where(among(TagRow.member, rows=members))).all()
    known = [row.external for row in external_ids.of(db, members)]
    of_shops = db.scalars(
        select(OutsideRow.outside).filter_by(noun=Noun.CUSTOMER).where(OutsideRow.ours.in_(members))
    ).all()
    said = [word for row in rows for word in (row.name, row.phone)]
    keys = db.scalars(select(PassKeyRow.public_key).where(among(PassKeyRow.member, rows=members)))
    words = spellings_of(known, *said, *of_shops, *keys, *(row.identity for row in tags))
    return Person(frozenset(members), frozenset(row.tag for row in tags), words)


def graves_of(db: Session, who: Person, key: bytes) -> frozenset[str]:
    """The tombstones of somebody: what a file or a web shop could bring them back by."""
    members = sorted(who.members)
    ids = [row.external for row in external_ids.of(db, members)]
    tags = db.scalars(select(TagRow.identity).where(among(TagRow.member, rows=members)))
    words = {*ids, *(f"member:{one}" for one in members), *(f"tag:{one}" for one in tags)}
    customers = select(OutsideRow.connector, OutsideRow.outside).filter_by(noun=Noun.CUSTOMER)
    found = db.execute(customers.where(OutsideRow.ours.in_(members)))
    words |= {f"{erasing.TAG_ID}{one}" for one in who.tags}
    words |= {f"shop:{connector}:{outside}" for connector, outside in found}
    return frozenset(erasing.tombstones(key, words))


def forget_events(sessions: sessionmaker[Session], who: Person, rest: Wait) -> int:
    """Blank every event that says something of them, a few at a time; how many those were."""
    blanked, after = 0, ""
    row = EventRow
    key = (row.store, row.kiosk, row.epoch, row.seq)
    while True:
        query = select(row.id, row.body, *key).where(row.id > after, row.body != FORGOTTEN)
        with sessions() as db:
            found = db.execute(query.order_by(row.id).limit(10 * AT_A_TIME)).all()
        if not found:
            return blanked
        theirs = [one for one in found if who.is_in(one.body.encode())]
        if theirs:
            with writing(sessions) as db:
                for one in theirs:
                    place = dict(zip(("store", "kiosk", "epoch", "seq"), one[2:], strict=True))
                    db.execute(update(row).filter_by(**place).values(body=FORGOTTEN))
        blanked, after = blanked + len(theirs), found[-1].id
        rest(REST_S)


def forget(db: Session, who: Person) -> Report:
    """Everything else, in one transaction."""
    take_turns(db, [one.store for one in stores.every(db)])
    report, members = Report(), sorted(who.members)
    nobody = secrets.token_hex(MEMBER_BYTES)
    _forget_bodies(db, who, report)
    _keep_said(db, members, nobody)
    theirs = among(VisitRow.member, rows=members), weeks_of(VisitRow)
    visits = select(VisitRow.visit).where(*theirs)
    report.gone["decision"] = _count(db, delete(DecisionRow).where(DecisionRow.visit.in_(visits)))
    for table in GO:
        of_members = among(_member(table), rows=members), weeks_of(table)
        gone = delete(table).where(*of_members)
        report.gone[table.__tablename__] = _count(db, gone)
    _to_nobody(db, members, nobody, report)
    merged = or_(MergeRow.kept.in_(members), MergeRow.gone.in_(members))
    report.gone["merge"] = _count(db, delete(MergeRow).where(merged))
    mine = OutsideRow.ours.in_(members)
    customers = delete(OutsideRow).where(OutsideRow.noun == Noun.CUSTOMER, mine)
    report.gone["outside"] = _count(db, customers)
    _blank_requests(db, members)
    report.gone["profile"] = _count(
        db, delete(ProfileRow).where(among(ProfileRow.member, rows=members))
    )
    stores.next_edition(db)
    return report


def clean(engine: Engine) -> None:
    """Leave nothing of it in the log or in pages that are free: what was deleted is overwritten."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        if engine.dialect.name == "sqlite":
            db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            db.exec_driver_sql("VACUUM")


def written(report: Report) -> dict[str, dict[str, int]]:
    """A report as it is kept: numbers by table, and nothing else."""
    return {
        name: {table: number for table, number in counts.items() if number}
        for name, counts in asdict(report).items()
    }


def _member(table: type[Base]) -> Any:
    return table.member  # type: ignore[attr-defined]


def _count(db: Session, statement: Any) -> int:
    found: Any = db.execute(statement.execution_options(synchronize_session=False))
    return int(found.rowcount)


def _keep_said(db: Session, members: Collection[str], nobody: str) -> None:
    """That somebody agreed, to what and when, without a word of who it was."""
    query = select(ConsentSaidRow).where(among(ConsentSaidRow.member, rows=members))
    for row in db.scalars(query.order_by(ConsentSaidRow.number)).all():
        said = {
            column.name: getattr(row, column.name)
            for column in ConsentSaidRow.__table__.columns
            if column.name != "number"
        }
        blank = {"member": nobody, "device": "", "evidence": ""}
        how = {"method": row.method or str(Method.BEFORE)}
        db.execute(insert(ConsentSaidRow).values({**said, **how, **blank}))


def _to_nobody(db: Session, members: Sequence[str], nobody: str, report: Report) -> None:
    db.execute(
        insert(ProfileRow).values(
            member=nobody, name="", phone="", tier="member", points=0, interests=""
        )
    )
    for table in STAY:
        moved = update(table).where(among(_member(table), rows=members)).values(member=nobody)
        report.kept[table.__tablename__] = _count(db, moved)
    unlinked = update(SaleRow).where(SaleRow.member == nobody)
    db.execute(unlinked.values(session=None, voucher=None))
    cards = update(AlertRow).where(AlertRow.member.in_(members))
    unnoted = {"note": "", "follow_up_on": None}
    report.kept["alert"] = _count(
        db, cards.values(member=None, visit=None, session=None, **unnoted)
    )
    named = update(PostingRow).where(PostingRow.member == nobody)
    unnamed = literal("erased:") + cast(PostingRow.posting, String)
    db.execute(named.values(idem_key=unnamed, request=""))
    used = update(TallyRow).where(TallyRow.scope == "profile", TallyRow.key == members[0])
    db.execute(used.values(key=nobody))
    db.execute(delete(TallyRow).where(TallyRow.scope == "profile", TallyRow.key.in_(members)))
    holders = update(DoorRecordRow).where(DoorRecordRow.holder.in_(members))
    report.kept["door_record"] = _count(db, holders.values(holder=nobody))
    orders = select(OrderRow.order).filter_by(member=nobody)
    for step in db.scalars(select(OrderStepRow).where(OrderStepRow.order.in_(orders))):
        step.note = ""  # whoever it names
        step.handed_to = step.handed_to.partition(" ")[0]  # what they were, without their name
    report.gone["pick_up_code"] = _count(
        db, delete(PickUpCodeRow).where(PickUpCodeRow.order.in_(orders))
    )
    db.flush()


def _forget_bodies(db: Session, who: Person, report: Report) -> None:
    """Whole messages that name them, wherever they wait or lie."""
    for table, column in (
        (DeadLetterRow, DeadLetterRow.payload),
        (ApiAnswerRow, ApiAnswerRow.body),
    ):
        report.gone[table.__tablename__] = _count(db, delete(table).where(_names(db, column, who)))
    named = _names(db, DeliveryRow.body, who)
    report.gone["connector_delivery"] = _count(
        db, update(DeliveryRow).where(named).values(body=b"")
    )
    numbers = select(OutgoingEventRow.number).where(_names(db, OutgoingEventRow.body, who))
    db.execute(delete(OutgoingDeliveryRow).where(OutgoingDeliveryRow.number.in_(numbers)))
    told = delete(OutgoingEventRow).where(_names(db, OutgoingEventRow.body, who))
    report.gone["outgoing_event"] = _count(db, told)
    words = [*who.members, *who.tags, *who.words]
    report.gone["incident_said"] = incidents.unname(db, words)
    for kiosk in db.scalars(select(KioskRow).where(KioskRow.state.is_not(None))):
        if kiosk.state is not None and who.is_in(kiosk.state.encode()):
            kiosk.state = None  # it says again how it is, within a minute
    db.flush()


def _names(db: Session, column: Any, who: Person) -> ColumnElement[bool]:
    """Whether bytes hold any of the words; a few dozen at most."""
    is_sqlite = db.get_bind().dialect.name == "sqlite"

    def holds(needle: bytes) -> ColumnElement[bool]:
        sought = literal(needle, LargeBinary)
        place = func.instr(column, sought) if is_sqlite else func.position(sought.op("IN")(column))
        return place > 0

    return or_(false(), *map(holds, who.needles))


def _blank_requests(db: Session, members: Collection[str]) -> None:
    row = PrivacyRequestRow
    db.execute(update(row).where(row.member.in_(members)).values(member=None, outside=""))
