"""Reads a shop from CSV files: all of it or nothing, and every mistake is named at once.

Rows that are there already are brought up to date, so an import may be repeated. What a file
does not mention stays as it is.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import msgspec
from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from contract.identifiers import is_name
from contract.messages import Tone
from gateway.core.consent import TEXT_VERSION, Purpose
from gateway.core.offers.conditions import TermsError
from gateway.core.offers.terms import read_terms
from gateway.core.orders import OrderState
from gateway.core.tiers import Tier
from gateway.store import stores
from gateway.store.base import Base
from gateway.store.offers import OfferRow
from gateway.store.orders import OrderRow
from gateway.store.profiles import ConsentRow, PassKeyRow, ProfileRow, TagRow
from gateway.store.staff import Role, StaffRow, hash_pin
from gateway.store.stores import KioskRow, StoreRow
from runtime.errors import SettingsError

SHOWN_MISTAKES = 20  # a person mends these first; the sentence says how many more there are
PUBLIC_KEY_BYTES = 32  # Ed25519
PIN_DIGITS = (4, 8)
EVIDENCE = "csv import"
SHORT, LONG = 80, 240  # what contract.messages lets a screen be told

_ORDER = re.compile(r"[0-9a-zA-Z-]{1,40}")  # contract.messages.Id
# One wrong identity would make kiosks refuse the whole trust message. See contract.messages.
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_IDENTITY = re.compile(
    rf"(ibeacon|altbeacon):{_UUID}:\d{{1,5}}:\d{{1,5}}|eddystone-uid:[0-9a-f]{{20}}:[0-9a-f]{{12}}"
    # a rotating identity: its exponent, the Unix time when its counter said 0, its identity key
    r"|eddystone-eid:(\d|1[0-5]):-?\d{1,10}:[0-9a-f]{32}"
    r"|irk:[0-9a-f]{32}"  # a phone that changes its address
)

Cells = dict[str, str]
R = TypeVar("R", ConsentRow, TagRow)


class _MistakeError(ValueError):
    """One cell is wrong; says which and what it should be."""

    def __init__(self, column: str, problem: str) -> None:
        super().__init__(f"{column}: {problem}")


@dataclass
class _Import:
    """One import under way."""

    db: Session
    at_ms: int
    new_tag: Callable[[], str]
    mistakes: list[str] = field(default_factory=list)
    rows: int = 0


def load(db: Session, folder: Path, at_ms: int) -> int:
    """Import whichever of the files are in the folder and return how many rows there were.

    Raises SettingsError naming file, line, column and remedy of every mistake; the caller's
    transaction must then be rolled back.
    """
    if not folder.is_dir():
        raise SettingsError(f"{folder}: there is no such folder")
    work = _Import(db, at_ms, lambda: uuid4().hex)
    for name, (columns, keep) in FILES.items():
        path = folder / f"{name}.csv"
        if path.exists():
            _load_file(work, path, columns, keep)
            db.flush()
    if not work.rows and not work.mistakes:
        raise SettingsError(f"{folder}: there is none of {', '.join(f'{n}.csv' for n in FILES)}")
    stores.next_edition(db)
    if work.mistakes:
        more = len(work.mistakes) - SHOWN_MISTAKES
        tail = f"; and {more} more" if more > 0 else ""
        raise SettingsError("; ".join(work.mistakes[:SHOWN_MISTAKES]) + tail)
    return work.rows


def _load_file(
    work: _Import, path: Path, columns: str, keep: Callable[[_Import, Cells], None]
) -> None:
    for line, cells in _lines(work, path, columns.split(",")):
        try:
            keep(work, cells)
            work.rows += 1
        except _MistakeError as mistake:
            work.mistakes.append(f"{path.name} line {line}: {mistake}")


def _lines(work: _Import, path: Path, columns: list[str]) -> Iterator[tuple[int, Cells]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:  # -sig: spreadsheets write a BOM
            reader = csv.DictReader(file)
            missing = [column for column in columns if column not in (reader.fieldnames or ())]
            if missing:
                work.mistakes.append(f"{path.name} line 1: column {', '.join(missing)} is missing")
                return
            for cells in reader:
                there = [*columns, *(name for name in OPTIONAL if name in cells)]
                yield reader.line_num, {name: (cells[name] or "").strip() for name in there}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        work.mistakes.append(f"{path.name}: cannot be read as UTF-8 CSV ({error})")


def _store(work: _Import, cells: Cells) -> None:
    store = _name(cells, "store")
    row = work.db.get(StoreRow, store) or StoreRow(store=store)
    row.name, row.store_no = _text(cells, "name"), _number(cells, "store_no", 1, 65_535)
    with work.db.no_autoflush:
        other = work.db.scalar(select(StoreRow.store).where(StoreRow.store_no == row.store_no))
    if other not in (None, store):
        raise _MistakeError("store_no", f"store {other} has number {row.store_no} already")
    work.db.add(row)
    work.db.flush()


def _kiosk(work: _Import, cells: Cells) -> None:
    store, kiosk = _name(cells, "store"), _name(cells, "kiosk")
    if work.db.get(StoreRow, store) is None:
        raise _MistakeError("store", f"there is no store {store!r}")
    row = work.db.get(KioskRow, (store, kiosk)) or KioskRow(store=store, kiosk=kiosk)
    row.name = _text(cells, "name")
    work.db.add(row)


def _profile(work: _Import, cells: Cells) -> None:
    member = _hex(cells, "member", 6)
    values = {
        "name": _text(cells, "name", SHORT),
        "phone": cells["phone"],
        "tier": _one_of(cells, "tier", Tier),
        "points": _number(cells, "points", 0, 10**9),
        "interests": cells["interests"],
    }
    purposes = {_purpose(word) for word in _words(cells, "consents")}
    identities = [_identity(word) for word in _words(cells, "tags")]
    keys = _keys(cells)
    _upsert(work, ProfileRow, {"member": member}, values)
    work.db.flush()
    _keep_consents(work, member, purposes)
    _keep_tags(work, member, identities)
    work.db.execute(delete(PassKeyRow).filter_by(member=member, enrolled_at_ms=0))
    for number, key in keys:  # a phone that was enrolled stays, unless a key takes its number
        row = PassKeyRow(member=member, key_id=number, public_key=key, enrolled_at_ms=0)
        row.ends_at_ms = None
        work.db.merge(row)
    work.db.flush()


def _keep_consents(work: _Import, member: str, purposes: Collection[Purpose]) -> None:
    """What was agreed to before keeps its date and evidence; what is not named is withdrawn."""
    known = {row.purpose: row for row in work.db.scalars(_of(ConsentRow, member))}
    for purpose in known.keys() - purposes:
        work.db.delete(known[purpose])
    for purpose in purposes - known.keys():
        agreed = {"granted_at_ms": work.at_ms, "text_version": TEXT_VERSION, "evidence": EVIDENCE}
        work.db.add(ConsentRow(member=member, purpose=purpose, **agreed))


def _keep_tags(work: _Import, member: str, identities: Sequence[str]) -> None:
    """A tag keeps its id, which says nothing about anybody; one that is not named is gone."""
    known = {row.identity: row for row in work.db.scalars(_of(TagRow, member))}
    for identity in known.keys() - set(identities):
        work.db.delete(known[identity])
    for identity in set(identities) - known.keys():
        other = work.db.scalar(select(TagRow.member).where(TagRow.identity == identity))
        if other is not None:
            raise _MistakeError("tags", f"{identity} belongs to member {other} already")
        work.db.add(TagRow(tag=work.new_tag(), identity=identity, member=member))


def _keys(cells: Cells) -> list[tuple[int, str]]:
    if not cells["pass_public_key"]:
        return []
    number = _number(cells, "pass_key_id", 0, 255)
    return [(number, _hex(cells, "pass_public_key", PUBLIC_KEY_BYTES))]


def _order(work: _Import, cells: Cells) -> None:
    member = _hex(cells, "member", 6)
    if work.db.get(ProfileRow, member) is None:
        raise _MistakeError("member", f"there is no profile {member}")
    values = {
        "member": member,
        "number": _text(cells, "number", SHORT),
        "items": _number(cells, "items", 1, 1_000),
        "unpaid_vnd": _number(cells, "unpaid_vnd", 0, 10**12),
        "state": _one_of(cells, "state", OrderState),
    }
    _upsert(work, OrderRow, {"order": _order_id(cells)}, values)


def _offer(work: _Import, cells: Cells) -> None:
    texts = {name: _text(cells, name) for name in cells if name.endswith(("_vi", "_en"))}
    values = {
        "priority": _number(cells, "priority", 0, 1_000_000),
        "tone": _one_of(cells, "tone", Tone),
        "interest": cells["interest"],
        "tier": _one_of(cells, "tier", Tier) if cells["tier"] else Tier.MEMBER.value,
        "is_personal": _one_of(cells, "personal", ("0", "1")) == "1",
        "starts_on": _day(cells, "starts_on"),
        "ends_on": _day(cells, "ends_on"),
        "price_vnd": _number(cells, "price_vnd", 0, 10**12) if cells["price_vnd"] else None,
        "was_vnd": _number(cells, "was_vnd", 0, 10**12) if cells["was_vnd"] else None,
        "terms": _terms(cells),
        **texts,
    }
    _upsert(work, OfferRow, {"offer": _name(cells, "offer")}, values)


def _terms(cells: Cells) -> str:
    """The optional column `terms`: JSON, as docs/offers.md says."""
    said = cells.get("terms") or "{}"
    try:
        read_terms(msgspec.json.decode(said))
    except (msgspec.DecodeError, TermsError) as error:
        raise _MistakeError("terms", str(error)) from error
    return said


def _staff(work: _Import, cells: Cells) -> None:
    pin = cells["pin"]
    shortest, longest = PIN_DIGITS
    if not (pin.isascii() and pin.isdigit() and shortest <= len(pin) <= longest):
        raise _MistakeError("pin", f"must be {shortest} to {longest} digits")
    values = {
        "name": _text(cells, "name"),
        "role": _one_of(cells, "role", Role),
        "pin_hash": hash_pin(pin),
    }
    _upsert(work, StaffRow, {"staff": _name(cells, "staff")}, values)


OFFER_COLUMNS = (
    "offer,priority,tone,interest,tier,starts_on,ends_on,kind_vi,kind_en,badge_vi,badge_en,"
    "until_vi,until_en,title_vi,title_en,why_vi,why_en,price_vnd,was_vnd,personal"
)
PROFILE_COLUMNS = (
    "member,name,phone,tier,points,interests,consents,tags,pass_key_id,pass_public_key"
)
OPTIONAL = ("terms",)  # columns a file may do without
FILES: dict[str, tuple[str, Callable[[_Import, Cells], None]]] = {
    "stores": ("store,name,store_no", _store),
    "kiosks": ("kiosk,store,name", _kiosk),
    "profiles": (PROFILE_COLUMNS, _profile),
    "orders": ("order,member,number,items,unpaid_vnd,state", _order),
    "offers": (OFFER_COLUMNS, _offer),
    "staff": ("staff,name,role,pin", _staff),
}
"""In this order: a row may need one of a file before."""


def _upsert(
    work: _Import, row: type[Base], key: Mapping[str, object], values: Mapping[str, object]
) -> None:
    work.db.merge(row(**key, **values))


def _of(table: type[R], member: str) -> Select[R]:
    return select(table).filter_by(member=member)


def _text(cells: Cells, column: str, longest: int = LONG) -> str:
    if not cells[column]:
        raise _MistakeError(column, "must not be empty")
    if len(cells[column]) > longest:
        raise _MistakeError(column, f"must be at most {longest} characters long")
    return cells[column]


def _order_id(cells: Cells) -> str:
    if _ORDER.fullmatch(cells["order"]) is None:
        raise _MistakeError("order", f"{cells['order']!r} is not 1 to 40 of A-Z, a-z, 0-9 and -")
    return cells["order"]


def _identity(word: str) -> str:
    if _IDENTITY.fullmatch(word) is None:
        raise _MistakeError(
            "tags",
            f"{word[:80]!r} is not ibeacon:UUID:MAJOR:MINOR, altbeacon:ID1:ID2:ID3,"
            " eddystone-uid:NAMESPACE:INSTANCE, eddystone-eid:EXPONENT:STARTED:KEY or irk:KEY"
            " in lower-case hex",
        )
    return word


def _name(cells: Cells, column: str) -> str:
    if not is_name(cells[column]):
        raise _MistakeError(column, f"{cells[column]!r} is not 1 to 32 of a-z, 0-9 and -")
    return cells[column]


def _number(cells: Cells, column: str, least: int, most: int) -> int:
    text = cells[column]
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise _MistakeError(column, f"{text!r} is not a number from {least} to {most}")
    return int(text)


def _hex(cells: Cells, column: str, size_bytes: int) -> str:
    text = cells[column].lower()
    if len(text) != 2 * size_bytes or not set(text) <= set("0123456789abcdef"):
        raise _MistakeError(column, f"{text!r} is not {2 * size_bytes} hex digits")
    return text


def _day(cells: Cells, column: str) -> date:
    try:
        return date.fromisoformat(cells[column])
    except ValueError as error:
        raise _MistakeError(column, f"{cells[column]!r} is not a day like 2026-03-01") from error


def _one_of(cells: Cells, column: str, known: Iterable[str]) -> str:
    words = [str(word) for word in known]
    if cells[column] not in words:
        raise _MistakeError(column, f"{cells[column]!r} is not one of {', '.join(words)}")
    return cells[column]


def _words(cells: Cells, column: str) -> list[str]:
    return [word for word in cells[column].split(";") if word]


def _purpose(word: str) -> Purpose:
    if word not in list(Purpose):
        raise _MistakeError("consents", f"{word!r} is not one of {', '.join(Purpose)}")
    return Purpose(word)
