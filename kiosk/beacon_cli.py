"""Look at Bluetooth beacons: `hien beacon decode` explains them, `listen` shows what is near."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, BinaryIO

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from contract.errors import ContractError
from kiosk.core import captures
from kiosk.core.formats.fields import Beacon
from runtime.drivers import load

app = typer.Typer(no_args_is_help=True, add_completion=False)

Settings = Annotated[
    Path | None, typer.Option("--settings", help="A kiosk's TOML file: its radio, its store.")
]
RadioName = Annotated[
    str | None, typer.Option("--driver", help="The radio's driver, if not the settings'.")
]
RadioOptions = Annotated[
    list[str], typer.Option("--option", help="What the driver is told: name=value, as in TOML.")
]
Seconds = Annotated[
    float | None, typer.Option(min=0, help="How long to listen; without it until Ctrl-C.")
]
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


@app.command("listen")
def listen_live(
    *,
    settings: Settings = None,
    driver: RadioName = None,
    option: RadioOptions = [],  # noqa: B006  # typer's way to say "any number of them"
    seconds: Seconds = None,
    as_json: Json = False,
) -> None:
    """Show what the radio hears: whose tag, how loud on average, at which zone.

    A table, or a line of JSON for every beacon heard when nobody is watching. With a kiosk's
    settings tags are named as the kiosk knows them. One radio serves both: a kiosk goes on.
    """
    # By name, so that `decode` does not wait for half a second of imports that only this needs.
    show: Callable[..., None] = load("hien.tools", "listen")
    show(settings, driver, option, seconds, as_json=as_json)


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
