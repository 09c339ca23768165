"""What members may do with their own data: see all of it, mend it, pause, erase. By whichever way.

Decides and records in the caller's transaction; erasing itself is done soon after, by another.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contract.privacy import Ask, PrivacyAsk
from gateway.core import erasing, provenance
from gateway.core.birthdays import is_birthday
from gateway.core.changes import Ask as Wish
from gateway.core.changes import PrivacyAsked
from gateway.core.consent import Method
from gateway.core.ledger import Currency
from gateway.core.minors import is_minor
from gateway.core.one_time_codes import Answer, Use
from gateway.core.shop_days import day_of
from gateway.privacy import Refused, choose
from gateway.privacy_codes import PrivacyCodes, masked, number_of
from gateway.store import (
    consents,
    external_ids,
    interests,
    ledger,
    minors,
    pauses,
    phones,
    privacy_requests,
    profiles,
    stores,
    tombstones,
)
from gateway.store.appointments import AppointmentRow
from gateway.store.consents import Proof
from gateway.store.experiments import ExposureRow
from gateway.store.messages import MessageSentRow
from gateway.store.orders import OrderRow
from gateway.store.privacy_requests import PHONE, PrivacyRequestRow
from gateway.store.profiles import ProfileRow
from gateway.store.sales import SaleRow
from gateway.store.touches import TouchRow
from gateway.store.visits import VisitRow
from gateway.store.weeks_of_visits import weeks_of

SOURCE = "member"  # who said what they mended themselves
NAME_MAX = 80
FIELDS = ("name", "phone", "tier", "birthday", "interests", "segments", "source")


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an ask, for the page to say."""

    code: str = ""  # to be typed back
    sent_to: str = ""  # or the number it was sent to, masked
    receipt: str = ""
    due_ms: int = 0


def act(
    db: Session, member: str, asked: PrivacyAsk, now_ms: int, codes: PrivacyCodes | None = None
) -> Done | Refused:
    """Do what a member's phone asks; with `codes`, a message proves who wants to be erased."""
    by_message = None
    if codes is not None and (number := number_of(db, member)) is not None:
        by_message = _ByMessage(codes, number)
    match asked.ask:
        case Ask.CHOOSE:
            return choose(db, member, asked) or Done()
        case Ask.CORRECT:
            return _correct(db, member, asked.words, now_ms)
        case Ask.PAUSE:
            pauses.begin(db, member, now_ms)
        case Ask.RESUME:
            pauses.end(db, member)
        case Ask.ERASE:
            return _wish_to_go(db, member, asked.language, now_ms, by_message)
        case Ask.CONFIRM:
            return _go(db, member, asked.words, now_ms, by_message)
        case Ask.SEE | Ask.DOWNLOAD:
            pass
    return Done()


def everything(db: Session, member: str, now_ms: int) -> dict[str, Any]:
    """All that is known of a member, as plain values under plain names."""
    names = profiles.names(db, member)
    row = db.get_one(ProfileRow, member)
    origins = provenance.read(row.provenance)

    def of(table: Any, *columns: str) -> list[dict[str, Any]]:
        mine = table.member.in_(names), weeks_of(table)
        rows = db.scalars(select(table).where(*mine)).all()
        return [{name: getattr(one, name) for name in columns} for one in rows]

    return {
        "member": names,
        "profile": {name: getattr(row, name) for name in FIELDS},
        "who_said_so": [{"fields": one.fields, "who": one.source} for one in origins],
        "known_as": [
            {"id": one.external, "who_said_so": one.source} for one in external_ids.of(db, names)
        ],
        "agreed_to": [str(one) for one in sorted(profiles.consents(db, {member})[member])],
        "said": [
            {"purpose": one.purpose, "agrees": one.is_granted, "at_ms": one.at_ms}
            | {"text_version": one.text_version, "by": one.method}
            for one in consents.history(db, names)
        ],
        "balances": {
            str(one): asdict(ledger.standings(db, [member], one, now_ms)[member])
            for one in Currency
        },
        "visits": of(VisitRow, "store", "first_at_ms", "last_at_ms", "evidence"),
        "orders": of(OrderRow, "number", "items", "unpaid_vnd", "state", "store"),
        "bought": of(SaleRow, "store", "at_ms", "amount_vnd", "channel"),
        "appointments": of(AppointmentRow, "store", "kind", "starts_at_ms", "state"),
        "messages": of(MessageSentRow, "purpose", "at_ms", "by"),
        "tests": of(ExposureRow, "experiment", "arm", "at_ms"),
        "looked_at": {
            str(kind): sorted(words) for kind, words in interests.recent(db, member, now_ms).items()
        },
        "came_by": of(TouchRow, "at_ms", "key", "campaign", "origin", "medium"),
        "cards": [
            {"card": one.key_id, "since_ms": one.enrolled_at_ms}
            for name in names
            for one in phones.live(db, name, now_ms)
        ],
    }


def go(db: Session, member: str, request: int, method: Method, now_ms: int) -> None:
    """End all that a member agreed to, and their cards; the rows go within a minute."""
    consents.choose(db, member, (), Proof(now_ms, method, "", "erasure"))
    phones.revoke(db, member, None, now_ms)
    privacy_requests.confirm(db, request, now_ms)
    stores.next_edition(db)


def standing(db: Session, said: str) -> PrivacyRequestRow | None:
    """The request a receipt is of; None if it is no receipt of ours."""
    key, number = tombstones.graves(db), erasing.number_on(said)
    row = None if number is None else db.get(PrivacyRequestRow, number)
    if key is None or row is None:
        return None
    genuine = erasing.receipt(key.key, row.number, row.asked_at_ms)
    return row if genuine == said.strip() else None


def _correct(db: Session, member: str, words: tuple[str, ...], now_ms: int) -> Done | Refused:
    if len(words) != 2:
        return Refused.WRONG
    name, birthday = (word.strip() for word in words)
    if not 1 <= len(name) <= NAME_MAX or not (birthday == "" or is_birthday(birthday)):
        return Refused.WRONG
    row = db.get_one(ProfileRow, member)
    new = {"name": name, "birthday": birthday}
    changed = [field for field, value in new.items() if getattr(row, field) != value]
    if is_minor(row.birthday, day_of(now_ms)) and not is_minor(birthday, day_of(now_ms)):
        return Refused.MINOR  # the counter may, where somebody sees how old they are
    if changed:
        row.name, row.birthday = name, birthday
        row.provenance = provenance.written(SOURCE, now_ms, changed, row.provenance)
        db.flush()
        minors.heed(db, now_ms, [member])
    return Done()


@dataclass(frozen=True, slots=True)
class _ByMessage:
    """Where codes go for one member."""

    codes: PrivacyCodes
    number: str

    def send(self, db: Session, language: str, now_ms: int) -> Refused | None:
        """Send one; what stands in the way."""
        if not self.codes.can_send():
            return Refused.UNAVAILABLE
        answer = self.codes.send(db, (Use.ERASURE, self.number), language, now_ms)
        return Refused.LOCKED if answer is Answer.LOCKED else None

    def check(self, db: Session, typed: str, now_ms: int) -> Refused | None:
        """Why what was typed is not good."""
        answer = self.codes.check(db, (Use.ERASURE, self.number), typed, now_ms)
        if answer is Answer.RIGHT:
            return None
        return Refused.LOCKED if answer is Answer.LOCKED else Refused.CODE


def _wish_to_go(
    db: Session, member: str, language: str, now_ms: int, by_message: _ByMessage | None
) -> Done | Refused:
    key = tombstones.graves(db)
    if key is None:
        return Refused.UNAVAILABLE
    row = privacy_requests.open_erasure(db, member)
    if row is None:
        row = privacy_requests.add(db, PHONE, PrivacyAsked(Wish.ERASE, ""), member, now_ms)
        db.flush()
    receipt = erasing.receipt(key.key, row.number, row.asked_at_ms)
    if by_message is None:
        return Done(erasing.code(key.key, row.number, member), "", receipt, row.due_ms)
    sent_to = masked(by_message.number)
    hindered = by_message.send(db, language, now_ms)
    return hindered or Done("", sent_to, receipt, row.due_ms)


def _go(
    db: Session,
    member: str,
    words: tuple[str, ...],
    now_ms: int,
    by_message: _ByMessage | None,
) -> Done | Refused:
    """From this moment nothing is shown, sent or announced; the rows go within a minute."""
    key, row = tombstones.graves(db), privacy_requests.open_erasure(db, member)
    if key is None or row is None:
        return Refused.CODE
    if by_message is not None:
        wrong = by_message.check(db, "".join(words), now_ms)
    else:
        is_right = words == (erasing.code(key.key, row.number, member),)
        wrong = None if is_right else Refused.CODE
    if wrong is not None:
        return wrong
    go(db, member, row.number, Method.PHONE, now_ms)
    return Done("", "", erasing.receipt(key.key, row.number, row.asked_at_ms), row.due_ms)
