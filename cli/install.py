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
    parts: Annotated[
        list[str] | None, typer.Argument(metavar="PART…", help=", ".join(PARTS))
    ] = None,
    root: Root = HERE,
    *,
    raw_hci: Annotated[
        bool, typer.Option("--raw-hci", help="Let the kiosk listen to the kernel itself.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="The parts that are installed; an update says this.")
    ] = False,
) -> None:
    """Put units, users and rules in place, and start what these parts consist of.

    Safe to repeat; parts that are not named any more are taken away. Settings and data are neither
    made nor touched.
    """
    machine = Machine(root, Path(sys.prefix) / "bin" / "hien")
    wanted = parts or []
    if again:
        wanted, raw_hci = machine.installed_parts()
    unknown = [part for part in wanted if part not in PARTS]
    if unknown or not wanted:
        raise SettingsError(f"{', '.join(unknown) or 'no part'}: parts are {', '.join(PARTS)}")
    for path in machine.install(wanted, raw_hci=raw_hci, keeps_links=again):
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
