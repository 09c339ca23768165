"""`hien gateway measure`: count the days that are over, so that charts open at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gateway import measuring
from gateway.journeying import Journeying
from gateway.settings import GatewaySettings
from gateway.store import base, schema
from runtime.clock import SystemClock, unix_ms
from runtime.settings import load

app = typer.Typer()


@app.command()
def measure(
    settings: Annotated[Path, typer.Option("--settings", help="The gateway's TOML file.")] = Path(
        "gateway.toml"
    ),
) -> None:
    """Count each day that is over and was not counted, or was changed by something late."""
    checked, now_ms = load(GatewaySettings, settings), unix_ms(SystemClock().utc())
    with schema.opened(checked.database) as engine:
        sessions = base.writers(engine)
        closed = measuring.close_days(sessions, now_ms)
        told = Journeying(sessions, lambda: now_ms, checked.numbers.windows()).night()
    print(f"{len(closed)} days and {told} members' journeys counted")
