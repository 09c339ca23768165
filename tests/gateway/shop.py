"""A small shop in a real database, and kiosks that number their events as outboxes do."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Raw, json
from sqlalchemy import Connection, event, func, select
from sqlalchemy.orm import Session

from contract import codec, passes
from contract.events import Arrived, Body, Called, ClockTrust, Event, Scanned, Verdict
from contract.identifiers import uuid7
from contract.messages import Show
from gateway import service
from gateway.core.consent import Purpose
from gateway.store import base, ledger, migrations, offers, scene, visits
from gateway.store.base import Base
from gateway.store.events import Received
from gateway.store.offers import OfferRow
from gateway.store.orders import OrderRow
from gateway.store.profiles import ConsentRow, PassKeyRow, ProfileRow, TagRow
from gateway.store.read_ahead import NOTHING_AHEAD, Ahead
from gateway.store.staff import StaffRow
from gateway.store.stores import KioskRow, StoreRow
from gateway.store.weeks_of_visits import WEEK_MS

STORE, STORE_NO = "hue-1", 7
NOON_MS = 1_772_341_200_000  # 2026-03-01 12:00 in Huế
NGOC, HUY = "00000000a001", "00000000b002"
S1, S2 = "0000000000000001", "0000000000000002"  # sessions at a screen
BY_MEMBER = re.compile(r"\(visit(_\d+)?\.member, |visit(_\d+)?\.member (=|IN) ")
ALL = frozenset({Purpose.PRESENCE, Purpose.PERSONAL_OFFERS, Purpose.STAFF_CONTEXT})


@cache
def _empty_database() -> bytes:
    """What the migrations make, once: the tests of the gateway are hundreds."""
    with TemporaryDirectory() as folder:
        database = Path(folder) / "hien.db"
        engine = base.connect(f"sqlite:///{database}")
        migrations.upgrade(engine)
        engine.dispose()  # the last connection takes the WAL into the file
        return database.read_bytes()


def _seeks_visits_by_week(connection: Connection, _cursor: object, sql: str, *_: object) -> None:
    """SQLite would read all visits there ever were: gateway.store.weeks_of_visits."""
    if connection.dialect.name == "sqlite" and BY_MEMBER.search(sql):
        assert f"/ {WEEK_MS} IN" in sql, sql


class Shop:
    """The gateway's side: a database with one store, two kiosks and whoever is added."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        """In a file in a folder, or in the migrated and empty database at a URL."""
        if url is None:
            (folder / "hien.db").write_bytes(_empty_database())
        self.url = url or f"sqlite:///{folder / 'hien.db'}"
        self.engine = base.connect(self.url)
        event.listen(self.engine, "before_cursor_execute", _seeks_visits_by_week)
        self.writers = base.writers(self.engine)
        self.readers = base.readers(self.engine)
        with self.writers.begin() as db:
            db.add(StoreRow(store=STORE, name="An Nhiên", store_no=STORE_NO))
            db.flush()
            for number in (1, 2):
                db.add(KioskRow(store=STORE, kiosk=f"quay-{number}", name=f"Quầy {number}"))

    def member(
        self,
        member: str = NGOC,
        name: str = "Trần Bảo Ngọc",
        tier: str = "silver",
        consents: frozenset[Purpose] = ALL,
    ) -> None:
        """Add a member with a tag `t-{member}`, a pass key and an interest in tea."""
        public = key_of(member).public_key().public_bytes_raw().hex()
        with self.writers.begin() as db:
            db.add(
                ProfileRow(
                    member=member, name=name, phone="", tier=tier, points=1250, interests="tra"
                )
            )
            db.flush()
            db.add(TagRow(tag=f"t-{member}", identity=f"ibeacon:{member}", member=member))
            db.add(PassKeyRow(member=member, key_id=1, public_key=public))
            for purpose in consents:
                agreed = {"granted_at_ms": 0, "text_version": 1, "evidence": "test"}
                db.add(ConsentRow(member=member, purpose=purpose, **agreed))
            ledger.follow_files(db, [member], 0)

    def order(
        self, order: str = "A-1", member: str = NGOC, state: str = "ready", store: str = ""
    ) -> None:
        """Add an order of three items."""
        with self.writers.begin() as db:
            db.add(
                OrderRow(
                    order=order,
                    member=member,
                    number=f"#{order}",
                    items=3,
                    unpaid_vnd=0,
                    state=state,
                    store=store,
                )
            )

    def offer(self, offer: str = "tea", *, is_personal: bool = True, priority: int = 1) -> None:
        """Add an offer for people who like tea, good in 2026."""
        words = ("kind", "badge", "until", "title", "why")
        texts = {f"{word}_{language}": word for word in words for language in ("vi", "en")}
        with self.writers.begin() as db:
            db.add(
                OfferRow(
                    offer=offer,
                    priority=priority,
                    tone="jade",
                    interest="tra" if is_personal else "",
                    tier="member",
                    is_personal=is_personal,
                    starts_on=date(2026, 1, 1),
                    ends_on=date(2026, 12, 31),
                    **texts,
                )
            )

    def staff(self, *names: str) -> None:
        """Add people who work here; their id is their name in lower case."""
        with self.writers.begin() as db:
            for name in names:
                db.add(StaffRow(staff=name.lower(), name=name, role="staff", pin_hash=""))

    def handle(self, *received: Received, ahead: Ahead = NOTHING_AHEAD) -> service.Outcome:
        """One batch, committed; with what was read before its turn came."""
        now_ms = max((one.event.at_ms for one in received), default=NOON_MS)
        with self.writers.begin() as db:
            return service.handle(db, received, scene.Shop({STORE: STORE_NO}, now_ms), ahead)

    def read(self) -> Session:
        """A session to look with."""
        return self.readers()

    def count(self, table: type[Base]) -> int:
        """How many rows a table has."""
        with self.read() as db:
            return db.scalar(select(func.count()).select_from(table)) or 0

    def reasons(self) -> list[str]:
        """Why offers were shown or not, on the only visit."""
        with self.read() as db:
            (visit,) = visits.newest_first(db, STORE, 10)
            return list(offers.latest(db, visit.visit).values())


class Outbox:
    """A kiosk's side: numbers and chains its events."""

    def __init__(self, kiosk: str = "quay-1", epoch: str = "0123456789abcdef") -> None:
        self.kiosk, self.epoch = kiosk, epoch
        self.seq, self.chain = 0, codec.GENESIS
        self._before = self.chain

    def says(self, body: Body, at_ms: int = NOON_MS) -> Received:
        """The next event."""
        self.seq += 1
        self._before = self.chain
        data = codec.encode_body(body)
        entropy = f"{self.kiosk}{self.epoch}{self.seq}".encode()[-10:]
        event_id = uuid7(at_ms, entropy)
        self.chain = codec.link(self.chain, event_id, self.seq, at_ms, data)
        event = Event(
            event_id,
            STORE,
            self.kiosk,
            self.epoch,
            self.seq,
            at_ms,
            ClockTrust.TRUSTED,
            body,
            self.chain,
        )
        return Received(event, data)

    def says_strangely(self, body: bytes, **fields: object) -> bytes:
        """The next event as it travels, with a body or fields that nobody here knows."""
        whole = self.says(Called("0000000000000001"))
        known = json.decode(codec.encode_envelope(whole.event, whole.body))
        event_id = str(fields.get("id", whole.event.id))
        self.chain = codec.link(self._before, event_id, self.seq, NOON_MS, body)
        return json.encode({**known, "body": Raw(body), "chain": self.chain, **fields})


def key_of(member: str) -> Ed25519PrivateKey:
    """A member's private key, the same in every test."""
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(member).rjust(32, b"\x07"))


def pass_of(member: str, at_ms: int = NOON_MS, store_no: int = STORE_NO) -> str:
    """The QR text a member's phone shows at a time."""
    return passes.make(key_of(member), 1, member, passes.slot_at(at_ms / 1000), store_no)


def shown(outcome: service.Outcome) -> list[Show]:
    """What screens may show after a batch."""
    return [show for _, show in outcome.shows]


def near(session: str | None = S1, member: str = NGOC) -> Arrived:
    """A member's tag comes to the first kiosk, whose screen may have said hello."""
    return Arrived(f"t-{member}", "quay-1", -60, session)


def scan(text: str, session: str = S1) -> Scanned:
    """A code that the kiosk found good."""
    return Scanned(session, Verdict.GOOD, text)
