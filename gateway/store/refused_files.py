"""Where the lines lie that an import refused; who is erased is taken out of them.

They hold names and telephone numbers outside the database. A file that an erasure could not open is
remembered until it is gone: its owner must look at it.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, sessionmaker

from gateway.core.erasing import Person
from gateway.core.external_ids import e164
from gateway.store.base import Base, insert, writing

OWNER_ONLY = 0o600  # names and telephone numbers
ENCODING = "utf-8-sig"  # with the mark by which spreadsheets know it


class RefusedFileRow(Base):
    """One file that an import wrote, or was about to."""

    __tablename__ = "refused_file"

    path: Mapped[str] = mapped_column(primary_key=True)  # absolute
    at_ms: Mapped[int]  # when it was written last
    missed_at_ms: Mapped[int | None]  # an erasure could not open it: it may still name somebody


def expect(sessions: sessionmaker[Session], files: Iterable[Path], now_ms: int) -> None:
    """These will be written: known before the first line is in them. Those that went are no more.

    Whoever imports sees all folders there are; a service that erases may not.
    """
    with writing(sessions) as db:
        for row in db.scalars(select(RefusedFileRow)).all():
            if not Path(row.path).exists():
                db.delete(row)
        db.flush()
        for file in files:
            now = {"at_ms": now_ms, "missed_at_ms": None}
            put = insert(db, RefusedFileRow).values(path=str(file.resolve()), **now)
            db.execute(put.on_conflict_do_update(index_elements=["path"], set_=now))


def forget(sessions: sessionmaker[Session], who: Person, now_ms: int) -> int:
    """Take somebody's lines out of every file; how many those were."""
    with sessions() as db:
        files = [Path(path) for path in db.scalars(select(RefusedFileRow.path)).all()]
    removed = 0
    for file in files:
        try:
            removed += _without(file, who)
        except (OSError, UnicodeDecodeError, csv.Error):
            missed = update(RefusedFileRow).filter_by(path=str(file))
            with writing(sessions) as db:
                db.execute(missed.values(missed_at_ms=now_ms))
    return removed


def missed(db: Session) -> Sequence[RefusedFileRow]:
    """The files that may still name somebody who was erased."""
    query = select(RefusedFileRow).where(RefusedFileRow.missed_at_ms.is_not(None))
    return db.scalars(query.order_by(RefusedFileRow.path)).all()


def looked_at(db: Session, path: str) -> None:
    """Somebody deleted it, or took the lines out by hand."""
    db.execute(delete(RefusedFileRow).filter_by(path=path))


def _without(file: Path, who: Person) -> int:
    """OSError if it cannot be opened; one that is not there may be where we cannot see."""
    with file.open(encoding=ENCODING, newline="") as lines:
        rows = list(csv.reader(lines))
    kept = [row for row in rows if not _names(row, who)]
    if len(kept) == len(rows):
        return 0
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=OWNER_ONLY)
    with part.open("w", encoding=ENCODING, newline="") as out:
        csv.writer(out).writerows(kept)
        out.flush()
        os.fsync(out.fileno())
    part.replace(file)
    return len(rows) - len(kept)


def _names(row: Sequence[str], who: Person) -> bool:
    """Also by a number that is written in another way than we know it."""
    numbers = {number for cell in row if (number := e164(cell)) is not None}
    return who.is_in("\n".join(row).encode()) or bool(numbers & who.words)
