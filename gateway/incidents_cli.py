"""`hien gateway incidents`: the incident log on a terminal; opens and closes nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from gateway.core.incidents import Incident, What
from gateway.settings import GatewaySettings
from gateway.store import base, incidents
from runtime.clock import SystemClock, unix_ms
from runtime.settings import load

app = typer.Typer()


@app.command("incidents")
def show(
    settings: Annotated[Path, typer.Option("--settings", help="The gateway's TOML file.")] = Path(
        "gateway.toml"
    ),
    *,
    as_json: Annotated[bool, typer.Option("--json", help="JSON, one object a line.")] = False,
) -> None:
    """What went wrong with people's data, the newest first, and how long the authority may wait."""
    checked = load(GatewaySettings, settings)
    now_ms = unix_ms(SystemClock().utc())
    with base.opened(checked.database) as engine, base.readers(engine)() as db:
        found = incidents.every(db)
    if as_json:
        for one in found:
            print(json.dumps(_whole(one, now_ms), ensure_ascii=False))
        return
    shown = Table("number", "known", "authority by", "standing", "what happened")
    for one in found:
        happened = one.last(What.HAPPENED)
        shown.add_row(
            str(one.number),
            _at(one.known_ms),
            _at(one.due_ms),
            str(one.standing(now_ms)),
            "" if happened is None else happened.words,
        )
    Console(markup=False).print(shown)


def _whole(one: Incident, now_ms: int) -> dict[str, object]:
    return {
        "incident": one.number,
        "known_ms": one.known_ms,
        "due_ms": one.due_ms,
        "standing": str(one.standing(now_ms)),
        "told_ms": one.told_ms,
        "said": [
            {"what": str(said.what), "words": said.words, "by": said.by}
            | {"said_ms": said.said_ms, "told_ms": said.told_ms}
            for said in one.said
        ],
    }


def _at(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(" ", "minutes")
