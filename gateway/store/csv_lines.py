"""Lines and cells of CSV files: reads them and says in both languages what is wrong with them."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any, Protocol

from msgspec import Struct

from contract.identifiers import is_name
from contract.messages import Text
from gateway.core.birthdays import is_birthday
from gateway.core.external_ids import IdKind
from gateway.core.shop_days import SHOP_TIME
from runtime.clock import unix_ms
from runtime.errors import SettingsError

SHORT, LONG = 80, 240  # what contract.messages lets a screen be told
SHOWN_MISTAKES = 20  # a person mends these first; the sentence says how many more there are
TOLD_LINES = 1_000  # how often a progress bar hears of it: twenty times a second
REASONS = ("reason_vi", "reason_en")

Row = list[str]
Told = Callable[[int], object]

_ORDER = re.compile(r"[0-9a-zA-Z-]{1,40}")  # contract.messages.Id
# One wrong identity would make kiosks refuse the whole trust message. See contract.messages.
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_IDENTITY = re.compile(
    rf"(ibeacon|altbeacon):{_UUID}:\d{{1,5}}:\d{{1,5}}|eddystone-uid:[0-9a-f]{{20}}:[0-9a-f]{{12}}"
    # a rotating identity: its exponent, the Unix time when its counter said 0, its identity key
    r"|eddystone-eid:(\d|1[0-5]):-?\d{1,10}:[0-9a-f]{32}"
    r"|irk:[0-9a-f]{32}"  # a phone that changes its address
)
_SOURCE = re.compile(r"(link|ad|code|qr|store):[^\s;]{1,64}")
_HEX = frozenset("0123456789abcdef")


class MistakeError(ValueError):
    """One cell is wrong; says which and what it should be."""

    def __init__(self, column: str, vi: str, en: str) -> None:
        super().__init__(f"{column}: {en}")
        self.column, self.problem = column, Text(vi, en)
        self.reason = Text(f"{column}: {vi}", f"{column}: {en}")


class Refusals(Protocol):
    """What is to become of lines that are wrong."""

    def refuse(self, line: Line, reason: Text) -> None:
        """One line is wrong."""

    def say(self, sentence: str) -> None:
        """A file as a whole is wrong."""


class Line(Struct, gc=False):  # a million of them, and none refers to itself
    """One line, and where it stands."""

    file: str
    number: int
    header: Row
    cells: Row

    def cell(self, index: int) -> str:
        """What stands there; spreadsheets leave out the last ones if they are empty."""
        return self.cells[index].strip() if index < len(self.cells) else ""


@dataclass
class Mistakes:
    """Remembers the first that are wrong; one is enough to keep nothing."""

    sentences: list[str] = field(default_factory=list)
    count: int = 0

    def refuse(self, line: Line, reason: Text) -> None:
        """One line is wrong."""
        self.say(f"{line.file}.csv line {line.number}: {reason.en}")

    def say(self, sentence: str) -> None:
        """A file as a whole is wrong."""
        self.count += 1
        if self.count <= SHOWN_MISTAKES:
            self.sentences.append(sentence)

    @property
    def sentence(self) -> str:
        """All in one."""
        more = self.count - SHOWN_MISTAKES
        return "; ".join(self.sentences) + (f"; and {more} more" if more > 0 else "")


@dataclass
class RefusedLines:
    """Writes wrong lines into files of the same names, with the reasons, to be mended there."""

    folder: Path
    count: int = 0
    _files: dict[str, IO[str]] = field(default_factory=dict)

    def refuse(self, line: Line, reason: Text) -> None:
        """One line is wrong."""
        kept = [index for index, name in enumerate(line.header) if name not in REASONS]
        file = self._files.get(line.file)
        if file is None:
            file = self._files[line.file] = self._begun(line.file)
            csv.writer(file).writerow([*(line.header[index] for index in kept), *REASONS])
        known = [line.cells[index] if index < len(line.cells) else "" for index in kept]
        csv.writer(file).writerow([*known, reason.vi, reason.en])
        self.count += 1

    def say(self, sentence: str) -> None:
        """A file as a whole is wrong: SettingsError."""
        raise SettingsError(sentence)

    def close(self) -> None:
        """Everything is on the disk."""
        for file in self._files.values():
            file.close()

    def _begun(self, name: str) -> IO[str]:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{name}.csv"
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)  # names and telephone numbers
        return path.open("w", encoding="utf-8-sig", newline="")  # -sig: for spreadsheets


@contextmanager
def opened(path: Path, told: Told) -> Iterator[tuple[Row, Iterator[Line]]]:
    """A file's header, and its lines that are not empty; `told` hears how many bytes are read.

    Raises SettingsError if it is no UTF-8 CSV.
    """
    try:
        # -sig: spreadsheets write a BOM
        with path.open("rb") as data, TextIOWrapper(data, "utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            header = [name.strip() for name in next(reader, [])]
            yield header, _lines(path.stem, header, reader, lambda: told(data.tell()))
            told(data.tell())
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(f"{path.name}: cannot be read as UTF-8 CSV ({error})") from error


def _lines(name: str, header: Row, reader: Any, tell: Callable[[], object]) -> Iterator[Line]:
    for cells in reader:
        if cells:
            yield Line(name, reader.line_num, header, cells)
        if reader.line_num % TOLD_LINES == 0:
            tell()


def missing(header: Sequence[str], columns: Iterable[str]) -> list[str]:
    """The columns that are not there."""
    return [one for one in columns if one not in header]


def text(value: str, column: str, longest: int = LONG) -> str:
    """Some words."""
    if not value:
        raise MistakeError(column, "không được để trống", "must not be empty")
    return at_most(value, column, longest)


def at_most(value: str, column: str, longest: int = LONG) -> str:
    """Some words, or none."""
    if len(value) > longest:
        raise MistakeError(
            column, f"dài nhất là {longest} ký tự", f"must be at most {longest} characters long"
        )
    return value


def name(value: str, column: str) -> str:
    """The short name of a store, a kiosk, an offer."""
    if not is_name(value):
        raise MistakeError(
            column,
            f"{value!r} không phải là 1 đến 32 ký tự a-z, 0-9 và -",
            f"{value!r} is not 1 to 32 of a-z, 0-9 and -",
        )
    return value


def order_id(value: str) -> str:
    """The id of an order."""
    if _ORDER.fullmatch(value) is None:
        raise MistakeError(
            "order",
            f"{value!r} không phải là 1 đến 40 ký tự A-Z, a-z, 0-9 và -",
            f"{value!r} is not 1 to 40 of A-Z, a-z, 0-9 and -",
        )
    return value


def number(value: str, column: str, least: int, most: int) -> int:
    """A whole number."""
    if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
        raise MistakeError(
            column,
            f"{value!r} không phải là số từ {least} đến {most}",
            f"{value!r} is not a number from {least} to {most}",
        )
    return int(value)


def hexadecimal(value: str, column: str, size_bytes: int) -> str:
    """Bytes, as hex digits."""
    found = value.lower()
    if len(found) != 2 * size_bytes or not _HEX.issuperset(found):
        raise MistakeError(
            column,
            f"{value!r} không phải là {2 * size_bytes} chữ số hex",
            f"{value!r} is not {2 * size_bytes} hex digits",
        )
    return found


def day(value: str, column: str) -> date:
    """A day of the calendar."""
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise MistakeError(
            column,
            f"{value!r} không phải là ngày như 2026-03-01",
            f"{value!r} is not a day like 2026-03-01",
        ) from error


def moment_ms(value: str, column: str) -> int:
    """A moment; without a zone it is the shop's own time."""
    try:
        at = datetime.fromisoformat(value)
    except ValueError as error:
        raise MistakeError(
            column,
            f"{value[:80]!r} không phải là lúc như 2026-03-01T14:05:00",
            f"{value[:80]!r} is not a moment like 2026-03-01T14:05:00",
        ) from error
    return unix_ms(at if at.tzinfo is not None else at.replace(tzinfo=SHOP_TIME))


def birthday(value: str) -> str:
    """`1990-03-01`, or `03-01` of who does not tell the year; or nothing."""
    if value and not is_birthday(value):
        raise MistakeError(
            "birthday",
            f"{value!r} không phải là ngày như 1990-03-01 hoặc 03-01",
            f"{value!r} is not a day like 1990-03-01 or 03-01",
        )
    return value


def source(value: str) -> str:
    """By what somebody came to be known: a link, an advertisement, a code, a QR, a store."""
    if value and _SOURCE.fullmatch(value) is None:
        raise MistakeError(
            "source",
            f"{value[:80]!r} không có dạng link:, ad:, code:, qr: hoặc store: rồi đến tên",
            f"{value[:80]!r} is not link:, ad:, code:, qr: or store: and a name",
        )
    return value


def one_of(value: str, column: str, known: Iterable[str]) -> str:
    """A word of a closed list."""
    words = [str(word) for word in known]
    if value not in words:
        listed = ", ".join(words)
        raise MistakeError(
            column,
            f"{value!r} không thuộc danh sách: {listed}",
            f"{value!r} is not one of {listed}",
        )
    return value


def no_id(value: str, column: str, kind: IdKind) -> MistakeError:
    """What stands there cannot be an id of that kind."""
    what_vi, what_en = _IDS[kind]
    return MistakeError(
        column, f"{value[:80]!r} không phải là {what_vi}", f"{value[:80]!r} is not {what_en}"
    )


_IDS = {
    IdKind.PHONE: ("số điện thoại như 0901 234 512", "a telephone number like 0901 234 512"),
    IdKind.EMAIL: ("địa chỉ e-mail", "an e-mail address"),
    IdKind.ZALO: ("mã Zalo, dài nhất là 80 ký tự", "a Zalo id of at most 80 characters"),
    IdKind.SHOP: ("mã của trang bán hàng", "a web shop's id of at most 80 characters"),
}


def identity(word: str) -> str:
    """What a tag advertises."""
    if _IDENTITY.fullmatch(word) is None:
        forms = (
            "ibeacon:UUID:MAJOR:MINOR, altbeacon:ID1:ID2:ID3, eddystone-uid:NAMESPACE:INSTANCE,"
            " eddystone-eid:EXPONENT:STARTED:KEY"
        )
        raise MistakeError(
            "tags",
            f"{word[:80]!r} không có dạng {forms} hoặc irk:KEY, bằng hex chữ thường",
            f"{word[:80]!r} is not {forms} or irk:KEY in lower-case hex",
        )
    return word


def words(value: str) -> list[str]:
    """Words that a ';' separates."""
    return [word for word in value.split(";") if word]
