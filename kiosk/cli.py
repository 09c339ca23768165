"""Run a kiosk: `hien kiosk run --settings kiosk.toml`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kiosk.main import run as run_kiosk
from kiosk.settings import KioskSettings
from runtime import log
from runtime.errors import DeviceError, UnavailableError
from runtime.settings import load

app = typer.Typer(no_args_is_help=True)


@app.callback()
def kiosk() -> None:
    """The Raspberry Pi in the shop."""


@app.command()
def run(
    settings: Annotated[Path, typer.Option(help="The kiosk's TOML file.")] = Path("kiosk.toml"),
) -> None:
    """Run until stopped. Exit status 78: settings are wrong; 69: a port or the disk is missing."""
    checked = load(KioskSettings, settings)
    log.configure(checked.kiosk)
    try:
        run_kiosk(checked)
    except DeviceError as error:  # without an outbox there is nothing a kiosk may promise
        raise UnavailableError(str(error)) from error
