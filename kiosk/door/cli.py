"""Run a door of a shop without staff: `hien door run`, and `hien door closer` beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kiosk.door import main
from kiosk.door.settings import ClaimsSettings, DoorSettings
from runtime import log
from runtime.settings import load

app = typer.Typer(no_args_is_help=True)

SettingsFile = Annotated[Path, typer.Option("--settings", help="The door's TOML file.")]


@app.callback()
def door() -> None:
    """The door of a shop without staff; it decides alone."""


@app.command()
def run(settings: SettingsFile = Path("door.toml")) -> None:
    """Decide who comes in, until stopped. Exit status 78: settings; 69: lock, disk or closer."""
    checked = load(DoorSettings, settings)
    log.configure(checked.door)
    main.run(checked)


@app.command()
def closer(settings: SettingsFile = Path("door.toml")) -> None:
    """Bound the pulse of a door that dies or hangs, until stopped. Start it before the door."""
    checked = load(DoorSettings, settings)
    log.configure(f"{checked.door}-closer")
    main.run_closer(checked)


@app.command()
def claims(
    settings: Annotated[Path, typer.Option(help="The claims' TOML file.")] = Path("claims.toml"),
) -> None:
    """Keep the claims of a store with several doors, until stopped."""
    checked = load(ClaimsSettings, settings)
    log.configure("claims")
    main.run_claims(checked)
