"""Run and tend a gateway: `hien gateway migrate`, `import`, `intake`, `web`, `dead-letters`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from gateway import main, seal
from gateway.settings import GatewaySettings
from gateway.store import base, csv_import, dead_letters, migrations, stores
from runtime import log
from runtime.clock import SystemClock, unix_ms
from runtime.errors import SettingsError
from runtime.settings import load

app = typer.Typer(no_args_is_help=True)

SettingsFile = Annotated[Path, typer.Option("--settings", help="The gateway's TOML file.")]
DEFAULT = Path("gateway.toml")


@app.callback()
def gateway() -> None:
    """What decides, remembers and answers, beside the kiosks."""


@app.command()
def migrate(settings: SettingsFile = DEFAULT) -> None:
    """Bring the database to the present schema."""
    engine = base.connect(load(GatewaySettings, settings).database)
    migrations.upgrade(engine)
    engine.dispose()


@app.command("import")
def import_(folder: Path, settings: SettingsFile = DEFAULT) -> None:
    """Read stores, kiosks, profiles, orders, offers and staff from CSV files in a folder."""
    engine = base.connect(load(GatewaySettings, settings).database)
    with base.writers(engine).begin() as db:
        rows = csv_import.load(db, folder, unix_ms(SystemClock().utc()))
    engine.dispose()
    print(f"{rows} rows imported")


@app.command()
def intake(settings: SettingsFile = DEFAULT) -> None:
    """Take events from the kiosks until stopped."""
    checked = load(GatewaySettings, settings)
    log.configure("intake")
    main.run_intake(checked)


@app.command()
def web(settings: SettingsFile = DEFAULT) -> None:
    """Serve the staff board and the owner's console until stopped."""
    checked = load(GatewaySettings, settings)
    log.configure("web")
    main.run_web(checked)


@app.command("publish-trust")
def publish_trust(settings: SettingsFile = DEFAULT) -> None:
    """Have the running intake tell all kiosks anew whom they may recognise."""
    engine = base.connect(load(GatewaySettings, settings).database)
    with base.writers(engine).begin() as db:
        stores.next_edition(db)
    engine.dispose()


@app.command("make-key")
def make_key(settings: SettingsFile = DEFAULT) -> None:
    """Write the key file that [seal] names, and print what belongs in each kiosk.toml."""
    wanted = load(GatewaySettings, settings).seal
    if wanted is None:
        raise SettingsError(f"{settings.name}: [seal] key_file is missing")
    made = seal.make(wanted.key_file, wanted.key_id)
    print(f'[trust.issuers]\n{made.key_id} = "{made.public_key}"')


@app.command("dead-letters")
def list_dead_letters(
    settings: SettingsFile = DEFAULT,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 20,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Show messages nobody could read, newest first."""
    engine = base.connect(load(GatewaySettings, settings).database)
    with base.readers(engine)() as db:
        letters = dead_letters.newest_first(db, limit)
    engine.dispose()
    rows = [
        {
            "letter": letter.letter,
            "at_ms": letter.at_ms,
            "times": letter.times,
            "topic": letter.topic,
            "reason": letter.reason,
            "payload": letter.payload.decode(errors="replace"),
        }
        for letter in letters
    ]
    if as_json:
        for row in rows:
            print(json.dumps(row, ensure_ascii=False))
        return
    table = Table("number", "times", "topic", "reason")
    for row in rows:
        table.add_row(str(row["letter"]), str(row["times"]), str(row["topic"]), str(row["reason"]))
    Console().print(table)
