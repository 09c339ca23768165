"""Connect web shops and banks, and see how they are: `hien gateway connector`."""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from contract.identifiers import is_name
from gateway.connections import connections
from gateway.core.changes import ConnectorKind
from gateway.core.standard_webhooks import SECRET_BYTES, secret_of
from gateway.settings import GatewaySettings
from gateway.store import base, connectors
from gateway.store.connector_sight import Sight, sights
from runtime.clock import SystemClock, unix_ms
from runtime.errors import SettingsError
from runtime.settings import load

app = typer.Typer(no_args_is_help=True, help="Connect web shops and banks, and see how they are.")

SettingsFile = Annotated[Path, typer.Option("--settings", help="The gateway's TOML file.")]
Json = Annotated[bool, typer.Option("--json", help="JSON, also on a terminal.")]
DEFAULT = Path("gateway.toml")
ONLY_THE_OWNER = 0o600


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="What to call it: 1 to 32 of a-z, 0-9 and -.")],
    kind: ConnectorKind,
    settings: SettingsFile = DEFAULT,
    *,
    secret_file: Annotated[
        Path | None, typer.Option(help="Where its secret goes; else beside the settings.")
    ] = None,
) -> None:
    """Write a connector's secret, and print its settings and the address to tell the vendor.

    For Shopify and payOS it is asked for, because they chose it; for the others it is made.
    """
    checked = load(GatewaySettings, settings)
    if not is_name(name):
        raise SettingsError(f"{name!r} is not 1 to 32 of a-z, 0-9 and -")
    if name in checked.connectors:
        raise SettingsError(f"{settings.name} [connectors.{name}]: is there already")
    file = secret_file or settings.parent / f"{name}.secret"
    is_theirs = kind in {ConnectorKind.SHOPIFY, ConnectorKind.PAYOS}
    secret = typer.prompt("Its secret", hide_input=True) if is_theirs else _made(kind)
    _write(file, secret)
    print(f'[connectors.{name}]\nkind = "{kind}"\nsecret_file = "{file}"')
    say = typer.echo
    say(f"Tell the vendor: {checked.web.address}/v1/webhooks/{name}", err=True)
    if not is_theirs:
        say(f"and the secret in {file}", err=True)


def _made(kind: ConnectorKind) -> str:
    key = secrets.token_bytes(SECRET_BYTES)
    return secret_of(key) if kind is ConnectorKind.STANDARD else key.hex()


def _write(file: Path, secret: str) -> None:
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(file, flags, ONLY_THE_OWNER), "w", encoding="utf-8") as opened:
            opened.write(f"{secret.strip()}\n")
    except FileExistsError:
        raise SettingsError(f"{file}: is there already, and stays") from None
    except OSError as error:
        raise SettingsError(f"{file}: {error.strerror}") from error


@app.command("list")
def list_(settings: SettingsFile = DEFAULT, *, as_json: Json = False) -> None:
    """Show every connector: when it last told something, and what is wrong with it."""
    checked = load(GatewaySettings, settings)
    known = connections(checked.connectors)
    with base.opened(checked.database) as engine, base.readers(engine)() as db:
        seen = sights(db, [one.identity for one in known.values()], unix_ms(SystemClock().utc()))
    if as_json or not sys.stdout.isatty():
        for sight in seen:
            print(json.dumps(_as_json(sight)))
        return
    _show(seen)


def _show(seen: Sequence[Sight]) -> None:
    table = Table("connector", "kind", "last told", "refused", "missed", "wrong")
    for sight in seen:
        refused = ", ".join(f"{one.reason} {one.times}" for one in sight.failures)
        wrong = ", ".join(sight.troubles) or "–"
        told = _when(sight.last_delivery_ms)
        table.add_row(sight.name, sight.kind, told, refused or "–", str(sight.missed), wrong)
    Console().print(table)


@app.command()
def deliveries(
    name: str,
    settings: SettingsFile = DEFAULT,
    *,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 20,
    as_json: Json = False,
) -> None:
    """Show what a connector delivered, newest first, and what became of it; never what it said."""
    checked = load(GatewaySettings, settings)
    if name not in checked.connectors:
        raise SettingsError(f"{settings.name}: there is no [connectors.{name}]")
    with base.opened(checked.database) as engine, base.readers(engine)() as db:
        rows = connectors.newest_first(db, name, limit)
    if as_json or not sys.stdout.isatty():
        for row in rows:
            said = {"number": row.number, "at_ms": row.at_ms, "topic": row.topic}
            print(json.dumps({**said, "state": row.state, "reason": row.reason or None}))
        return
    table = Table("number", "when", "topic", "became", "reason")
    for row in rows:
        words = (str(row.number), _when(row.at_ms), row.topic, row.state, row.reason)
        table.add_row(*map(escape, words))
    Console().print(table)


def _when(at_ms: int | None) -> str:
    return "never" if at_ms is None else f"{datetime.fromtimestamp(at_ms / 1000, UTC):%F %H:%M} UTC"


def _as_json(sight: Sight) -> dict[str, object]:
    return {
        "connector": sight.name,
        "kind": sight.kind,
        "last_delivery_ms": sight.last_delivery_ms,
        "failures": {one.reason: one.times for one in sight.failures},
        "missed": sight.missed,
        "troubles": sight.troubles,
    }
