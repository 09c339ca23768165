"""How fast this machine does our work, each time beside a peer: `hien bench`, `hien bench irk`."""

from __future__ import annotations

import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from os import cpu_count
from pathlib import Path
from time import process_time
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from bench import fuzz as fuzzer
from bench.measure import Bench, Result
from simulator.faults.machine import processor

app = typer.Typer(add_completion=False)

# a minute in all; each a module here with a BENCH
QUICK = ("decode", "sighting", "irk", "eid", "door", "outbox", "offers")
BENCHES = (
    *QUICK,
    "codes",
    "static",
    "tracks",
    "shop",
    "flood",
    "intake",
    "imports",
    "ui",
    "latency",
    "alerts",
    "numbers",
    "lighthouse",  # fetches it with npm
)
RESULTS = Path(__file__).parent / "results"


@app.command()
def command(
    name: Annotated[str | None, typer.Argument(help=f"{', '.join(BENCHES)} or fuzz.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    write: Annotated[bool, typer.Option(help="Keep the results in bench/results/.")] = False,
    inputs: Annotated[int, typer.Option(min=1, help="For fuzz.")] = fuzzer.INPUTS,
    seed: Annotated[int, typer.Option(help="For fuzz.")] = 1,
) -> None:
    """Measure what is quick to measure, or one. `fuzz` looks for inputs that break a decoder."""
    if name == "fuzz":
        _fuzz(inputs, seed, as_json=as_json)
        return
    if name is not None and name not in BENCHES:
        raise typer.BadParameter(f"there is no {name!r}; there are {', '.join(BENCHES)} and fuzz")
    for one in QUICK if name is None else (name,):
        bench: Bench = import_module(f"bench.{one}").BENCH
        results = bench.run()
        if as_json:
            for result in results:
                print(msgspec.json.encode(result).decode(), flush=True)
        else:
            Console(markup=False).print(_table(bench, results))
        if write:
            _keep(one, bench, results)


def _fuzz(inputs: int, seed: int, *, as_json: bool) -> None:
    began_s = process_time()
    finding = fuzzer.fuzz(fuzzer.all_of_it, inputs, seed)
    tried = inputs if finding is None else finding.number
    rate = round(tried / max(process_time() - began_s, 1e-9))
    if as_json:
        print(msgspec.json.encode(Result("fuzz", tried, "inputs", None, None)).decode())
    else:
        print(f"{tried} inputs tried, {rate} a second, seed {seed}")
    if finding is not None:
        print(f"input {finding.data.hex()} breaks it: {finding.error}", file=sys.stderr)
        raise typer.Exit(1)


def _table(bench: Bench, results: Sequence[Result]) -> Table:
    table = Table("name", "value", "unit", "peer", "ratio", title=bench.what, caption=bench.goal)
    for result in results:
        table.add_row(
            result.name, _text(result.value), result.unit, _text(result.peer), _text(result.ratio)
        )
    return table


def _text(number: float | None) -> str:
    return "-" if number is None else f"{number:,.12g}"


def _keep(name: str, bench: Bench, results: Sequence[Result]) -> None:
    """A page that says what was measured where and when."""
    lines = [
        f"# {name}",
        "",
        f"{bench.what}, beside {bench.peer}. Goal: {bench.goal}.",
        "",
        "| name | value | unit | peer | ratio |",
        "|---|---|---|---|---|",
    ]
    for result in results:
        cells = (
            result.name,
            _text(result.value),
            result.unit,
            _text(result.peer),
            _text(result.ratio),
        )
        lines.append(f"| {' | '.join(cells)} |")
    python = f"Python {platform.python_version()}"
    machine = f"{processor()}, {cpu_count()} cores, {platform.system()}, {python}"
    day = datetime.now(UTC).date().isoformat()
    lines += ["", f"{bench.clock}, {day}, {machine}. `hien bench {name} --write` writes this page."]
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.md").write_text("\n".join([*lines, ""]), encoding="utf-8")
