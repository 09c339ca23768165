"""Try the presence rules: `hien presence replay` plays a recording through them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from kiosk import recordings
from kiosk.core.presence import PresenceRules
from kiosk.core.replay import Told, replay

RULES = PresenceRules()

app = typer.Typer(no_args_is_help=True, add_completion=False)

File = Annotated[
    Path, typer.Argument(help="tag,receiver,t_s,rssi_dbm, or that as gzip; - is stdin.")
]
EnterDbm = Annotated[
    float, typer.Option(min=-120, max=0, help="How loud a tag is on average that is near.")
]
Offsets = Annotated[
    Path | None, typer.Option(help="receiver,offset_db: how much louder than others it reports.")
]
Visits = Annotated[bool, typer.Option("--visits", help="Leave out tags that are near nowhere.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, also on a terminal.")]


@app.callback()
def presence() -> None:
    """Try the presence rules."""


@app.command("replay")
def replay_file(
    file: File,
    *,
    enter_dbm: EnterDbm = RULES.enter_dbm,
    offsets: Offsets = None,
    visits: Visits = False,
    as_json: Json = False,
) -> None:
    """Play a recording through the presence rules: who arrived, moved and left, and when.

    The file is CSV, sorted by time. `arrived` begins a visit near a receiver and `left` ends it.
    `moved` says to which receiver a tag is nearest as soon as several hear it, be it near or not;
    `left` then means that it is heard no more.
    """
    known = {}
    if offsets is not None:
        with recordings.opened(offsets, sys.stdin.buffer) as table:
            known = recordings.receivers(table, str(offsets))
    rules = PresenceRules(power_at_1m_dbm=enter_dbm + RULES.enter_below_1m_db, receivers=known)
    say = _as_json if as_json or not sys.stdout.isatty() else _as_text
    with recordings.opened(file, sys.stdin.buffer) as recording:
        for told in replay(recordings.sightings(recording, str(file)), rules):
            if told.is_visit or not visits:
                print(say(told), flush=True)


def _as_json(told: Told) -> str:
    said = {"t_s": round(told.t_s, 3), "tag": told.tag, "change": told.change, "zone": told.zone}
    return msgspec.json.encode(said).decode()


def _as_text(told: Told) -> str:
    return f"{told.t_s:10.2f} s  {told.tag:20}  {told.change:8}{told.zone}"
