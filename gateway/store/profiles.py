"""The online customer: profile, tags, pass keys, consents. Queries take whole batches."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, ForeignKey, bindparam, exists, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from contract.messages import Trust, TrustedEid, TrustedIrk, TrustedKey, TrustedTag
from gateway.core.consent import Purpose
from gateway.core.external_ids import spellings
from gateway.core.rotating import RotatingTag
from gateway.store import external_ids, pauses, tag_clocks
from gateway.store.base import Base
from gateway.store.batches import Prepared, among
from gateway.store.pauses import PauseRow
from gateway.store.stores import StoreRow
from runtime.clock import unix_ms

PURPOSES = {str(purpose): purpose for purpose in Purpose}


class ProfileRow(Base):
    """One member."""

    __tablename__ = "profile"

    member: Mapped[str] = mapped_column(primary_key=True)  # 12 hex digits, as in passes
    name: Mapped[str]
    phone: Mapped[str]
    tier: Mapped[str]  # gateway.core.tiers.Tier
    points: Mapped[int]  # as the last file said; what they have is in the ledger, which follows it
    interests: Mapped[str]  # words separated by ';'
    birthday: Mapped[str] = mapped_column(default="", server_default="")  # 1990-03-01 or 03-01
    segments: Mapped[str] = mapped_column(default="", server_default="")  # words, too
    source: Mapped[str] = mapped_column(default="", server_default="")  # ad:tet-2026, link:…
    provenance: Mapped[str] = mapped_column(default="", server_default="")  # core.provenance
    # When they last said what they agree to; else when they became known, agreeing to nothing.
    said_at_ms: Mapped[int] = mapped_column(default=0, server_default="0")
    merged_into: Mapped[str | None]  # a member; SQLite cannot refer to one later


class TagRow(Base):
    """A radio identity and whose it is."""

    __tablename__ = "tag"

    tag: Mapped[str] = mapped_column(primary_key=True)
    identity: Mapped[str] = mapped_column(unique=True)
    member: Mapped[str] = mapped_column(ForeignKey("profile.member"), index=True)


class PassKeyRow(Base):
    """The public half of a key on a member's phone."""

    __tablename__ = "pass_key"

    member: Mapped[str] = mapped_column(ForeignKey("profile.member"), primary_key=True)
    key_id: Mapped[int] = mapped_column(primary_key=True)
    public_key: Mapped[str]
    enrolled_at_ms: Mapped[int] = mapped_column(default=0)  # 0: it was imported
    ends_at_ms: Mapped[int | None]  # good until then; None: until another comes


class ConsentRow(Base):
    """A member agreed to a purpose; no row means no."""

    __tablename__ = "consent"

    member: Mapped[str] = mapped_column(ForeignKey("profile.member"), primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)  # gateway.core.consent.Purpose
    granted_at_ms: Mapped[int]
    text_version: Mapped[int]
    evidence: Mapped[str]  # how it was given


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a member, to decide upon."""

    name: str
    tier: str
    interests: str
    birthday: str = ""
    segments: str = ""
    source: str = ""

    @property
    def interest_words(self) -> list[str]:
        """What the member looks at."""
        return _words(self.interests)

    @property
    def segment_words(self) -> list[str]:
        """The groups of customers they belong to."""
        return _words(self.segments)


def _words(written: str) -> list[str]:
    return [word for word in written.split(";") if word]


def is_anybody(db: Session) -> bool:
    """Whether the shop has any member."""
    return db.scalar(select(ProfileRow.member).limit(1)) is not None


def by_member(db: Session, members: Collection[str]) -> dict[str, Profile]:
    """The profiles of some members."""
    found = _BY_MEMBER.rows(db, members=members)
    return {row[0]: Profile(*row[1:]) for row in found}


def heirs(db: Session, members: Collection[str]) -> dict[str, str]:
    """Who of some members is one with another by now, and with whom."""
    return dict(_HEIRS.rows(db, members=members))


def names(db: Session, member: str) -> list[str]:
    """All members whose passes say that they are this one: it, and who is one with it."""
    others = select(ProfileRow.member).filter_by(merged_into=member)
    return [member, *db.scalars(others.order_by(ProfileRow.member))]


def find(db: Session, who: str) -> str | None:
    """Who says this phone number, e-mail address or Zalo id, or this member's number.

    Nobody by a part of any, and nobody if it may mean two members. A member who is one with
    another is that other.
    """
    found = set(external_ids.owners(db, spellings(who)).values())
    member = db.get(ProfileRow, "".join(who.split()).lower())
    if member is not None:
        found.add(member.merged_into or member.member)
    return found.pop() if len(found) == 1 else None


def owners(db: Session, tags: Collection[str]) -> dict[str, str]:
    """Whose tags these are; a tag of a member without consent to presence is nobody's."""
    return dict(_OWNERS.rows(db, tags=tags))


def consents(db: Session, members: Collection[str]) -> dict[str, set[Purpose]]:
    """What each of some members agreed to."""
    agreed: dict[str, set[Purpose]] = {member: set() for member in members}
    for member, purpose in _CONSENTS.rows(db, members=members):
        agreed[member].add(PURPOSES[purpose])
    return agreed


def pass_keys(db: Session, members: Collection[str], now_ms: int) -> dict[tuple[str, int], bytes]:
    """The public keys of some members that are good now, by member and key id."""
    found = _PASS_KEYS.rows(db, members=members, now_ms=now_ms)
    return {(member, number): bytes.fromhex(key) for member, number, key in found}


def _is_good(now_ms: int | BindParameter[int]) -> ColumnElement[bool]:
    return or_(PassKeyRow.ends_at_ms.is_(None), PassKeyRow.ends_at_ms > now_ms)


_KNOWN = ("member", *(one.name for one in fields(Profile)))
_BY_MEMBER = Prepared(
    select(*(getattr(ProfileRow, name) for name in _KNOWN)).where(
        among(ProfileRow.member, rows="members")
    )
)
_HEIRS = Prepared(
    select(ProfileRow.member, ProfileRow.merged_into).where(
        among(ProfileRow.member, rows="members"), ProfileRow.merged_into.is_not(None)
    )
)
_OWNERS = Prepared(
    select(TagRow.tag, TagRow.member).where(
        among(TagRow.tag, rows="tags"),
        exists().where(
            ConsentRow.member == TagRow.member, ConsentRow.purpose == str(Purpose.PRESENCE)
        ),
        ~exists().where(PauseRow.member == TagRow.member),
    )
)
_CONSENTS = Prepared(
    select(ConsentRow.member, ConsentRow.purpose).where(among(ConsentRow.member, rows="members"))
)
_PASS_KEYS = Prepared(
    select(PassKeyRow.member, PassKeyRow.key_id, PassKeyRow.public_key).where(
        among(PassKeyRow.member, rows="members"), _is_good(bindparam("now_ms"))
    )
)

TRUST_LIFE = timedelta(hours=36)  # over a night and a holiday on which the gateway is not there


def next_trust(db: Session, store: str, now: datetime) -> Trust:
    """Whom a store's kiosks may recognise from now on, under a new epoch.

    Tags of members who consent to presence, and every member's pass keys. The epoch follows the
    time, because kiosks never go back: it must also grow after a backup was restored.
    """
    pauses.lapse(db, unix_ms(now))
    shop = db.get_one(StoreRow, store)
    shop.trust_epoch = max(shop.trust_epoch + 1, int(now.timestamp()))
    tags = (
        select(TagRow)
        .join(ConsentRow, ConsentRow.member == TagRow.member)
        .where(ConsentRow.purpose == Purpose.PRESENCE)
        .where(~exists().where(PauseRow.member == TagRow.member))
        .order_by(TagRow.tag)
    )
    good = select(PassKeyRow).where(_is_good(unix_ms(now)))
    keys = good.order_by(PassKeyRow.member, PassKeyRow.key_id)
    until = now + TRUST_LIFE
    clocks = tag_clocks.every(db)
    plain: list[TrustedTag] = []
    eids: list[TrustedEid] = []
    irks: list[TrustedIrk] = []
    for row in db.scalars(tags).all():
        family, _, rest = row.identity.partition(":")
        if family == "eddystone-eid":
            exponent, started_s, key = rest.split(":")
            clock = tag_clocks.tell(db, clocks, row.tag, int(started_s), int(now.timestamp()))
            tag = RotatingTag(row.tag, int(exponent), bytes.fromhex(key), clock)
            eids.append(tag.for_kiosks(now.timestamp(), until.timestamp()))
        elif family == "irk":
            irks.append(TrustedIrk(row.tag, rest))
        else:
            plain.append(TrustedTag(row.tag, row.identity))
    return Trust(
        store,
        shop.trust_epoch,
        unix_ms(until),
        tuple(plain),
        tuple(TrustedKey(row.member, row.key_id, row.public_key) for row in db.scalars(keys)),
        tuple(eids),
        tuple(irks),
    )
