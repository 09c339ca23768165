"""Say what is wrong with this machine, and what to do about it: `hien doctor`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from runtime.errors import SettingsError
from runtime.finding import Finding, Level, broken

ILL = 1
COLOURS = {Level.OK: "green", Level.DOUBTFUL: "yellow", Level.BROKEN: "red"}

app = typer.Typer(add_completion=False)


@app.command()
def doctor(
    folder: Annotated[
        Path, typer.Option("--settings-dir", help="Where kiosk.toml, door.toml, gateway.toml are.")
    ] = Path("/etc/hien"),
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Look at everything this machine's settings name. Exit status 1 if something is broken.

    Run it as the user that the service runs as: sudo -u hien-kiosk hien doctor.
    """
    found = [*_found(folder)]
    if as_json:
        for part, one in found:
            print(json.dumps({"part": part, **asdict(one)}, ensure_ascii=False))
    else:
        table = Table("part", "what", "", "found", "what to do")
        for part, one in found:
            level = f"[{COLOURS[one.level]}]{one.level}[/]"
            table.add_row(part, one.what, level, escape(one.found), escape(one.remedy))
        Console().print(table)
    if any(one.level is Level.BROKEN for _, one in found):
        raise typer.Exit(ILL)


def _found(folder: Path) -> Iterator[tuple[str, Finding]]:
    doctors = {point.name: point for point in entry_points(group="hien.doctors")}
    here = [name for name in sorted(doctors) if (folder / f"{name}.toml").exists()]
    if not here:
        names = ", ".join(f"{name}.toml" for name in sorted(doctors))
        raise SettingsError(f"{folder}: there is none of {names}; --settings-dir says where")
    for name in here:
        look: Callable[[Path], Iterable[Finding]] = doctors[name].load()
        try:
            for one in look(folder / f"{name}.toml"):
                yield name, one
        except SettingsError as error:
            yield name, broken("settings", str(error), "mend the file; docs/ has an example")
