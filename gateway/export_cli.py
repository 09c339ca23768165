"""`hien gateway export`: a table of the report schema as a file. What it holds names nobody."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from getpass import getuser
from pathlib import Path
from typing import Annotated

import typer

from gateway.settings import GatewaySettings
from gateway.store import base, reporting, schema
from gateway.store.report_views import VIEWS
from gateway.store.reporting import Cells, ExportRunRow
from runtime import drivers
from runtime.clock import SystemClock, unix_ms
from runtime.errors import SettingsError
from runtime.settings import load

Write = Callable[[Path, Mapping[str, type], Iterable[Cells]], int]

app = typer.Typer()


@app.command()
def export(  # noqa: PLR0913 (each is one option of the command line)
    table: Annotated[str, typer.Argument(help=f"One of {', '.join(VIEWS)}.")],
    file: Annotated[Path, typer.Argument(help="Written anew once all of it is there.")],
    settings: Annotated[Path, typer.Option("--settings", help="The gateway's TOML file.")] = Path(
        "gateway.toml"
    ),
    *,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="The last, with it.")
    ] = None,
    form: Annotated[str, typer.Option("--format", help="csv or parquet.")] = "csv",
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of a sentence.")] = False,
) -> None:
    """Write a table of docs/report-schema.md to a file, of some days or of all; it names nobody."""
    if table not in VIEWS:
        raise SettingsError(f"there is no table {table!r}; there are {', '.join(VIEWS)}")
    write = writer(form)
    days = (first.date() if first else None, last.date() if last else None)
    with schema.opened(load(GatewaySettings, settings).database) as engine:
        if not reporting.is_made(engine):
            raise SettingsError("the report views are of another version: hien gateway migrate")
        part = file.with_name(f"{file.name}.part")
        try:
            rows = write(part, reporting.columns(table), reporting.read(engine, table, days))
            part.replace(file)
        except OSError as error:
            raise SettingsError(f"{file}: cannot be written ({error.strerror})") from error
        with base.writers(engine).begin() as db:
            now_ms = unix_ms(SystemClock().utc())
            db.add(
                ExportRunRow(
                    at_ms=now_ms,
                    by=getuser(),
                    view=table,
                    first=days[0],
                    last=days[1],
                    form=form,
                    rows=rows,
                )
            )
    if as_json:
        print(json.dumps({"table": table, "file": str(file), "format": form, "rows": rows}))
    else:
        print(f"{rows} rows written to {file}")


@app.command("report-schema")
def report_schema(
    settings: Annotated[Path, typer.Option("--settings", help="The gateway's TOML file.")] = Path(
        "gateway.toml"
    ),
) -> None:
    """Make the views that analysts read anew, and let the role hien_report read them."""
    with schema.opened(load(GatewaySettings, settings).database) as engine:
        reporting.make(engine)
    print(f"{len(VIEWS)} views made")


def writer(form: str) -> Write:
    """What writes a form of file; SettingsError if there is none, or its library is missing."""
    try:
        found: Write = drivers.load("hien.exports", form)
    except ModuleNotFoundError as error:
        raise SettingsError(f"{form} needs {error.name}: pip install 'hien[parquet]'") from error
    return found
