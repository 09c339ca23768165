"""A table as CSV (RFC 4180, UTF-8): the header, then a line a row; an empty field is no value."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path


def write(
    file: Path, columns: Mapping[str, type], rows: Iterable[Sequence[int | float | str | None]]
) -> int:
    """Write all rows and return how many; only one is in memory."""
    number = 0
    with file.open("w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out)
        lines.writerow(columns)
        for number, row in enumerate(rows, 1):  # noqa: B007 - it is what is returned
            lines.writerow(row)
    return number
