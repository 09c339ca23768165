"""A chain of stores that never was: its events and what follows from them, made in the database.

Rows are made by SQL that both databases read, from the numbers 0, 1, 2 …: to bring ten million
from Python takes ten times as long. What people do is drawn by a generator fed with the number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Engine, text

from gateway.core.shop_days import span

STORES, DAYS = 4, 190  # a quarter, and the quarter before it
# Events there are for one of each: a visit is its arrival, its moves, touches, scans and its end.
PER_VISIT, PER_PASSAGE, PER_CARD, PER_REDEMPTION, PER_SALE, PER_TOUCH = 10, 10, 40, 80, 25, 100
ZONES = 10  # of a store
VISITS_EACH = 8  # of one member
AT_A_TIME = 1_000_000  # rows of one transaction
TOUCHED_DAYS = 75  # touches are kept for ninety
DAY_MS, HOUR_MS = 86_400_000, 3_600_000


@dataclass(frozen=True, slots=True)
class Chain:
    """How much there is, and until which day, which is over."""

    events: int
    last: date

    @property
    def first(self) -> date:
        """The day on which it opened."""
        return self.last - timedelta(days=DAYS - 1)

    @property
    def members(self) -> int:
        """A whole number for each store."""
        return max(self.events // PER_VISIT // VISITS_EACH // STORES, 10) * STORES


def drawn(seed: int, below: int | str) -> str:
    """A number below another, different for each row; the last digits of such numbers are poor."""
    return f"(((i + {seed}) * 1103515245 + 12345 * {seed}) % 2147483648 / 1024 % ({below}))"


def _member(number: str) -> str:
    return f"substr(CAST(1000000000000 + {number} AS TEXT), 2)"


STORE = f"('s-' || CAST(i % {STORES} AS TEXT))"


def fill(engine: Engine, chain: Chain) -> None:
    """Put all of it into a migrated database that has nothing else in it."""
    first_ms = span(chain.first).from_ms
    each = chain.members // STORES
    mine = _member(f"(i % {STORES} * {each} + {drawn(1, each)})")
    day_ms = f"({first_ms} + i / {STORES} % {DAYS} * {DAY_MS})"
    at_ms = f"({day_ms} + {8 * HOUR_MS} + {drawn(2, 13 * HOUR_MS)})"
    since_ms = first_ms + (DAYS - TOUCHED_DAYS) * DAY_MS
    touched_ms = f"({since_ms} + i % {TOUCHED_DAYS} * {DAY_MS} + {drawn(2, DAY_MS)})"
    events = chain.events
    per_store = events // STORES
    whose = f"('s-' || CAST(i / {per_store} AS TEXT))"
    body = f"""'{{"tag":"t-' || CAST({drawn(1, chain.members)} AS TEXT) || '","zone":"k-1"}}'"""
    told_ms = f"({first_ms} + i % {per_store} * {DAYS * DAY_MS // max(per_store, 1)})"
    tables: list[tuple[str, int, dict[str, str]]] = [
        (
            "store",
            STORES,
            {"store": STORE, "name": STORE, "store_no": "i + 1", "trust_epoch": "0"},
        ),
        ("kiosk", STORES, {"store": STORE, "kiosk": "'k-1'", "name": "'k-1'"}),
        (
            "profile",
            chain.members,
            {"member": _member("i"), "name": "'n'", "phone": "''", "tier": "'member'"}
            | {"points": "0", "interests": "''", "said_at_ms": "0"},
        ),
        (
            "consent",
            chain.members,
            {"member": _member("i"), "purpose": "'profiling'", "granted_at_ms": "0"}
            | {"text_version": "1", "evidence": "''"},
        ),
        (
            "event",
            events,
            {"store": whose, "kiosk": "'k-1'", "epoch": "'0123456789abcdef'"}
            | {"seq": f"i % {per_store} + 1", "at_ms": told_ms, "clock": "'trusted'"}
            | {"id": "'e-' || CAST(100000000 + i AS TEXT)", "kind": "'moved'", "body": body}
            | {"chain": "''", "arrival": "i + 1"},
        ),
        (
            "zone_hour",
            STORES * DAYS * 24 * ZONES,  # every hour of every zone had stays
            {"store": STORE, "at_ms": f"{first_ms} + i / {STORES * ZONES} * {HOUR_MS}"}
            | {"zone": f"'z-' || CAST(i / {STORES} % {ZONES} AS TEXT)"}
            | {"stays": "10", "stayed_s": f"10 * {drawn(13, 600)}"},
        ),
        (
            "visit",
            events // PER_VISIT,
            {"visit": "i + 1", "store": STORE, "member": mine, "kiosk": "'k-1'"}
            | {"first_at_ms": at_ms, "last_at_ms": f"{at_ms} + {drawn(3, 1_800_000)}"}
            | {"confidence": "0.95", "heard_by": "0"}
            | {"evidence": f"CASE {drawn(4, 2)} WHEN 0 THEN 'tag' ELSE 'pass' END"},
        ),
        (
            "door_record",
            events // PER_PASSAGE,
            {"store": STORE, "door": "'d-1'", "journal": "'j'", "number": "i", "kiosk": "'k-1'"}
            | {"decided_ms": at_ms, "kind": "'passage'", "is_granted": "TRUE", "holder": "''"}
            | {"what": "'in'", "times": "1"},
        ),
        (
            "alert",
            events // PER_CARD,
            {"alert": "i + 1", "store": STORE, "kiosk": "'k-1'", "kind": "'help'"}
            | {"state": "'closed'", "staff": f"'st-' || CAST({drawn(5, 6)} AS TEXT)"}
            | {"offered_at_ms": at_ms, "claimed_at_ms": f"{at_ms} + {drawn(6, 90_000)}"}
            | {"closed_at_ms": f"{at_ms} + 100000", "outcome": "'assisted'"}
            | {"note": "''", "skill": "''", "asked": "''", "round_at_ms": "0"},
        ),
        (
            "redemption",
            events // PER_REDEMPTION,
            {"redemption": "i + 1", "idem_key": "CAST(i AS TEXT)", "request": "''"}
            | {"offer": f"'o-' || CAST({drawn(7, 20)} AS TEXT)", "store": STORE, "day": "''"}
            | {"state": "'confirmed'", "reason": "'granted'", "cost_vnd": "10000", "at_ms": at_ms}
            | {"lock_until_ms": at_ms, "changed_at_ms": at_ms},
        ),
        (
            "sale",
            events // PER_SALE,
            # At some visits' own member, store and moment: every second of them bought.
            {"source": "'till'", "sale": "'HD-' || CAST(i AS TEXT)", "store": STORE}
            | {"at_ms": f"{at_ms} + 60000", "amount_vnd": f"20000 + 1000 * {drawn(8, 900)}"}
            | {"channel": f"CASE {drawn(9, 3)} WHEN 0 THEN 'pick_up' ELSE 'store' END"}
            | {"staff": f"'st-' || CAST({drawn(5, 6)} AS TEXT)", "member": mine},
        ),
        (
            "touch",
            events // PER_TOUCH,
            {"source": "'web'", "touch": "CAST(i AS TEXT)", "at_ms": touched_ms}
            | {"member": _member(drawn(10, chain.members)), "origin": "'zalo'"}
            | {"key": f"CASE {drawn(11, 3)} WHEN 0 THEN 'qr' ELSE 'link' END"}
            | {"campaign": f"'c-' || CAST({drawn(12, 12)} AS TEXT)", "medium": "''"}
            | {"click": "''"},
        ),
    ]
    for table, count, columns in tables:
        _make(engine, table, count, columns)
    made_due = "INSERT INTO journey_due (member) SELECT DISTINCT member FROM touch"
    _run(engine, made_due)
    if engine.dialect.name == "postgresql":
        _run(engine, "ANALYZE")  # as its autovacuum does by itself


def _make(engine: Engine, table: str, count: int, columns: dict[str, str]) -> None:
    for begin in range(0, count, AT_A_TIME):
        end = min(begin + AT_A_TIME, count) - 1
        numbers = (
            f"WITH RECURSIVE n(i) AS (SELECT CAST({begin} AS BIGINT)"
            f" UNION ALL SELECT i + 1 FROM n WHERE i < {end})"
        )
        names, values = ", ".join(columns), ", ".join(columns.values())
        _run(engine, f"INSERT INTO {table} ({names}) {numbers} SELECT {values} FROM n")


def _run(engine: Engine, sql: str) -> None:
    with engine.begin() as db:
        if engine.dialect.name == "sqlite":
            db.exec_driver_sql("PRAGMA foreign_keys = OFF")
        db.execute(text(sql.replace(":", r"\:")))
