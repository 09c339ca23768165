"""A table as Parquet, for whoever reads millions of rows into a notebook.

The one file that imports pyarrow, which is loaded by nothing else and comes with `hien[parquet]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

ROWS = 10_000  # of a group: two of them, some megabytes, are in memory
TYPES = {int: pa.int64(), float: pa.float64(), str: pa.string()}


def write(
    file: Path, columns: Mapping[str, type], rows: Iterable[Sequence[int | float | str | None]]
) -> int:
    """Write all rows and return how many, a group at a time."""
    schema = pa.schema([(name, TYPES[kind]) for name, kind in columns.items()])
    number, left = 0, iter(rows)
    with parquet.ParquetWriter(file, schema, compression="zstd") as out:
        while group := list(islice(left, ROWS)):
            arrays: list[Any] = [
                pa.array(cells, field.type)
                for cells, field in zip(zip(*group, strict=True), schema, strict=True)
            ]
            out.write_batch(pa.record_batch(arrays, schema=schema))
            number += len(group)
    return number
