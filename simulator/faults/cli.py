"""Make things go wrong on purpose and count what was lost: `hien rehearse NAME`."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from time import monotonic
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from runtime import log
from runtime.errors import UnavailableError
from simulator.faults import machine, report
from simulator.faults.report import Row
from simulator.faults.scenario import Run, Scenario

FAILED = 1  # a promise did not hold
ALL = "all"
MODULES = (  # each a module here with its SCENARIOS
    "kill_storm",
    "hang",
    "clock_jumps",
    "poison",
    "slow_gateway",
    "locked_database",
    "two_gateways",
    "weather",
    "power_cuts",
    "bad_disk",
    "bit_flips",
    "empty_purses",
    "soak",
)

app = typer.Typer(add_completion=False)


@app.command()
def rehearse(
    name: Annotated[str | None, typer.Argument(help="Which fault, or all; else a list.")] = None,
    dose: Annotated[int | None, typer.Option(min=1, help="How much of it; else all.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed, the same faults.")] = 1,
    page: Annotated[
        Path | None, typer.Option("--report", help="Keep the result on this Markdown page.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Stage a fault and say what was lost, doubled or invented. Exit 0 only if nothing was."""
    log.configure("rehearse", "CRITICAL")  # what goes wrong here is meant to
    # What hangs on purpose would hang for ever: told to end, first everything is mended.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    scenarios = every()
    if name is None:
        _list(scenarios, as_json=as_json)
        return
    known = {one.name: one for one in scenarios}
    if name != ALL and name not in known:
        raise typer.BadParameter(f"there is no {name!r}; there are {', '.join(known)} and {ALL}")
    is_kept = True
    for scenario in scenarios if name == ALL else (known[name],):
        try:
            row = _staged(scenario, dose or scenario.full, seed, is_quiet=as_json)
        except UnavailableError as error:
            if name != ALL:
                raise
            print(f"hien: {scenario.name} was not rehearsed: {error}", file=sys.stderr)
            is_kept = False
            continue
        _print(row, as_json=as_json)
        is_kept = is_kept and row.is_kept
        if page is not None:
            report.keep(page, [row], scenarios)
    if not is_kept:
        raise typer.Exit(FAILED)


def every() -> tuple[Scenario, ...]:
    """All that can be rehearsed, in the order of the page."""
    modules = [import_module(f"simulator.faults.{module}") for module in MODULES]
    return tuple(one for module in modules for one in module.SCENARIOS)


def _staged(scenario: Scenario, dose: int, seed: int, *, is_quiet: bool) -> Row:
    """Run it in a folder that is gone afterwards, unless somebody will want to look into it."""
    folder = Path(mkdtemp(prefix=f"hien-{scenario.name}-"))
    began_s = monotonic()
    console = Console(stderr=True)
    is_watched = console.is_terminal and not is_quiet
    with Progress(console=console, transient=True, disable=not is_watched) as bar:
        task = bar.add_task(scenario.name, total=dose)
        run = Run(
            dose, seed, folder, lambda done, total: bar.update(task, completed=done, total=total)
        )
        tally = scenario.run(run)
    row = report.row(scenario, dose, seed, tally, monotonic() - began_s)
    if row.is_kept:
        rmtree(folder)
    else:
        print(f"hien: what {scenario.name} left is kept in {folder}", file=sys.stderr)
    day = datetime.now(UTC).date().isoformat()
    return msgspec.structs.replace(row, day=day, machine=machine.described())


def _list(scenarios: Sequence[Scenario], *, as_json: bool) -> None:
    if as_json:
        for one in scenarios:
            said = {"name": one.name, "what": one.what, "bar": one.bar}
            print(json.dumps({**said, "full": one.full, "short": one.short, "unit": one.unit}))
        return
    table = Table("fault", "what happens", "what must hold", "full dose")
    for one in scenarios:
        table.add_row(one.name, one.what, one.bar, f"{one.full:,} {one.unit}")
    Console().print(table)


def _print(row: Row, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(row.flat()), flush=True)
    else:
        table = Table(title=row.name, title_justify="left", show_header=False)
        for name, value in row.flat().items():
            if name not in ("name", "broken"):
                is_number = isinstance(value, float | int) and not isinstance(value, bool)
                shown = f"{value:,}" if is_number else str(value)
                table.add_row(name.replace("_", " "), shown)
        Console().print(table)
    for sentence in row.broken:
        print(f"hien: {sentence}", file=sys.stderr)
