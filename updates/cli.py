"""Bring a newer version to this machine, or the one before it: `hien update`."""

from __future__ import annotations

import fcntl
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from runtime import log, unsent
from runtime.clock import SystemClock
from runtime.drivers import load as load_driver
from runtime.errors import SettingsError, UnavailableError
from runtime.settings import load
from updates.app import Hands, Updater
from updates.building import VenvBuilder
from updates.core import choice
from updates.core.choice import Choice, Machine, Verdict
from updates.core.rollout import Surroundings
from updates.core.steps import Journal, Phase
from updates.links import Links
from updates.settings import UpdateSettings
from updates.sources import Published
from updates.systemd import Systemd

NOT_WELL = 1  # refused, or taken back
READABLE = 0o022  # what is built is run by users that are not root

app = typer.Typer(no_args_is_help=True)

Settings = Annotated[Path, typer.Option(help="This machine's update.toml.")]
HERE = Path("/etc/hien/update.toml")
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]


@app.callback()
def update() -> None:
    """Versions of this machine."""


@app.command()
def check(settings: Settings = HERE, *, as_json: AsJson = False) -> None:
    """Say what is offered, and whether this machine would take it now. Changes nothing.

    Exit status 1 if the release is refused; 69 if there is none to be had.
    """
    checked = load(UpdateSettings, settings)
    found = _choose(checked, _updater(checked).journal(), _around(checked))
    said = {
        "running": version("hien"),
        "offered": found.release.version if found.release is not None else None,
        "verdict": found.verdict,
        "why": found.why,
    }
    print(json.dumps(said, ensure_ascii=False) if as_json else f"{found.verdict}: {found.why}")
    if found.verdict is Verdict.REFUSE:
        raise typer.Exit(NOT_WELL)


@app.command()
def run(settings: Settings = HERE) -> None:
    """What the timer calls: end what was cut off, then take what is offered if it may be now."""
    log.configure("update")
    _go(load(UpdateSettings, settings), by_itself=True)


@app.command()
def apply(settings: Settings = HERE) -> None:
    """Take what is offered at once, whoever's turn it is and whatever the time.

    Seal, order of versions and minimum hold all the same. Exit status 1: it was refused or taken
    back, and the old version runs.
    """
    log.configure("update")
    _go(load(UpdateSettings, settings), by_itself=False)


@app.command("roll-back")
def roll_back(settings: Settings = HERE) -> None:
    """Back to the version that ran before this one; this one is not taken again."""
    checked = load(UpdateSettings, settings)
    log.configure("update")
    with _alone(checked.folder):
        updater = _updater(checked)
        if not (journal := updater.carry_on()).old:
            raise SettingsError("there is no version before this one to go back to")
        _say(updater.send_back() if journal.phase is Phase.RESTING else journal)


@app.command()
def status(settings: Settings = HERE, *, as_json: AsJson = False) -> None:
    """Say which version runs, and what became of the last update."""
    journal = _updater(load(UpdateSettings, settings)).journal()
    if as_json:
        said = {"running": version("hien"), "phase": journal.phase, "said": journal.said}
        print(json.dumps({**said, "is_well": journal.is_well}, ensure_ascii=False))
        return
    print(f"{version('hien')} runs")
    if journal.phase is not Phase.RESTING:
        print(f"an update to {journal.new_version} is under way, or was cut off: {journal.phase}")
    elif journal.said:
        print(journal.said)


def _go(checked: UpdateSettings, *, by_itself: bool) -> None:
    with _alone(checked.folder):
        updater = _updater(checked)
        journal = updater.carry_on()
        if journal.said and not journal.is_well:
            print(journal.said)
        around = _around(checked) if by_itself else None
        found = _choose(checked, journal, around)
        if found.verdict is Verdict.TAKE and found.release is not None:
            _say(updater.install(found.release, version("hien")))
            return
    print(f"{found.verdict}: {found.why}")
    if found.verdict is Verdict.REFUSE:
        raise typer.Exit(NOT_WELL)


def _say(journal: Journal) -> None:
    print(journal.said)
    if not journal.is_well:
        raise typer.Exit(NOT_WELL)


def _systemd(checked: UpdateSettings) -> Systemd:
    return Systemd(checked.folder, SystemClock(), threading.Event().wait)


def _updater(checked: UpdateSettings) -> Updater:
    hands = Hands(
        Links(checked.serving, checked.proven),
        Published(checked.source),
        VenvBuilder(),
        _systemd(checked),
        SystemClock(),
        threading.Event().wait,
    )
    return Updater(checked.folder, hands, checked.watch.patience())


def _choose(checked: UpdateSettings, journal: Journal, now: Surroundings | None) -> Choice:
    me = Machine(checked.device, version("hien"), checked.trusted(), journal)
    return choice.choose(Published(checked.source).manifest(), me, now)


def _around(checked: UpdateSettings) -> Surroundings:
    source = load_driver("hien.time_sources", checked.time_source.driver)
    kiosk = _systemd(checked).units().get("hien-kiosk")
    return Surroundings(
        SystemClock().utc().timestamp(),
        source(checked.time_source.options).is_synced(),
        unsent.read(kiosk.status) if kiosk is not None and kiosk.is_running else None,
        checked.opening.rules(),
    )


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else updates this machine meanwhile; UnavailableError if somebody does."""
    os.umask(READABLE)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
    except BlockingIOError as error:
        raise UnavailableError("an update is under way already") from error
    except PermissionError as error:
        raise SettingsError(f"{error.filename}: {error.strerror}; this is for root") from error
