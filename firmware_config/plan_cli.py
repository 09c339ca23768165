"""From one plan of a shop everything that goes on its devices: `hien plan check`, `plan build`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from firmware_config import plan_file

app = typer.Typer(no_args_is_help=True)

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
