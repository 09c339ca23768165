"""Put this machine's services in place: `hien install PART…`, and `hien uninstall`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.services import PARTS, Machine
from runtime.errors import SettingsError

install_app = typer.Typer(add_completion=False)
uninstall_app = typer.Typer(add_completion=False)

Root = Annotated[Path, typer.Option("--root", help="Another system's root, which is not running.")]
HERE = Path("/")


@install_app.command()
def install(
    parts: Annotated[list[str], typer.Argument(metavar="PART…", help=", ".join(PARTS))],
    root: Root = HERE,
    *,
    raw_hci: Annotated[
        bool, typer.Option("--raw-hci", help="Let the kiosk listen to the kernel itself.")
    ] = False,
) -> None:
    """Put units, users and rules in place, and start what these parts consist of.

    Safe to repeat; parts that are not named any more are taken away. Settings and data are neither
    made nor touched.
    """
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        raise SettingsError(f"{', '.join(unknown)}: parts are {', '.join(PARTS)}")
    machine = Machine(root, Path(sys.prefix) / "bin" / "hien")
    for path in machine.install(parts, raw_hci=raw_hci):
        print(f"wrote {path}")
    for line in machine.take_over():
        print(line)


@uninstall_app.command()
def uninstall(
    root: Root = HERE,
    *,
    with_data: Annotated[
        bool, typer.Option("--with-data", help="Settings, databases, keys and users as well.")
    ] = False,
) -> None:
    """Stop the services and take away all that `hien install` put in place."""
    machine = Machine(root, Path(sys.prefix) / "bin" / "hien")
    for path in machine.uninstall(with_data=with_data):
        print(f"removed {path}")
