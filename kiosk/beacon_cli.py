"""Look at Bluetooth beacons: `hien beacon decode` explains them, `listen` shows what is near."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Annotated, BinaryIO

import msgspec
import typer
from rich.console import Console
from rich.live import Live
from rich.table import Table

from contract.errors import ContractError
from kiosk.core import captures
from kiosk.core.formats.fields import Beacon
from kiosk.core.nearby import Row
from kiosk.listening import anywhere, beside, listen
from kiosk.settings import KioskSettings
from runtime.errors import SettingsError
from runtime.settings import Driver, load

app = typer.Typer(no_args_is_help=True, add_completion=False)

SHOWN = 40  # rows of the table; more do not fit a terminal

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
    where = anywhere(_driver(driver or "bleak", option))
    if settings is not None:
        where = beside(load(KioskSettings, settings))
        if driver is not None:
            where = replace(where, radio=_driver(driver, option))
    with ExitStack() as stack:
        audience: Lines | LiveTable = Lines()
        if sys.stdout.isatty() and not as_json:
            audience = LiveTable(stack.enter_context(Live(auto_refresh=False)))
        stack.enter_context(suppress(KeyboardInterrupt))  # how a person ends it
        listen(where, audience, lambda passed_s: seconds is not None and passed_s >= seconds)


class Lines:
    """Tells a program: one JSON object a beacon heard."""

    def heard(self, rows: list[Row]) -> None:
        """Print the rows that changed."""
        for row in rows:
            print(msgspec.json.encode(_said(row)).decode(), flush=True)

    def tick(self, rows: list[Row], now_s: float) -> None:
        """Nothing: a program can tell the time."""

    def trouble(self, sentence: str) -> None:
        """Say it where it spoils no JSON."""
        print(f"hien: {sentence}", file=sys.stderr)


class LiveTable:
    """Tells a person: a table that moves."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._trouble: str | None = None

    def heard(self, rows: list[Row]) -> None:
        """Wait for the next tick: nobody reads faster."""

    def tick(self, rows: list[Row], now_s: float) -> None:
        """Draw what is near."""
        self._live.update(near_table(rows, now_s, self._trouble), refresh=True)

    def trouble(self, sentence: str) -> None:
        """Say it under the table."""
        self._trouble = sentence


def near_table(rows: list[Row], now_s: float, caption: str | None = None) -> Table:
    """What is near, the loudest first."""
    title = f"{len(rows)} heard within a minute"
    table = Table("tag", "format", "identity", "zone", title=title, caption=caption)
    for heading in ("signal dBm", "last dBm", "times", "seen s ago"):
        table.add_column(heading, justify="right")
    for row in rows[:SHOWN]:
        numbers = (row.signal.level_dbm, row.rssi_dbm, row.times, now_s - row.signal.heard_s)
        level_dbm, rssi_dbm, times, ago_s = numbers
        zone = row.zone if row.zone == row.receiver else f"{row.zone} by {row.receiver}"
        who = (row.tag or "-", row.format, row.identity.partition(":")[2] or row.identity or "-")
        table.add_row(*who, zone, f"{level_dbm:.1f}", f"{rssi_dbm}", f"{times}", f"{ago_s:.1f}")
    return table


def _said(row: Row) -> dict[str, object]:
    return {
        "t_s": round(row.signal.heard_s, 3),
        "tag": row.tag or None,
        "format": row.format,
        "identity": row.identity or None,
        "receiver": row.receiver,
        "zone": row.zone,
        "rssi_dbm": row.rssi_dbm,
        "signal_dbm": round(row.signal.level_dbm, 1),
        "times": row.times,
    }


def _driver(name: str, options: list[str]) -> Driver:
    """A driver with options as a settings file would have them: 1, 1.5, true, ["a"], or text."""
    told = {}
    for written in options:
        key, is_there, value = written.partition("=")
        if not is_there:
            raise SettingsError(f"--option {written}: it must be name=value")
        try:
            told[key] = msgspec.toml.decode(f"value = {value}".encode())["value"]
        except msgspec.DecodeError:
            told[key] = value
    try:
        return Driver(driver=name, options=told)
    except ValueError as error:
        raise SettingsError(f"--option: {error}") from error


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
