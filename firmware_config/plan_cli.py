"""From one plan of a shop everything that goes on its devices: `hien plan check`, `plan build`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from firmware_config import plan_file, provision_cli
from firmware_config.shop_folder import ShopFolder
from runtime.clock import SystemClock

DIFFERENT = 1  # what diff(1) says when something would change

app = typer.Typer(no_args_is_help=True)
app.registered_commands += provision_cli.app.registered_commands

PlanFile = Annotated[Path, typer.Argument(metavar="FILE", help="The plan; docs/plan.md.")]


@app.callback()
def plan() -> None:
    """A shop's plan."""


@app.command()
def check(file: PlanFile) -> None:
    """Say everything that is wrong with a plan. Exit status 78 if anything is."""
    read = plan_file.load(file)
    counted = {
        "kiosk": len(read.kiosks),
        "door": len(read.doors),
        "receiver": len(read.receivers),
        "beacon": len(read.beacons),
        "tag": len(read.tags),
    }
    words = [f"{count} {name}{'s' if count != 1 else ''}" for name, count in counted.items()]
    print(f"{file}: {read.store.name}, {', '.join(words)}; nothing is wrong")


@app.command()
def build(
    file: PlanFile,
    out: Annotated[Path, typer.Option("--out", help="The folder everything is written into.")],
    *,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Also files that are there and differ.")
    ] = False,
    in_place: Annotated[
        bool, typer.Option("--in-place", help="To try a shop out: all runs where it is written.")
    ] = False,
) -> None:
    """Write what goes on every device. Exit status 1: see what would change; nothing was written.

    Keys are made once and kept in DIR/secrets, which only you can read.
    """
    folder = ShopFolder(plan_file.load(file), out, in_place)
    changes = [*folder.changes()]
    if changes and not overwrite:
        print("".join(changes), end="")
        print(f"hien: {len(changes)} files would change; --overwrite writes them", file=sys.stderr)
        raise typer.Exit(DIFFERENT)
    for path in folder.write(SystemClock().utc()):
        print(f"wrote {path}")
    for name in folder.left_over():
        print(f"no part of this plan: {out / name}")
