"""`hien gateway erase`: forget a member for ever, for whoever asks at the counter."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Annotated

import typer

from gateway.core import erasing as rules
from gateway.core.changes import Ask, PrivacyAsked
from gateway.erasing import OPEN_ORDER, Eraser
from gateway.settings import GatewaySettings
from gateway.store import base, privacy_requests, refused_files, tombstones
from gateway.store.privacy_requests import DESK, PrivacyRequestRow
from gateway.store.profiles import ProfileRow
from runtime.clock import SystemClock, unix_ms
from runtime.errors import SettingsError
from runtime.settings import load

app = typer.Typer()


@app.command()
def erase(
    member: Annotated[str, typer.Argument(help="12 hex digits, as in passes.")],
    settings: Annotated[Path, typer.Option("--settings", help="The gateway's TOML file.")] = Path(
        "gateway.toml"
    ),
    *,
    is_sure: Annotated[
        bool, typer.Option("--yes", help="They are before you, and it cannot be undone.")
    ] = False,
) -> None:
    """Erase a member from database, events, logs and queues; prints the receipt's number.

    Kiosks hear of it within a minute; whoever has an order to pick up is erased after that.
    """
    if not is_sure:
        raise SettingsError(f"erasing {member} cannot be undone: say --yes")
    checked = load(GatewaySettings, settings)
    graves = tombstones.opened(checked.erasure_key)
    now_ms = unix_ms(SystemClock().utc())
    with base.opened(checked.database) as engine:
        timed = privacy_requests.timed(engine, checked.privacy_clocks.table())
        with base.writers(timed).begin() as db:
            if db.get(ProfileRow, member) is None:
                raise SettingsError(f"there is no member {member!r}")
            row = privacy_requests.add(db, DESK, PrivacyAsked(Ask.ERASE, ""), member, now_ms)
            db.flush()
            number = row.number
            privacy_requests.confirm(db, number, now_ms)
        Eraser(engine, graves, lambda: now_ms, Event().wait).round()
        with base.readers(engine)() as db:
            waits = db.get_one(PrivacyRequestRow, number).report == OPEN_ORDER
            files = [row.path for row in refused_files.missed(db)]
    print(rules.receipt(graves.key, number, now_ms))
    if waits:
        print("there is an order to pick up; they are erased after that")
    for file in files:
        print(f"{file} could not be opened and may name them: delete it")
