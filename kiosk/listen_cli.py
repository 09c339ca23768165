"""What `hien beacon listen` does: a table that moves for a person, JSON lines for a program."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import replace
from math import inf
from pathlib import Path

import msgspec
from rich.live import Live
from rich.table import Table

from kiosk.core.nearby import Row
from kiosk.listening import anywhere, beside, listen
from kiosk.spare import load_kiosk
from runtime.errors import SettingsError
from runtime.settings import Driver
from runtime.stop_signals import stop_signals

SHOWN = 40  # rows of the table; more do not fit a terminal


def show(
    settings: Path | None,
    driver: str | None,
    options: list[str],
    seconds: float | None,
    *,
    as_json: bool,
) -> None:
    """Listen until so many seconds have passed, or Ctrl-C.

    Raises SettingsError for a mistake, UnavailableError if there is nothing to hear with.
    """
    where = anywhere(Driver(driver="bleak"))
    if settings is not None:
        where = beside(load_kiosk(settings))
    if driver is not None or options:
        where = replace(where, radio=_driver(driver or where.radio.driver, options))
    with ExitStack() as stack:
        audience: Lines | LiveTable = Lines()
        if sys.stdout.isatty() and not as_json:
            audience = LiveTable(stack.enter_context(Live(auto_refresh=False)))
        stopping = stack.enter_context(stop_signals())  # how a person ends it
        until_s = inf if seconds is None else seconds
        listen(where, audience, lambda passed_s: stopping.is_set() or passed_s >= until_s)


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
