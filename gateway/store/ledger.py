"""The one ledger: who earned what, which lots a use was taken from, and what was undone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256

import msgspec
from sqlalchemy import ForeignKey, Index, bindparam, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.ledger import (
    Currency,
    Lot,
    Part,
    Posting,
    Result,
    Standing,
    claw_back,
    returned_until_ms,
    spend,
    standing,
    take,
)
from gateway.store.base import Base
from gateway.store.batches import Prepared, among, new_numbers, put_rows
from gateway.store.profiles import ProfileRow


class PostingRow(Base):
    """Something that was done to an account, once and for ever."""

    __tablename__ = "posting"

    posting: Mapped[int] = mapped_column(primary_key=True)
    idem_key: Mapped[str] = mapped_column(unique=True)
    request: Mapped[str]  # a digest of what was asked: a key is good for one question
    member: Mapped[str] = mapped_column(ForeignKey("profile.member"), index=True)
    currency: Mapped[str]  # gateway.core.ledger.Currency
    pack: Mapped[str]  # of sessions; else empty
    kind: Mapped[str]  # gateway.core.ledger.Posting
    amount: Mapped[int]
    at_ms: Mapped[int]
    source: Mapped[str]  # the order, the redemption
    undoes: Mapped[int | None] = mapped_column(unique=True)
    result: Mapped[str]  # gateway.core.ledger.Result


class LotRow(Base):
    """What is left of one earning."""

    __tablename__ = "lot"
    __table_args__ = (Index("ix_lot_account", "member", "currency", "pack"),)

    lot: Mapped[int] = mapped_column(primary_key=True)
    posting: Mapped[int] = mapped_column(ForeignKey("posting.posting"))
    member: Mapped[str]
    currency: Mapped[str]
    pack: Mapped[str]
    left: Mapped[int]
    usable_from_ms: Mapped[int]
    expires_at_ms: Mapped[int | None]


class PartRow(Base):
    """How much of which lot a posting gave (+) or took (-)."""

    __tablename__ = "posting_part"

    posting: Mapped[int] = mapped_column(ForeignKey("posting.posting"), primary_key=True)
    lot: Mapped[int] = mapped_column(ForeignKey("lot.lot"), primary_key=True)
    delta: Mapped[int]


@dataclass(frozen=True, slots=True)
class Account:
    """Whose, and of what."""

    member: str
    currency: Currency
    pack: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """What is to be done, under a key that is good for it alone."""

    idem_key: str
    account: Account
    amount: int
    at_ms: int
    source: str = ""
    usable_from_ms: int = 0  # of an earning: pending until then
    expires_at_ms: int | None = None


_LOTS = Prepared(
    select(
        LotRow.member, LotRow.lot, LotRow.left, LotRow.usable_from_ms, LotRow.expires_at_ms
    ).where(
        among(LotRow.member, rows="members"),
        LotRow.currency == bindparam("currency"),
        LotRow.left > 0,
    )
)


def standings(
    db: Session, members: Collection[str], currency: Currency, now_ms: int
) -> dict[str, Standing]:
    """How the accounts of some members stand; one statement, however many they are."""
    lots: dict[str, list[Lot]] = defaultdict(list)
    found = _LOTS.rows(db, members=members, currency=str(currency))
    for member, lot, left, from_ms, end_ms in found:
        lots[member].append(Lot(lot, left, from_ms, end_ms))
    nothing = Standing()
    return {
        member: standing(lots[member], now_ms) if member in lots else nothing for member in members
    }


def follow_files(db: Session, members: Collection[str], at_ms: int) -> None:
    """Post what imported files said of some members' points since they were followed last.

    A file says a balance. The ledger follows by the difference to what the file before it said,
    so that what was earned and used here meanwhile stays. Below zero it takes nothing.
    """
    followed = PostingRow.member == ProfileRow.member, PostingRow.kind == Posting.FOLLOW
    told = select(func.coalesce(func.sum(PostingRow.amount), 0)).where(*followed)
    times = select(func.count()).select_from(PostingRow).where(*followed)
    columns = ProfileRow.member, ProfileRow.points - told.scalar_subquery(), times.scalar_subquery()
    query = select(*columns).where(among(ProfileRow.member, rows=members))
    rows = db.execute(query.order_by(ProfileRow.member)).all()
    # With the time: after a split a number may come again.
    news = [
        (member, more, f"file:{member}:{at_ms}:{number}") for member, more, number in rows if more
    ]
    _add_points(db, [one for one in news if one[1] > 0], at_ms)
    for member, more, key in news:
        if more < 0:
            _take_points(db, Deed(key, Account(member, Currency.POINTS), -more, at_ms))


def _add_points(db: Session, news: Sequence[tuple[str, int, str]], at_ms: int) -> None:
    """Whole files at once: a row by itself would cost fifty times as much."""
    points, postings, lots = str(Currency.POINTS), [], []
    numbers = zip(new_numbers(db, PostingRow.posting), new_numbers(db, LotRow.lot), strict=False)
    for (member, more, key), (posting, lot) in zip(news, numbers, strict=False):
        words = (points, "", str(Posting.FOLLOW), more, at_ms, "file", None, str(Result.DONE))
        postings.append((posting, key, "", member, *words))
        lots.append((lot, posting, member, points, "", more, 0, None))
    put_rows(db, PostingRow, _names(PostingRow), postings)
    put_rows(db, LotRow, _names(LotRow), lots)
    parts = [(posting, lot, more) for lot, posting, _, _, _, more, _, _ in lots]
    put_rows(db, PartRow, _names(PartRow), parts)


def _take_points(db: Session, deed: Deed) -> None:
    row, _ = _post(db, replace(deed, source="file"), Posting.FOLLOW)
    if row is not None:
        alive = [lot for lot in _lots(db, deed.account) if not lot.is_over(deed.at_ms)]
        _take(db, row, take(alive, deed.amount))
        row.amount = -deed.amount
        db.flush()


def earn(db: Session, deed: Deed) -> Result:
    """Give an amount, usable from a time on and until another."""
    row, known = _post(db, deed, Posting.EARN)
    if row is None:
        return known
    _new_lot(db, row, deed.amount, (deed.usable_from_ms, deed.expires_at_ms))
    return Result.DONE


def burn(db: Session, deed: Deed) -> Result:
    """Take an amount from what is usable now: all of it, or NOT_ENOUGH and nothing."""
    row, known = _post(db, deed, Posting.BURN)
    if row is None:
        return known
    parts = spend(_lots(db, deed.account), deed.amount, deed.at_ms)
    if parts is None:
        row.result = Result.NOT_ENOUGH
        return Result.NOT_ENOUGH
    _take(db, row, parts)
    return Result.DONE


def reverse(db: Session, deed: Deed, undone_key: str) -> Result:
    """Undo an earning or a use as a whole, once; the deed's amount does not matter.

    What was used comes back as new lots. What was earned is taken back as far as it is there.
    """
    row, known = _post(db, replace(deed, source=undone_key), Posting.REVERSE)
    if row is None:
        return known
    undone = db.scalar(select(PostingRow).filter_by(idem_key=undone_key))
    account = (deed.account.member, deed.account.currency, deed.account.pack)
    if undone is None or (undone.member, undone.currency, undone.pack) != account:
        return _refuse(row, Result.NOTHING_THERE)
    if undone.result != Result.DONE or undone.kind not in (Posting.EARN, Posting.BURN):
        return _refuse(row, Result.NOTHING_THERE)
    if db.scalar(select(PostingRow.posting).filter_by(undoes=undone.posting)) is not None:
        return _refuse(row, Result.UNDONE_BEFORE)
    row.undoes, row.amount = undone.posting, undone.amount
    parts = db.scalars(select(PartRow).filter_by(posting=undone.posting)).all()
    if undone.kind == Posting.EARN:
        alive = [lot for lot in _lots(db, deed.account) if not lot.is_over(deed.at_ms)]
        _take(db, row, claw_back(alive, parts[0].lot, undone.amount))
        return Result.DONE
    for part in parts:
        old = db.get_one(LotRow, part.lot)
        until_ms = returned_until_ms(old.expires_at_ms, deed.at_ms)
        _new_lot(db, row, -part.delta, (deed.at_ms, until_ms))
    return Result.DONE


def _post(db: Session, deed: Deed, kind: Posting) -> tuple[PostingRow | None, Result]:
    """Write a deed down under its key, when it is its account's turn; or what came of it before."""
    mine = select(ProfileRow.member).filter_by(member=deed.account.member).with_for_update()
    if db.scalar(mine) is None or deed.amount < 0:
        return None, Result.NOTHING_THERE
    digest = sha256(msgspec.json.encode([asdict(deed), kind], order="deterministic")).hexdigest()
    known = db.scalar(select(PostingRow).filter_by(idem_key=deed.idem_key))
    if known is not None:
        return None, Result(known.result) if known.request == digest else Result.KEY_REUSED
    row = PostingRow(
        idem_key=deed.idem_key,
        request=digest,
        member=deed.account.member,
        currency=deed.account.currency,
        pack=deed.account.pack,
        kind=kind,
        amount=deed.amount,
        at_ms=deed.at_ms,
        source=deed.source,
        undoes=None,
        result=Result.DONE,
    )
    db.add(row)
    db.flush()
    return row, Result.DONE


def _refuse(row: PostingRow, result: Result) -> Result:
    row.result = result
    return result


def _lots(db: Session, account: Account) -> Sequence[Lot]:
    db.flush()
    query = select(LotRow).filter_by(**asdict(account)).where(LotRow.left > 0)
    return [
        Lot(row.lot, row.left, row.usable_from_ms, row.expires_at_ms)
        for row in db.scalars(query.execution_options(populate_existing=True))
    ]


def _new_lot(db: Session, row: PostingRow, amount: int, life: tuple[int, int | None]) -> None:
    lot = LotRow(
        posting=row.posting,
        member=row.member,
        currency=row.currency,
        pack=row.pack,
        left=amount,
        usable_from_ms=life[0],
        expires_at_ms=life[1],
    )
    db.add(lot)
    db.flush()
    db.add(PartRow(posting=row.posting, lot=lot.lot, delta=amount))


def _take(db: Session, row: PostingRow, parts: Sequence[Part]) -> None:
    for part in parts:
        taken = (
            update(LotRow)
            .where(LotRow.lot == part.lot, LotRow.left >= part.amount)
            .values(left=LotRow.left - part.amount)
        )
        db.execute(taken)
        db.add(PartRow(posting=row.posting, lot=part.lot, delta=-part.amount))
    db.flush()


def _names(table: type[Base]) -> list[str]:
    return [column.key for column in table.__table__.columns]
