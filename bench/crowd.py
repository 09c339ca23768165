"""A chain's crowd for the intake's bench: a database of members, and what its kiosks say of them.

Of ten events five bring a tag, three say that one left that had come, one shows a pass and one
touches "hello" at a screen that greets: every one is matched to a profile, and the pass is
verified and decides on all offers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from random import Random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Engine, insert, text

from contract import codec, passes
from contract.events import Arrived, Body, ClockTrust, Event, Left, Scanned, Touch, Touched, Verdict
from contract.identifiers import shard_of, uuid7
from contract.topics import KioskAddress, Leaf
from gateway.store import migrations
from gateway.store.offers import OfferRow
from gateway.store.profiles import PassKeyRow
from gateway.store.stores import KioskRow, StoreRow

SHARDS = ("07", "08")  # two, so that two intakes can share the stores
STORES, KIOSKS = 20, 10  # in each shard
OFFERS = 50
EACH_MS = 10  # events: about as many as are taken
WITH_PASS = 2_000  # members who show theirs in turn: a pass shown twice would be refused, cheaply
SEED_KEY = bytes(31)

# Numbers in place of people, made where they are kept: a million take seconds and not minutes.
_NUMBERS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :last)",
    "postgresql": "WITH n(i) AS (SELECT generate_series(0, :last))",
}
_ID = {"sqlite": "printf('%012x', i)", "postgresql": "lpad(to_hex(i), 12, '0')"}
_CONSENT = "member, purpose, granted_at_ms, text_version, evidence"
_TABLES = (
    (
        "profile",
        "member, name, phone, tier, points, interests",
        "{id}, 'A', '', 'silver', 1, 'tra'",
    ),
    ("tag", "tag, identity, member", "'t-' || {id}, 'ibeacon:' || {id}, {id}"),
    ("consent", _CONSENT, "{id}, 'presence', 0, 1, 'bench'"),
    ("consent", _CONSENT, "{id}, 'personal_offers', 0, 1, 'bench'"),
)

# Each member was in a store once, in no order within the year before: a chain's past, which no
# event may read.
_PAST = """
INSERT INTO visit (store, member, kiosk, first_at_ms, last_at_ms, confidence, evidence, heard_by)
{numbers} SELECT store, {id}, 'k-1', {at_ms}, {at_ms} + 999, 1.0, 'tag', 0
FROM n JOIN store ON store_no = i % :stores + 1
"""
_AT_MS = ":year_ms * (CAST(i AS BIGINT) * :stride % (:last + 1)) / (:last + 1) + :from_ms"
HOUR_MS = 60 * 60 * 1000  # nobody of them is still there
YEAR_MS = 365 * 24 * HOUR_MS
STRIDE = 618_033  # with no divisor of a thousand or a million: each time is one member's


def stores(shard: str) -> list[str]:
    """The stores of one shard."""
    named = (f"cua-hang-{number}" for number in count())
    found = (name for name in named if shard_of(name) == shard)
    return [next(found) for _ in range(STORES)]


def settle(engine: Engine, profiles: int, now_ms: int) -> None:
    """Fill an empty database; profiles: a thousand or a million."""
    migrations.upgrade(engine)
    with engine.begin() as db:
        kind = engine.dialect.name
        for table, columns, values in _TABLES:
            row = values.format(id=_ID[kind])
            statement = f"INSERT INTO {table} ({columns}) {_NUMBERS[kind]} SELECT {row} FROM n"
            db.execute(text(statement), {"last": profiles - 1})
        _shops(db)
        past = _PAST.format(numbers=_NUMBERS[kind], id=_ID[kind], at_ms=_AT_MS)
        when = {"year_ms": YEAR_MS, "from_ms": now_ms - HOUR_MS - YEAR_MS, "stride": STRIDE}
        db.execute(text(past), when | {"last": profiles - 1, "stores": STORES * len(SHARDS)})
        keys = [
            {
                "member": f"{number:012x}",
                "key_id": 1,
                "public_key": _key(number).public_key().public_bytes_raw().hex(),
                "enrolled_at_ms": 0,
            }
            for number in range(min(profiles, WITH_PASS))
        ]
        db.execute(insert(PassKeyRow), keys)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            db.execute(text("ANALYZE"))


def _shops(db: Connection) -> None:
    words = ("kind", "badge", "until", "title", "why")
    texts = {f"{word}_{language}": word for word in words for language in ("vi", "en")}
    same = {"tone": "jade", "is_personal": True, **texts}
    span = {"starts_on": date(2020, 1, 1), "ends_on": date(2099, 12, 31)}
    interests, tiers = ("tra", "banh", "sach"), ("member", "silver", "gold")
    rows = [
        {
            "offer": f"o-{number}",
            "priority": number,
            "interest": interests[number % 3],
            "tier": tiers[number // 3 % 3],
            **same,
            **span,
        }
        for number in range(OFFERS)
    ]
    db.execute(insert(OfferRow), rows)
    everywhere = [store for shard in SHARDS for store in stores(shard)]
    for number, store in enumerate(everywhere, 1):
        row = {"store": store, "name": store, "store_no": number, "trust_epoch": 0}
        db.execute(insert(StoreRow), row)
        kiosks = [
            {"store": store, "kiosk": f"k-{n}", "name": "", "state": None} for n in range(KIOSKS)
        ]
        db.execute(insert(KioskRow), kiosks)


def _key(number: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(number.to_bytes(32, "big"))


@dataclass
class Kiosk:
    """Numbers and chains its events as an outbox does."""

    address: KioskAddress
    epoch: str
    seq: int = 0
    chain: str = codec.GENESIS
    here: deque[tuple[str, str, int]] = field(default_factory=deque)  # tag, session, since when

    def says(self, body: Body, at_ms: int, entropy: bytes) -> bytes:
        """The next event, ready to publish."""
        self.seq += 1
        data = codec.encode_body(body)
        event_id = uuid7(at_ms, entropy)
        self.chain = codec.link(self.chain, event_id, self.seq, at_ms, data)
        store, kiosk = self.address.store, self.address.kiosk
        event = Event(
            event_id,
            store,
            kiosk,
            self.epoch,
            self.seq,
            at_ms,
            ClockTrust.TRUSTED,
            body,
            self.chain,
        )
        return codec.encode_envelope(event, data)


@dataclass
class Crowd:
    """Shoppers all over the chain; the same ones for the same seed."""

    profiles: int
    seed: int = 1
    shard: str = SHARDS[0]
    kiosks: list[Kiosk] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = Random(self.seed)
        here = stores(self.shard)
        addresses = [KioskAddress(store, f"k-{n}") for store in here for n in range(KIOSKS)]
        self.kiosks = [Kiosk(address, self._random.randbytes(8).hex()) for address in addresses]
        with_pass = min(self.profiles, WITH_PASS)
        turns = count(SHARDS.index(self.shard) * with_pass // len(SHARDS))
        self._with_pass = (number % with_pass for number in turns)

    def says(self, events: int, now_ms: int) -> Iterator[tuple[str, bytes]]:
        """So many events until now, ten in a millisecond, as (topic, payload)."""
        began_ms = now_ms - events // EACH_MS
        return (self.next(number, began_ms + number // EACH_MS) for number in range(events))

    def next(self, number: int, now_ms: int) -> tuple[str, bytes]:
        """The event of that number."""
        kiosk = self.kiosks[number % len(self.kiosks)]
        body = self._body(kiosk, self._random.randrange(10), now_ms)
        payload = kiosk.says(body, now_ms, self._random.randbytes(10))
        return kiosk.address.topic(Leaf.UP), payload

    def _body(self, kiosk: Kiosk, kind: int, now_ms: int) -> Body:
        random = self._random
        session = random.randbytes(8).hex()
        if kind < 5 or (kind < 9 and not kiosk.here):
            tag = f"t-{random.randrange(self.profiles):012x}"
            kiosk.here.append((tag, session, now_ms))
            return Arrived(tag, "k-1", -60, session)
        if kind < 8:
            gone, _, came_ms = kiosk.here.popleft()
            return Left(gone, "k-1", (now_ms - came_ms) / 1000)
        if kind == 8:
            _, greeting, _ = kiosk.here[-1]
            return Touched(greeting, Touch.HELLO)
        number = next(self._with_pass)
        slot = passes.slot_at(now_ms / 1000)
        shown = passes.make(_key(number), 1, f"{number:012x}", slot, passes.ANY_STORE)
        return Scanned(session, Verdict.UNVERIFIED, shown)
