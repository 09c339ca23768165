"""Makes two members one, with all that is theirs, and two again; what was done is written down.

Nothing is thrown away: the member that is gone stays as a name for the one that is kept, because
the pass in their phone says it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Table, delete, select, true, tuple_, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from contract.messages import Text
from gateway.core import merging, provenance
from gateway.core.changes import Noun
from gateway.core.consent import Method
from gateway.core.ledger import Posting
from gateway.core.merging import Consent, Word
from gateway.store import base, batches, consents, minors, pauses, stores, touches, visits
from gateway.store.base import Base
from gateway.store.consents import Proof
from gateway.store.interests import COLUMNS as INTEREST
from gateway.store.interests import InterestRow
from gateway.store.ledger import PostingRow
from gateway.store.outside import OutsideRow
from gateway.store.profiles import ConsentRow, ProfileRow
from gateway.store.redemptions import TallyRow
from gateway.store.weeks_of_visits import weeks_of

SOURCE = "merge"
FIELDS = (*merging.TOLD, *merging.WORDS, "tier")
# Tables with a member in them whose rows do not simply go over, each with its reason.
OF_THEIR_OWN = {
    "profile",  # the member itself
    "pass_key",  # the pass in the phone says whose it is, and is signed
    "pass_use",  # as its key
    "consent",  # what holds for both is a question of what each said, and when
    "consent_said",  # who said something said it; what is said is never changed
    "interest",  # both may have looked at the same
    "exposure",  # each was shown what they were shown, and counts as the two they were
    *("journey", "credit", "journey_due"),  # made of what goes over, and made anew
    "pause",  # both may have one: who wanted it of either is not recognised as the other
}
# Rows of a table that stay although the others go over. What a file said of the gone one's points
# was said of them; the points themselves, the lots, go.
STAY = {"posting": PostingRow.kind != Posting.FOLLOW}


class MergeRow(Base):
    """Two members became one, and perhaps two again."""

    __tablename__ = "merge"

    merge: Mapped[int] = mapped_column(primary_key=True)
    kept: Mapped[str] = mapped_column(index=True)
    gone: Mapped[str] = mapped_column(index=True)
    by: Mapped[str]  # staff, or who else
    at_ms: Mapped[int]
    reason: Mapped[str] = mapped_column(default="", server_default="")
    undone_at_ms: Mapped[int | None]
    undone_by: Mapped[str] = mapped_column(default="", server_default="")
    undone_reason: Mapped[str] = mapped_column(default="", server_default="")
    before: Mapped[str]  # _Before, as JSON


@dataclass(frozen=True, slots=True)
class Deed:
    """Who decides it, when, and why."""

    by: str
    at_ms: int
    reason: str = ""


class Problem(StrEnum):
    """Why two members are not made one, or two."""

    SAME = "same"
    UNKNOWN = "unknown"
    IS_MERGED = "is_merged"  # one of them is one with somebody else
    NOT_MERGED = "not_merged"


PROBLEMS = {
    Problem.SAME: Text("Đây là cùng một thành viên.", "that is one member"),
    Problem.UNKNOWN: Text("Không có thành viên này.", "there is no such member"),
    Problem.IS_MERGED: Text(
        "Một trong hai đã gộp với người khác; hãy tách ra trước.",
        "one of them is one with somebody else; split that first",
    ),
    Problem.NOT_MERGED: Text("Thành viên này chưa gộp với ai.", "is not one with anybody"),
}


@dataclass
class _Before:
    """How it was, as far as a split needs it."""

    fields: dict[str, tuple[Any, Any]] = field(default_factory=dict)  # of the kept: was, became
    moved: dict[str, list[list[Any]]] = field(default_factory=dict)  # primary keys, by table
    kept_consents: dict[str, Consent] = field(default_factory=dict)
    gone_consents: dict[str, Consent] = field(default_factory=dict)
    held_consents: dict[str, Consent] = field(default_factory=dict)
    tallies: list[tuple[str, int, int]] = field(default_factory=list)  # of the gone one, by offer
    tallied: list[str] = field(default_factory=list)  # offers the kept one had a tally of
    interests: list[list[Any]] = field(default_factory=list)  # of the gone one
    overlaid: list[list[Any]] = field(default_factory=list)  # of the kept one, where both had some
    outside: list[list[str]] = field(default_factory=list)  # who the gone one is at connectors
    heirs: list[str] = field(default_factory=list)  # who was one with the gone one before


def merge(db: Session, kept: str, gone: str, deed: Deed) -> MergeRow | Problem:
    """Make two members one; everything of the gone one is the kept one's from now on."""
    if kept == gone:
        return Problem.SAME
    rows = _both(db, kept, gone)
    if len(rows) < 2:
        return Problem.UNKNOWN
    if any(row.merged_into is not None for row in rows.values()):
        return Problem.IS_MERGED
    before = _Before()
    _merge_fields(rows[kept], rows[gone], before, deed.at_ms)
    how = Proof(deed.at_ms, Method.MERGE, deed.by, "")  # the other may be erased one day
    _merge_consents(db, rows[kept], rows[gone], before, how)
    minors.heed(db, how.at_ms, [kept])
    pauses.join(db, kept, gone)
    _merge_tallies(db, kept, gone, before)
    _merge_interests(db, kept, gone, before)
    for table in _tables():
        before.moved[table.name] = _move(db, table, gone, kept)
    before.outside = _rename(db, gone, kept)
    merged = select(ProfileRow.member).filter_by(merged_into=gone)
    before.heirs = list(db.scalars(merged.order_by(ProfileRow.member)))
    _inherit(db, [gone, *before.heirs], kept)
    written = MergeRow(
        kept=kept,
        gone=gone,
        by=deed.by,
        at_ms=deed.at_ms,
        reason=deed.reason,
        before=msgspec.json.encode(before).decode(),
    )
    db.add(written)
    visits.outdate_members(db, [kept], deed.at_ms)
    touches.due(db, [kept, gone])
    stores.next_edition(db)
    db.flush()
    return written


def split(db: Session, gone: str, deed: Deed) -> MergeRow | Problem:
    """Make two of one again: what was brought goes back, what came since stays."""
    query = select(MergeRow).filter_by(gone=gone, undone_at_ms=None)
    written = db.scalar(query.order_by(MergeRow.merge.desc()).limit(1))
    if written is None:
        return Problem.NOT_MERGED
    rows = _both(db, written.kept, gone)
    kept = rows[written.kept]
    if kept.merged_into is not None:
        return Problem.IS_MERGED
    before = msgspec.json.decode(written.before, type=_Before)
    _inherit(db, [gone], None)
    _inherit(db, before.heirs, gone)
    for table in _tables():
        _move(db, table, kept.member, gone, before.moved.get(table.name, []))
    _rename(db, kept.member, gone, before.outside)
    _split_interests(db, kept.member, before)
    _split_tallies(db, kept.member, gone, before)
    how = Proof(deed.at_ms, Method.SPLIT, deed.by, "")
    _split_consents(db, kept.member, gone, before, how)
    _split_fields(kept, before)
    visits.outdate_members(db, [kept.member, gone], deed.at_ms)
    minors.heed(db, how.at_ms, [kept.member, gone])
    touches.due(db, [kept.member, gone])
    written.undone_at_ms = deed.at_ms
    written.undone_by, written.undone_reason = deed.by, deed.reason
    stores.next_edition(db)
    db.flush()
    return written


def of(db: Session, member: str) -> Sequence[MergeRow]:
    """Who is one with a member now."""
    query = select(MergeRow).filter_by(kept=member, undone_at_ms=None)
    return db.scalars(query.order_by(MergeRow.merge)).all()


def _both(db: Session, one: str, other: str) -> dict[str, ProfileRow]:
    """Both profiles, which nobody else changes till the transaction ends."""
    base.take_turns(db, [row.store for row in stores.every(db)])
    query = select(ProfileRow).where(ProfileRow.member.in_((one, other)))
    locked = query.order_by(ProfileRow.member).with_for_update()
    found = db.scalars(locked.execution_options(populate_existing=True))
    return {row.member: row for row in found}


def _tables() -> list[Table]:
    return [
        table
        for table in Base.metadata.sorted_tables
        if "member" in table.columns and table.name not in OF_THEIR_OWN
    ]


def _move(
    db: Session, table: Table, old: str, new: str, only: Collection[list[Any]] | None = None
) -> list[list[Any]]:
    """Give rows of one member to another; returns the keys of all of them, or of those asked."""
    key = list(table.primary_key.columns)
    mine = table.c.member == old, weeks_of(table)
    theirs = select(*key).where(*mine, STAY.get(table.name, true()))
    found = [list(row) for row in db.execute(theirs)]
    if only is not None:
        wanted = {tuple(one) for one in only}
        found = [one for one in found if tuple(one) in wanted]
    for some in batches.chunks(found):
        same: ColumnElement[bool] = tuple_(*key).in_([tuple(one) for one in some])
        db.execute(update(table).where(same).values(member=new))
    return found


def _rename(
    db: Session, old: str, new: str, only: Collection[list[str]] | None = None
) -> list[list[str]]:
    """Who one member is at connectors is another from now on; all of them, or those asked for."""
    mine = select(OutsideRow).filter_by(noun=Noun.CUSTOMER, ours=old)
    moved = []
    for row in db.scalars(mine.order_by(OutsideRow.connector, OutsideRow.outside)):
        if only is None or [row.connector, row.outside] in only:
            row.ours = new
            moved.append([row.connector, row.outside])
    db.flush()
    return moved


def _inherit(db: Session, members: Collection[str], heir: str | None) -> None:
    chosen = ProfileRow.member.in_(members)
    db.execute(update(ProfileRow).where(chosen).values(merged_into=heir))


def _merge_fields(kept: ProfileRow, gone: ProfileRow, before: _Before, at_ms: int) -> None:
    def of(row: ProfileRow) -> dict[str, Any]:
        return {name: getattr(row, name) for name in FIELDS}

    merged: dict[str, Any] = {**merging.fields(of(kept), of(gone))}
    differ = [name for name in FIELDS if merged[name] != getattr(kept, name)]
    merged["said_at_ms"] = max(kept.said_at_ms, gone.said_at_ms)
    merged["provenance"] = kept.provenance
    if differ:
        source = f"{SOURCE} {gone.member}"
        merged["provenance"] = provenance.written(source, at_ms, differ, kept.provenance)
    for name, value in merged.items():
        if value != getattr(kept, name):
            before.fields[name] = (getattr(kept, name), value)
            setattr(kept, name, value)


def _split_fields(kept: ProfileRow, before: _Before) -> None:
    """What was changed since stays changed."""
    for name, (was, became) in before.fields.items():
        if getattr(kept, name) == became:
            setattr(kept, name, was)


def _consents(db: Session, member: str) -> dict[str, Consent]:
    rows = db.scalars(select(ConsentRow).filter_by(member=member))
    return {row.purpose: Consent(row.granted_at_ms, row.text_version, row.evidence) for row in rows}


def _agree(db: Session, member: str, agreed: Mapping[str, Consent], how: Proof) -> None:
    before = set(_consents(db, member))
    words = [(member, one, one in agreed) for one in sorted(before ^ set(agreed))]
    consents.write(db, words, how)
    db.execute(delete(ConsentRow).filter_by(member=member))
    db.expire_all()
    db.add_all(ConsentRow(member=member, purpose=one, **asdict(agreed[one])) for one in agreed)
    db.flush()


def _merge_consents(
    db: Session, kept: ProfileRow, gone: ProfileRow, before: _Before, how: Proof
) -> None:
    db.flush()
    before.kept_consents = _consents(db, kept.member)
    before.gone_consents = _consents(db, gone.member)
    was, _ = before.fields.get("said_at_ms", (kept.said_at_ms, None))
    before.held_consents = merging.consents(
        Word(before.kept_consents, was), Word(before.gone_consents, gone.said_at_ms)
    )
    _agree(db, gone.member, {}, how)
    _agree(db, kept.member, before.held_consents, how)


def _split_consents(db: Session, kept: str, gone: str, before: _Before, how: Proof) -> None:
    """What was said since the merge holds for the kept one; what was withdrawn, for both."""
    now = _consents(db, kept)
    withdrawn = before.held_consents.keys() - now.keys()
    for purpose in before.held_consents.keys() | before.kept_consents.keys():
        if now.get(purpose) != before.held_consents.get(purpose):
            continue
        now.pop(purpose, None)
        if purpose in before.kept_consents:
            now[purpose] = before.kept_consents[purpose]
    _agree(db, kept, now, how)
    back = {one: c for one, c in before.gone_consents.items() if one not in withdrawn}
    _agree(db, gone, back, how)


def _tallies(db: Session, member: str) -> dict[str, TallyRow]:
    query = select(TallyRow).filter_by(scope="profile", key=member)
    return {row.offer: row for row in db.scalars(query.order_by(TallyRow.offer))}


def _merge_tallies(db: Session, kept: str, gone: str, before: _Before) -> None:
    """What both used counts against the caps of one."""
    theirs, mine = _tallies(db, gone), _tallies(db, kept)
    before.tallied = sorted(mine)
    for offer, row in theirs.items():
        before.tallies.append((offer, row.used, row.spent_vnd))
        if offer in mine:
            mine[offer].used += row.used
            mine[offer].spent_vnd += row.spent_vnd
            db.delete(row)
        else:
            row.key = kept
    db.flush()


def _split_tallies(db: Session, kept: str, gone: str, before: _Before) -> None:
    mine = _tallies(db, kept)
    for offer, used, spent_vnd in before.tallies:
        row = mine[offer]
        row.used, row.spent_vnd = row.used - used, row.spent_vnd - spent_vnd
        if offer not in before.tallied and row.used == row.spent_vnd == 0:
            db.delete(row)
        db.flush()
        words = {"offer": offer, "scope": "profile", "key": gone}
        db.add(TallyRow(**words, used=used, spent_vnd=spent_vnd))
    db.flush()


def _interests(db: Session, member: str) -> list[list[Any]]:
    columns = [getattr(InterestRow, name) for name in INTEREST]
    query = select(*columns).where(InterestRow.member == member)
    return [list(row) for row in db.execute(query.order_by(*columns[1:3]))]


def _merge_interests(db: Session, kept: str, gone: str, before: _Before) -> None:
    mine = {(row[1], row[2]): row for row in _interests(db, kept)}
    before.interests = _interests(db, gone)
    both = [row for row in before.interests if (row[1], row[2]) in mine]
    before.overlaid = [mine[row[1], row[2]] for row in both]
    newest = [
        (kept, *row[1:])
        for row in before.interests
        if row[3] > mine.get((row[1], row[2]), [0, 0, 0, -1])[3]
    ]
    db.execute(delete(InterestRow).filter_by(member=gone))
    batches.put_rows(db, InterestRow, INTEREST, newest, key=INTEREST[:3])
    db.expire_all()


def _split_interests(db: Session, kept: str, before: _Before) -> None:
    """What was seen again since stays; else it is as it was."""
    now = {(row[1], row[2]): row for row in _interests(db, kept)}
    mine = {(row[1], row[2]): row for row in before.overlaid}
    for row in before.interests:
        name = (row[1], row[2])
        if name in now and now[name][3:] == row[3:]:
            db.execute(delete(InterestRow).filter_by(member=kept, kind=name[0], word=name[1]))
            old = [tuple(mine[name])] if name in mine else []
            batches.put_rows(db, InterestRow, INTEREST, old)
    batches.put_rows(db, InterestRow, INTEREST, [tuple(row) for row in before.interests])
    db.expire_all()
