"""`hien gateway check`: whether the database still holds what kiosks sent. Mends nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from gateway.settings import GatewaySettings
from gateway.store import base, event_check
from gateway.store.event_check import Flaw
from runtime.settings import load

FLAWED = 1
SHOWN = 1_000  # flaws; who has more needs a backup and no list

app = typer.Typer()


@app.command()
def check(
    settings: Annotated[Path, typer.Option("--settings", help="The gateway's TOML file.")] = Path(
        "gateway.toml"
    ),
    *,
    as_json: Annotated[bool, typer.Option("--json", help="JSON, one object a line.")] = False,
) -> None:
    """Compare every event with the one before it; exit 1 names what is lost or changed."""
    with base.opened(load(GatewaySettings, settings).database) as engine:
        flaws = event_check.damaged_log(engine)
        with base.readers(engine)() as db:
            for flaw, _ in zip(event_check.check(db), range(SHOWN), strict=False):
                flaws.append(flaw)
    if as_json:
        for flaw in flaws:
            print(json.dumps(_row(flaw)))
    elif flaws:
        table = Table("store", "kiosk", "epoch", "event", "problem")
        for flaw in flaws:
            table.add_row(
                *(str(value if value is not None else "") for value in _row(flaw).values())
            )
        Console(markup=False).print(table)
    else:
        print("every event is what a kiosk sent")
    if flaws:
        raise typer.Exit(FLAWED)


def _row(flaw: Flaw) -> dict[str, str | int | None]:
    store, kiosk, epoch = flaw.outbox or (None, None, None)
    return {
        "store": store,
        "kiosk": kiosk,
        "epoch": epoch,
        "seq": flaw.seq,
        "problem": flaw.problem,
    }
