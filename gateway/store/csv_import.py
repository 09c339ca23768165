"""Reads a shop from CSV files: all of it or nothing, or every line that is right.

Rows that are there already are brought up to date, so an import may be repeated. What a file
does not mention stays as it is.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from pathlib import Path
from uuid import uuid4

from sqlalchemy.orm import Session, sessionmaker

from gateway.store import csv_lines, csv_rows, profiles, refused_files, stores
from gateway.store.csv_lines import Line, MistakeError, Mistakes, Refusals, RefusedLines, Told
from gateway.store.profile_import import Importer, Maker, Tally
from gateway.store.profile_lines import MEMBER_BYTES, Reader, Said
from runtime.errors import SettingsError

PROFILES = "profiles"
NAMES = ("stores", "kiosks", PROFILES, "orders", "offers", "staff", "sales")
"""In this order: a row may need one of a file before."""

# Lines of one transaction, where each line counts for itself: what kiosks say waits that long.
# With fewer, every page of an index would be written many times over.
BATCH = 10_000
# Of the very first members so many batches are one transaction: nobody is served yet, and members
# come in no order, so that each transaction writes nearly every page of their indexes once.
TOGETHER = 5

Transactions = Callable[[], AbstractContextManager[Session]]


@dataclass
class _Import:
    """One import under way."""

    folder: Path
    transactions: Transactions
    maker: Maker
    refusals: Refusals
    told: Told
    tally: Tally = field(default_factory=Tally)

    @property
    def is_news(self) -> bool:
        """Whether anything is different now."""
        return self.tally.new + self.tally.changed > 0

    def refuse(self, line: Line, mistake: MistakeError) -> None:
        """A line is wrong."""
        self.tally.refused += 1
        self.refusals.refuse(line, mistake.reason)


@dataclass(frozen=True)
class Choices:
    """How lines are brought in of which some may be wrong."""

    refused: Path  # a folder for those, with the reasons
    is_dry: bool = False
    told: Told = lambda _bytes: None


def load(db: Session, folder: Path, at_ms: int, told: Told = lambda _bytes: None) -> Tally:
    """Import whichever of the files are in the folder, all of it or nothing.

    Raises SettingsError naming file, line, column and remedy of the first mistakes; the caller's
    transaction must then be rolled back.
    """
    mistakes = Mistakes()
    work = _Import(folder, lambda: nullcontext(db), _maker(at_ms), mistakes, told)
    _load_folder(work)
    if mistakes.count:
        raise SettingsError(mistakes.sentence)
    if work.is_news:
        stores.next_edition(db)
    return work.tally


def load_good(sessions: sessionmaker[Session], folder: Path, at_ms: int, choices: Choices) -> Tally:
    """Import every line that is right, and write the others into files with the reasons.

    What is right is committed as it goes, so that a shop that is open goes on. A dry run keeps
    nothing and writes only what would be refused. SettingsError if a file cannot be read.
    """
    home = folder.parent if folder.is_file() else folder
    if choices.refused.resolve() == home.resolve():
        raise SettingsError(f"{folder}: refused lines would replace the files they come from")
    written = [choices.refused / path.name for path in _files(folder)]
    refused_files.expect(sessions, written, at_ms)
    refused = RefusedLines(choices.refused)
    with _undone(sessions) if choices.is_dry else nullcontext(sessions.begin) as transactions:
        work = _Import(folder, transactions, _maker(at_ms), refused, choices.told)
        try:
            _load_folder(work)
        finally:
            refused.close()
            if work.is_news:  # also after half of it: who withdrew consent must not be waited for
                with transactions() as db:
                    stores.next_edition(db)
    return work.tally


@contextmanager
def _undone(sessions: sessionmaker[Session]) -> Iterator[Transactions]:
    """One transaction for all, of which nothing stays."""
    with sessions() as db:
        yield lambda: nullcontext(db)
        db.rollback()


def _maker(at_ms: int) -> Maker:
    return Maker(at_ms, lambda: uuid4().hex, lambda: secrets.token_hex(MEMBER_BYTES))


def _load_folder(work: _Import) -> None:
    before = 0
    for path in _files(work.folder):
        name = path.stem
        try:
            with csv_lines.opened(path, partial(_tell, work.told, before)) as (header, lines):
                if name == PROFILES:
                    _load_profiles(work, header, lines)
                else:
                    _load_rows(work, name, header, lines)
        except SettingsError as error:
            work.refusals.say(str(error))
        before += path.stat().st_size


def _files(folder: Path) -> list[Path]:
    """The files to read, in their order; of one file, that one."""
    listed = ", ".join(f"{name}.csv" for name in NAMES)
    if folder.is_file():
        if folder.suffix != ".csv" or folder.stem not in NAMES:
            raise SettingsError(f"{folder}: is none of {listed}")
        return [folder]
    if not folder.is_dir():
        raise SettingsError(f"{folder}: there is no such folder")
    found = [path for name in NAMES if (path := folder / f"{name}.csv").exists()]
    if not found:
        raise SettingsError(f"{folder}: there is none of {listed}")
    return found


def _tell(told: Told, before: int, read: int) -> None:
    told(before + read)


def _load_profiles(work: _Import, header: list[str], lines: Iterable[Line]) -> None:
    reader = Reader(header)
    importer = Importer(work.maker, reader.fields, work.tally, work.refusals)
    said = _read(work, reader, lines)
    with work.transactions() as db:
        together = 1 if profiles.is_anybody(db) else TOGETHER
    batches = iter(lambda: list(islice(said, BATCH)), [])
    for batch in batches:
        with work.transactions() as db:
            for one in chain((batch,), islice(batches, together - 1)):
                importer.take(db, one)


def _read(work: _Import, reader: Reader, lines: Iterable[Line]) -> Iterator[Said]:
    for line in lines:
        work.tally.lines += 1
        try:
            yield reader.read(line)
        except MistakeError as mistake:
            work.refuse(line, mistake)


def _load_rows(work: _Import, name: str, header: list[str], lines: Iterator[Line]) -> None:
    columns = csv_rows.COLUMNS[name].split(",")
    if missing := csv_lines.missing(header, columns):
        raise SettingsError(f"{name}.csv line 1: column {', '.join(missing)} is missing")
    known = [(at, one) for at, one in enumerate(header) if one in (*columns, *csv_rows.OPTIONAL)]
    keep = csv_rows.KEEP[name]
    while batch := list(islice(lines, BATCH)):
        with work.transactions() as db:
            for line in batch:
                work.tally.lines += 1
                try:
                    keep(db, {one: line.cell(at) for at, one in known})
                    work.tally.changed += 1
                except MistakeError as mistake:
                    work.refuse(line, mistake)
            db.flush()
