"""Bring members and all else of a shop in from files: commands under `hien gateway`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TimeRemainingColumn

from gateway.settings import GatewaySettings
from gateway.store import base, csv_import, merges, tombstones
from gateway.store.csv_import import Choices
from gateway.store.merges import PROBLEMS, Deed, Problem
from gateway.store.profile_import import Tally
from runtime.clock import SystemClock, unix_ms
from runtime.collector import collect_rarely
from runtime.errors import SettingsError
from runtime.settings import load

app = typer.Typer()

SettingsFile = Annotated[Path, typer.Option("--settings", help="The gateway's TOML file.")]
DEFAULT = Path("gateway.toml")


@app.command("import")
def import_(
    folder: Path,
    settings: SettingsFile = DEFAULT,
    *,
    refused: Annotated[
        Path | None,
        typer.Option(help="Keep every line that is right; write the others here, with reasons."),
    ] = None,
    is_dry: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen, and change nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Read stores, kiosks, profiles, orders, offers, staff and sales from CSV files; or one file.

    All of it or nothing, unless --refused says where to put the lines that are wrong.
    """
    collect_rarely()
    at_ms = unix_ms(SystemClock().utc())
    files = [folder] if folder.is_file() else folder.glob("*.csv")
    size_bytes = sum(path.stat().st_size for path in files)
    checked = load(GatewaySettings, settings)
    graves = tombstones.opened(checked.erasure_key)
    with (
        base.opened(checked.database) as engine,
        Progress(
            "{task.description}",
            BarColumn(),
            TaskProgressColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=not sys.stderr.isatty(),
        ) as bar,
    ):
        task = bar.add_task(folder.name, total=size_bytes)

        def told(read_bytes: int) -> None:
            bar.update(task, completed=read_bytes)

        sessions = base.writers(tombstones.keyed(engine, graves))
        if refused is not None:
            choices = Choices(refused, is_dry, told)
            tally = csv_import.load_good(sessions, folder, at_ms, choices)
        else:
            with sessions() as db:
                tally = csv_import.load(db, folder, at_ms, told)
                db.rollback() if is_dry else db.commit()
    if as_json:
        print(json.dumps({"rows": tally.rows, **asdict(tally), "dry_run": is_dry}))
    else:
        print(_sentence(tally, is_dry=is_dry))
    if tally.refused:
        print(f"{tally.refused} lines are wrong; see {refused}", file=sys.stderr)


def _sentence(tally: Tally, *, is_dry: bool) -> str:
    done = "would be imported" if is_dry else "imported"
    return f"{tally.rows} rows {done}: {tally.new} members new, {tally.changed} rows changed"


Staff = Annotated[str, typer.Option(help="Who decides it, for the record.")]
Reason = Annotated[str, typer.Option(help="Why, for the record.")]


def _deed(staff: str, reason: str) -> Deed:
    return Deed(staff, unix_ms(SystemClock().utc()), reason)


@app.command("merge-members")
def merge_members(
    kept: Annotated[str, typer.Argument(help="The member who stays: 12 hex digits.")],
    gone: Annotated[str, typer.Argument(help="The member whose everything becomes theirs.")],
    staff: Staff,
    reason: Reason = "",
    settings: SettingsFile = DEFAULT,
) -> None:
    """Make two members one: visits, orders, points, cards, ids, and what both agreed to.

    hien gateway split-member GONE undoes it.
    """
    with base.opened(load(GatewaySettings, settings).database) as engine:
        with base.writers(engine).begin() as db:
            found = merges.merge(db, kept, gone, _deed(staff, reason))
        if isinstance(found, Problem):
            raise SettingsError(f"{gone} and {kept}: {PROBLEMS[found].en}")
    print(f"{gone} is one with {kept} now")


@app.command("split-member")
def split_member(
    gone: Annotated[str, typer.Argument(help="The member who was made one with another.")],
    staff: Staff = "",
    reason: Reason = "",
    settings: SettingsFile = DEFAULT,
) -> None:
    """Make two members of one again: what was brought goes back, what came since stays."""
    with base.opened(load(GatewaySettings, settings).database) as engine:
        with base.writers(engine).begin() as db:
            found = merges.split(db, gone, _deed(staff, reason))
        if isinstance(found, Problem):
            raise SettingsError(f"{gone}: {PROBLEMS[found].en}")
    print(f"{gone} and {found.kept} are two again")
