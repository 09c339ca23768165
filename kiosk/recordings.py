"""Recorded sightings and receivers' offsets from CSV files; says which line is wrong, and why.

Holds one line at a time. A file says of itself what its columns are, or has them in our order.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from typing import BinaryIO, cast

from kiosk.core.presence import Receiver
from kiosk.core.replay import Sighting
from runtime.errors import SettingsError

COLUMNS = ("tag", "receiver", "t_s", "rssi_dbm")
MAX_LINE = 4_096  # characters; nothing we read has longer ones, and a file without lines ends here
DISORDER_S = 1.0  # two radios may report that much out of order; more is a file that is not sorted
DBM = (-127.0, 20.0)  # the range of RSSI in the Bluetooth HCI
OFFSET_DB = (-20.0, 20.0)  # beyond it an antenna is broken, not different
GZIP_MAGIC = b"\x1f\x8b"


def sightings(file: BinaryIO, name: str) -> Iterator[Sighting]:
    """The sightings in a file of `tag,receiver,t_s,rssi_dbm`, packed with gzip or not.

    Other columns are passed over. Raises SettingsError with file, line and column.
    """
    last_s = -float("inf")
    for row in _rows(file, name, COLUMNS):
        tag, receiver = row.text(0), row.text(1)
        t_s, rssi_dbm = row.number(2, (0.0, 1e12)), row.number(3, DBM)
        if t_s < last_s - DISORDER_S:
            raise row.wrong(2, f"goes back from {last_s:g} s to {t_s:g} s; sort the file by time")
        last_s = max(last_s, t_s)
        yield Sighting(tag, receiver, t_s, rssi_dbm)


def receivers(file: BinaryIO, name: str) -> dict[str, Receiver]:
    """The receivers in a file of `receiver,offset_db`, each watching the zone of its name.

    Raises SettingsError with file, line and column.
    """
    return {
        row.text(0): Receiver(row.text(0), row.number(1, OFFSET_DB))
        for row in _rows(file, name, ("receiver", "offset_db"))
    }


@contextmanager
def opened(path: Path, stdin: BinaryIO) -> Iterator[BinaryIO]:
    """A file to read, or standard input for "-". Raises SettingsError if there is none."""
    if str(path) == "-":
        yield stdin
        return
    try:
        file = path.open("rb")
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from error
    with file:
        yield file


class _Row:
    """One line's fields, and where they stand."""

    __slots__ = ("_columns", "_fields", "_where")

    def __init__(self, where: str, columns: Sequence[str], fields: Sequence[str]) -> None:
        self._where, self._columns, self._fields = where, columns, fields

    def text(self, column: int) -> str:
        """A field that must say something."""
        said = self._fields[column].strip()
        if not said:
            raise self.wrong(column, "is empty")
        return said

    def number(self, column: int, bounds: tuple[float, float]) -> float:
        """A field that must be a number between bounds."""
        said = self._fields[column]
        least, most = bounds
        try:
            number = float(said)
        except ValueError:
            raise self.wrong(column, f"{said[:40]!r} is not a number") from None
        if not (isfinite(number) and least <= number <= most):
            raise self.wrong(column, f"{said[:40]!r} is not between {least:g} and {most:g}")
        return number

    def wrong(self, column: int, problem: str) -> SettingsError:
        """What to say of a field."""
        return SettingsError(f"{self._where}, column {self._columns[column]}: {problem}")


def _rows(file: BinaryIO, name: str, columns: Sequence[str]) -> Iterator[_Row]:
    """The rows of a CSV file, whose first line may name the columns, in any order."""
    places: Sequence[int] = range(len(columns))
    is_first = True
    for number, fields in _records(file, name):
        where = f"{name} line {number}"
        if is_first:
            is_first = False
            if set(columns) <= set(fields):
                places = [fields.index(column) for column in columns]
                continue
        if len(fields) <= max(places):
            raise SettingsError(f"{where}: {len(fields)} columns, but {','.join(columns)} are due")
        yield _Row(where, columns, [fields[place] for place in places])


def _records(file: BinaryIO, name: str) -> Iterator[tuple[int, list[str]]]:
    """Line numbers and fields; empty lines are none."""
    text = _text(file)
    records = csv.reader(_lines(text, name))
    try:
        for fields in records:
            if fields:
                yield records.line_num, fields
    except UnicodeDecodeError as error:
        raise SettingsError(f"{name} after line {records.line_num}: not UTF-8 text") from error
    except (csv.Error, OSError, EOFError, zlib.error) as error:
        where = f"{name} after line {records.line_num}"
        raise SettingsError(f"{where} cannot be read: {error}") from error
    finally:
        text.detach()  # whoever opened the file closes it


def _lines(text: io.TextIOWrapper, name: str) -> Iterator[str]:
    number = 0
    while line := text.readline(MAX_LINE):
        number += 1
        if len(line) == MAX_LINE:
            raise SettingsError(f"{name} line {number} is longer than {MAX_LINE} characters")
        yield line


def _text(file: BinaryIO) -> io.TextIOWrapper:
    """As text, unpacked if it is packed, whatever it is called."""
    peekable = file if isinstance(file, io.BufferedReader) else _buffered(file)
    is_packed = peekable.peek(len(GZIP_MAGIC)).startswith(GZIP_MAGIC)
    plain = gzip.GzipFile(fileobj=peekable) if is_packed else peekable
    return io.TextIOWrapper(plain, "utf-8-sig", newline="")


def _buffered(file: BinaryIO) -> io.BufferedReader:
    return io.BufferedReader(cast(io.RawIOBase, file))
