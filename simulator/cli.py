"""A whole shop on this machine, with simulated shoppers: `hien demo`, `hien demo --once --json`."""

from __future__ import annotations

import json
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from firmware_config import plan_file
from runtime import log
from runtime.clock import SystemClock
from simulator import audit, busy_hour, night, ports, stage_page
from simulator.busy_hour import Script
from simulator.living import LivingShop
from simulator.opening import Opening, open_shop
from simulator.phone_link import new_link
from simulator.planned import PlannedPremises, planned
from simulator.premises import SERVERS, Premises
from simulator.report import Report, reported
from simulator.seed import kiosk_name
from simulator.shop import STAFF, make_shop
from web_ui.shared.i18n import SHOP_TIME
from web_ui.shared.serving import Server

FAILED = 1  # something was lost, doubled, or shown to the wrong person
INTERRUPTED = 130  # what shells report after Ctrl-C
SCRIPTED_DAY = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # ten in the morning in Huế
FPS = 15.0  # of cameras, as the kiosks ask for
STILL_FPS = 1.0  # enough where nobody stands, when an hour takes half a minute
PASSAGES_SHARE, FEWEST_PASSAGES = 8, 4  # a night sees an eighth of the hour's people
SOON_S = 0.3  # a broker is back before paho asks for it the second time

app = typer.Typer(add_completion=False)

Folder = Annotated[
    Path | None, typer.Option("--dir", help="Keep settings, databases and logs in this folder.")
]
FirstPort = Annotated[
    int | None, typer.Option("--port", min=1024, max=65_000, help="The first of a row of ports.")
]


@app.command()
def demo(  # noqa: PLR0913 (each is one option of the command line)
    *,
    once: Annotated[bool, typer.Option("--once", help="Play one busy hour, then stop.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --once: one JSON line.")] = False,
    folder: Folder = None,
    port: FirstPort = None,
    shoppers: Annotated[int, typer.Option(min=1, max=2_000, help="With --once.")] = 200,
    minutes: Annotated[float, typer.Option(min=1, max=600, help="With --once.")] = 60.0,
    seed: Annotated[int, typer.Option(help="Another seed, other people.")] = 1,
    plan: Annotated[
        Path | None, typer.Option(help="Try out this plan's files; see docs/plan.md.")
    ] = None,
    autopilot: Annotated[bool, typer.Option(help="Shoppers come by themselves.")] = True,
    door: Annotated[bool, typer.Option("--door", help="With a door that passes open.")] = False,
) -> None:
    """Open a whole shop on this machine, with simulated shoppers, until Ctrl-C."""
    if as_json and not once:
        raise typer.BadParameter("says nothing without --once", param_hint="--json")
    log.configure("demo", "ERROR")  # the processes have logs of their own
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    numbers = ports.free(len(SERVERS)) if port is None else ports.row(port, len(SERVERS))
    with _folder(folder) as place:
        premises = Premises(place, dict(zip(SERVERS, numbers, strict=True)), has_door=once or door)
        if plan is not None:
            premises = planned(premises, plan_file.load(plan))
        try:
            if not once:
                _live(premises, seed, autopilot=autopilot)
                return
            report = _once(premises, Script(shoppers, minutes, seed), is_quiet=as_json)
        except KeyboardInterrupt:
            raise typer.Exit(INTERRUPTED if once else 0) from None
        _print(report, as_json=as_json)
        changed = [*premises.built.changes()] if isinstance(premises, PlannedPremises) else []
        for change in changed:
            print(f"hien: a file of the plan was changed: {change}", file=sys.stderr)
        if not report.holds or changed:
            raise typer.Exit(FAILED)


@contextmanager
def _folder(wanted: Path | None) -> Iterator[Path]:
    """The folder asked for; or one that is gone afterwards, unless something went wrong in it."""
    if wanted is not None:
        yield wanted
        return
    place = Path(tempfile.mkdtemp(prefix="hien-demo-"))
    try:
        yield place
    except typer.Exit as end:
        if end.exit_code == FAILED:
            print(f"hien: logs and databases are kept in {place}", file=sys.stderr)
        else:
            shutil.rmtree(place, ignore_errors=True)
        raise
    except Exception:
        print(f"hien: logs and databases are kept in {place}", file=sys.stderr)
        raise
    shutil.rmtree(place, ignore_errors=True)


def _once(premises: Premises, script: Script, *, is_quiet: bool) -> Report:
    """Play the busy hour and take stock."""
    clock = SystemClock()
    began_s = clock.monotonic_s()
    shop = make_shop(SCRIPTED_DAY.astimezone(SHOP_TIME).date())
    opening = Opening(
        SCRIPTED_DAY.timestamp(), script.seed, STILL_FPS, is_headless=True, restart_s=SOON_S
    )
    with (
        Progress(console=Console(stderr=True), transient=True, disable=is_quiet) as bar,
        open_shop(premises, shop, opening) as opened,
    ):
        task = bar.add_task("one busy hour", total=1.0)
        busy_hour.play(opened, shop, script, lambda share: bar.update(task, completed=share))
        bar.update(task, description="one night", completed=0.0)
        passages = max(script.shoppers // PASSAGES_SHARE, FEWEST_PASSAGES)
        at_door = night.play(
            opened, shop, passages, script.seed, lambda share: bar.update(task, completed=share)
        )
        busy_hour.drain(opened)
        verdicts, truth = opened.glass.verdicts(), opened.stage.truth
    books = audit.read(premises.database)
    reckoning = audit.reckon(books, premises.outboxes, premises.logs)
    missing = audit.reckon_door(books, premises.journal)
    reckoning = replace(reckoning, lost=reckoning.lost + missing)
    seconds = clock.monotonic_s() - began_s
    return reported(books, reckoning, verdicts, (truth, at_door), seconds)


def _live(premises: Premises, seed: int, *, autopilot: bool) -> None:
    """Keep the shop open."""
    now = SystemClock().utc()
    shop = make_shop(now.astimezone(SHOP_TIME).date())
    Console(stderr=True).print("Opening the shop …")
    with open_shop(premises, shop, Opening(now.timestamp(), seed, FPS)) as opened:
        living = LivingShop(opened, shop, seed, autopilot)
        page = stage_page.create_app(
            shop,
            lambda: living.snapshot,
            living.commands.put,
            _addresses(premises),
            lambda member: new_link(premises, member),
        )
        server = Server(page, ports.HOST, premises.ports["stage"], stage_page.THREADS)
        server.start()
        try:
            _welcome(premises)
            living.live()
        finally:
            server.stop()


def _addresses(premises: Premises) -> dict[str, str]:
    """Where a person finds each interface."""
    web = premises.url("web")
    kiosks = {kiosk: premises.url(kiosk) for kiosk in premises.kiosks}
    return kiosks | {"staff": f"{web}/staff", "console": f"{web}/console"}


def _welcome(premises: Premises) -> None:
    """Where everything is, for people."""
    addresses = _addresses(premises)
    table = Table(title="Hiên: the shop is open", title_justify="left", show_header=False)
    table.add_row("Stage (people walk here)", premises.url("stage"))
    for kiosk in premises.kiosks:
        table.add_row(f"Screen of {kiosk_name(kiosk)}", addresses[kiosk])
    table.add_row("Staff board", f"{addresses['staff']}   {_pins('staff')}")
    table.add_row("Owner's console", f"{addresses['console']}   {_pins('owner')}")
    table.add_row("A member's phone", f"{premises.url('stage')}/stage/phone   (makes a new card)")
    table.add_row("Settings and logs", str(premises.folder))
    console = Console()
    console.print(table)
    console.print("Ctrl-C closes it.")


def _pins(role: str) -> str:
    return ", ".join(f"{one.name}: PIN {one.pin}" for one in STAFF if one.role == role)


def _print(report: Report, *, as_json: bool) -> None:
    """Figures on stdout, what is wrong on stderr."""
    if as_json:
        print(json.dumps(report.figures))
    else:
        table = Table(title="One busy hour", title_justify="left", show_header=False)
        for name, value in report.figures.items():
            shown = value
            if isinstance(value, dict):
                shown = ", ".join(f"{rank} {one}" for rank, one in value.items())
            table.add_row(name.replace("_", " "), str(shown))
        Console().print(table)
    for fault in report.faults:
        print(f"hien: {fault}", file=sys.stderr)
