"""`hien gateway api-key`: keys for other systems. A key is printed once and kept nowhere."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from contract.identifiers import is_name
from gateway.core.api_keys import Scope, make, scopes
from gateway.settings import GatewaySettings
from gateway.store import api_keys, base
from gateway.store.api_keys import ApiKeyRow
from runtime.clock import SystemClock, unix_ms
from runtime.errors import SettingsError
from runtime.settings import load

app = typer.Typer(no_args_is_help=True, help="Keys by which other systems use the REST API.")

SettingsFile = Annotated[Path, typer.Option("--settings", help="The gateway's TOML file.")]
Json = Annotated[bool, typer.Option("--json", help="JSON, one object a line.")]
DEFAULT = Path("gateway.toml")


@app.command("new")
def new_key(
    connector: Annotated[str, typer.Argument(help="Who will use it, such as web-shop.")],
    allowed: Annotated[list[str], typer.Argument(help=" ".join(Scope))],
    settings: SettingsFile = DEFAULT,
    *,
    as_json: Json = False,
) -> None:
    """Make a key that may do just this, and print it; it cannot be shown again."""
    if not is_name(connector):
        raise SettingsError(f"connector {connector!r} is not 1 to 32 of a-z, 0-9 and -")
    found = scopes(allowed)
    if isinstance(found, str):
        raise SettingsError(f"{found!r} is no scope; there are: {', '.join(Scope)}")
    key = make(secrets.token_bytes)
    with (
        base.opened(load(GatewaySettings, settings).database) as engine,
        base.writers(engine).begin() as db,
    ):
        api_keys.add(db, key, connector, found, unix_ms(SystemClock().utc()))
    print(json.dumps({"prefix": key.prefix, "key": key.text}) if as_json else key.text)


@app.command("list")
def list_keys(settings: SettingsFile = DEFAULT, *, as_json: Json = False) -> None:
    """Show all keys by their prefixes, also those that ended."""
    with (
        base.opened(load(GatewaySettings, settings).database) as engine,
        base.readers(engine)() as db,
    ):
        rows = api_keys.every(db)
    if as_json:
        for row in rows:
            print(json.dumps(_as_json(row)))
        return
    table = Table("prefix", "connector", "may", "made", "ended")
    for row in rows:
        ended = "" if row.ended_at_ms is None else _day(row.ended_at_ms)
        table.add_row(row.prefix, row.connector, row.scopes, _day(row.made_at_ms), ended)
    Console().print(table)


@app.command("end")
def end_key(prefix: str, settings: SettingsFile = DEFAULT) -> None:
    """End a key for ever; the next request with it is refused."""
    with (
        base.opened(load(GatewaySettings, settings).database) as engine,
        base.writers(engine).begin() as db,
    ):
        is_ended = api_keys.end(db, prefix, unix_ms(SystemClock().utc()))
    if not is_ended:
        raise SettingsError(f"there is no key {prefix!r} that could end")
    print(f"key {prefix} has ended")


def _day(at_ms: int) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC):%Y-%m-%d}"


def _as_json(row: ApiKeyRow) -> dict[str, object]:
    return {
        "prefix": row.prefix,
        "connector": row.connector,
        "scopes": row.scopes.split(),
        "made_at_ms": row.made_at_ms,
        "ended_at_ms": row.ended_at_ms,
    }
