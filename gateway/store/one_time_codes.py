"""One-time codes and who asked for them: neither codes nor numbers can be read here.

Both are kept as keyed hashes (the key is the tombstones' own), so that whoever reads the database
can neither use a code nor learn whose telephone was typed somewhere.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core import one_time_codes
from gateway.core.one_time_codes import Answer, Standing, Use
from gateway.store.base import Base, insert


class OneTimeCodeRow(Base):
    """How it stands with one number and one use; numbers nobody has here look the same."""

    __tablename__ = "one_time_code"

    who: Mapped[str] = mapped_column(primary_key=True)  # core.one_time_codes.owner
    code: Mapped[str] = mapped_column(default="")  # core.one_time_codes.digest
    asked_at_ms: Mapped[int] = mapped_column(default=0)
    since_ms: Mapped[int] = mapped_column(default=0)
    sent: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)


def ask(db: Session, key: bytes, who: tuple[Use, str], now_ms: int) -> tuple[Answer, str]:
    """Ask for a code for a number (E.164) and a use; the code, if it may be sent to somebody.

    Whether the number is anybody's the caller asks by itself, and tells nobody.
    """
    owner = one_time_codes.owner(key, *who)
    row = _locked(db, owner)
    code = one_time_codes.draw(secrets.randbelow)
    made = one_time_codes.digest(key, owner, code)
    standing, answer = one_time_codes.ask(_standing(row), made, now_ms)
    _keep(row, standing)
    return answer, code if answer is Answer.SENT else ""


def check(db: Session, key: bytes, who: tuple[Use, str], typed: str, now_ms: int) -> Answer:
    """Whether a code is right, which it is once; two who type at once take turns."""
    owner = one_time_codes.owner(key, *who)
    row = _locked(db, owner)
    tried = one_time_codes.digest(key, owner, typed)
    standing, answer = one_time_codes.check(_standing(row), tried, now_ms)
    _keep(row, standing)
    return answer


def sent_since(db: Session, at_ms: int) -> int:
    """To how many numbers codes went lately, for whatever use; each message is paid for."""
    row = OneTimeCodeRow
    return db.scalar(select(func.count()).where(row.asked_at_ms >= at_ms, row.sent > 0)) or 0


def _locked(db: Session, owner: str) -> OneTimeCodeRow:
    """The row, which nobody else changes till the transaction ends."""
    empty = {"who": owner, **asdict(Standing())}
    db.execute(insert(db, OneTimeCodeRow).values(**empty).on_conflict_do_nothing())
    query = select(OneTimeCodeRow).filter_by(who=owner).with_for_update()
    return db.scalars(query.execution_options(populate_existing=True)).one()


def _standing(row: OneTimeCodeRow) -> Standing:
    return Standing(row.code, row.asked_at_ms, row.since_ms, row.sent, row.tries)


def _keep(row: OneTimeCodeRow, standing: Standing) -> None:
    for name, value in asdict(standing).items():
        setattr(row, name, value)
