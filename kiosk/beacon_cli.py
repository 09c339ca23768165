"""Look at Bluetooth beacons: `hien beacon decode` explains advertisements, one a line."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Annotated, BinaryIO

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from contract.errors import ContractError
from kiosk.core import captures
from kiosk.core.formats.fields import Beacon

app = typer.Typer(no_args_is_help=True, add_completion=False)

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, also on a terminal.")]


@app.callback()
def beacon() -> None:
    """Look at Bluetooth beacons."""


@app.command()
def decode(*, as_json: Json = False) -> None:
    """Explain the advertisements on standard input, one a line, as hex or as JSON.

    Hex: AD structures as they were sent. JSON: {"manufacturer_data": {"76": "0215…"},
    "service_data": {"feaa": "00…"}}. Prints a table, or JSON lines when nobody is watching.
    A line that says nothing to us has the format null, and is no failure.
    """
    lines = (explain(line) for line in _lines(sys.stdin.buffer))
    if as_json or not sys.stdout.isatty():
        for explained in lines:
            print(msgspec.json.encode(explained).decode(), flush=True)
    else:
        Console(markup=False).print(_table(lines))  # an address may contain [brackets]


def explain(line: bytes) -> dict[str, object]:
    """What one line says: its first beacon, and all others under `also`; never raises."""
    try:
        beacons = captures.beacons_in(line)
    except ContractError as error:
        return {"format": None, "error": error.problem}
    if not beacons:
        return {"format": None}
    first, *others = map(_spoken, beacons)
    return {**first, "also": others} if others else first


def _spoken(found: Beacon) -> dict[str, object]:
    return {"format": found.format, **found.fields()}


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Lines, none much longer than can be read; the rest of a longer one is thrown away."""
    while line := stream.readline(captures.MAX_LINE_BYTES + 2):
        while not line.endswith(b"\n") and (rest := stream.readline(captures.MAX_LINE_BYTES)):
            line = line[: captures.MAX_LINE_BYTES + 1] + rest[-1:]
        yield line.rstrip(b"\r\n")


def _table(lines: Iterator[dict[str, object]]) -> Table:
    table = Table("line", "format", "what it says")
    for number, explained in enumerate(lines, start=1):
        also = explained.pop("also", ())
        others = also if isinstance(also, Sequence) else ()
        for said in (explained, *others):
            name = said.pop("format") or "-"
            told = "  ".join(f"{key} {value}" for key, value in said.items())
            table.add_row(str(number), str(name), told)
    return table
