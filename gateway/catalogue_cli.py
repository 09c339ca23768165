"""`hien gateway catalogue`: what the stores sell, from a file."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from gateway.settings import GatewaySettings
from gateway.store import base, product_lines, schema
from runtime.clock import SystemClock, unix_ms
from runtime.settings import load

app = typer.Typer(help="What the stores sell, and for how much.")


@app.callback()
def catalogue() -> None:
    """What the stores sell, and for how much."""


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A CSV file; its columns: docs/shelf.md.")],
    settings: Annotated[Path, typer.Option("--settings", help="The gateway's TOML file.")] = Path(
        "gateway.toml"
    ),
    *,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of a sentence.")] = False,
) -> None:
    """Bring in products and what stores have of them: all of the file, or nothing of it."""
    database = schema.opened(load(GatewaySettings, settings).database)
    with database as engine, base.writers(engine).begin() as db:
        brought = product_lines.load(db, file, unix_ms(SystemClock().utc()))
    if as_json:
        print(json.dumps(asdict(brought)))
    else:
        print(f"{brought.lines} products read, {brought.new} new, {brought.changed} changed")
