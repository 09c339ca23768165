"""`hien gateway retain`: forget what is older than the owner's table says. A timer runs it."""

from __future__ import annotations

import json
from pathlib import Path
from threading import Event
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from gateway.core.retention import RULES, Kept, table
from gateway.settings import GatewaySettings
from gateway.store import base, minors, retention
from runtime.clock import SystemClock, unix_ms
from runtime.settings import load

app = typer.Typer()


@app.command()
def retain(
    settings: Annotated[Path, typer.Option("--settings", help="The gateway's TOML file.")] = Path(
        "gateway.toml"
    ),
    *,
    is_dry: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be forgotten, and change nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON, one object a line.")] = False,
) -> None:
    """Forget what is older than [retention] says, while intake and pages go on."""
    checked = load(GatewaySettings, settings)
    days = table(checked.retention_days())
    now_ms = unix_ms(SystemClock().utc())
    with base.opened(checked.database) as engine:
        if is_dry:
            gone = retention.due(base.readers(engine), days, now_ms)
        else:
            with base.writers(engine).begin() as db:
                minors.heed(db, now_ms)  # who was known to be a child before anybody asked
            report = retention.run(base.readers(engine), days, now_ms, Event().wait)
            gone = {Kept(row.kept): row.removed for row in report}
    if as_json:
        for kept, number in days.items():
            print(json.dumps({"kept": kept, "days": number, "forgotten": gone.get(kept, 0)}))
        return
    shown = Table("what", "days", "would go" if is_dry else "forgotten", "keeps")
    for kept, number in days.items():
        words = "for ever" if number is None else str(number)
        shown.add_row(str(kept), words, str(gone.get(kept, 0)), RULES[kept].what.en)
    Console(markup=False).print(shown)
