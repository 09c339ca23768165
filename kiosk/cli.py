"""Run a kiosk, enrol or calibrate it: `hien kiosk run`, `hien kiosk enrol`, `calibrate`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from contract.topics import KioskAddress
from kiosk import calibrating, newcomer
from kiosk.adapters import pin_check
from kiosk.adapters.calibration_file import CalibrationFile
from kiosk.adapters.enrolment import Identity, read_code
from kiosk.core.calibration import calibrate as found_in
from kiosk.core.maintenance import PIN_DIGITS
from kiosk.main import run as run_kiosk
from kiosk.spare import load_kiosk, load_spare
from runtime import log
from runtime.errors import DeviceError, SettingsError, UnavailableError

app = typer.Typer(no_args_is_help=True)

Settings = Annotated[Path, typer.Option(help="The kiosk's TOML file.")]
HERE = Path("kiosk.toml")


@app.callback()
def kiosk() -> None:
    """The Raspberry Pi in the shop."""


@app.command()
def run(
    settings: Settings = HERE,
) -> None:
    """Run until stopped. Exit status 78: settings are wrong; 69: a port or the disk is missing.

    Without its certificate it shows a code first, and waits until the owner lets it in.
    """
    spare = load_spare(settings)
    if spare.is_new and (petitioner := spare.petitioner()) is not None:
        log.configure(spare.kiosk or "kiosk")
        if not newcomer.wait(spare, petitioner):
            return
    checked = load_kiosk(settings)
    log.configure(checked.kiosk)
    try:
        starts_anew = run_kiosk(checked)
    except DeviceError as error:  # without an outbox there is nothing a kiosk may promise
        raise UnavailableError(str(error)) from error
    if starts_anew and "NOTIFY_SOCKET" not in os.environ:  # systemd would do it for us
        os.execv(sys.executable, sys.orig_argv)  # noqa: S606 - ourselves, as we were started


@app.command()
def enrol(
    code: Annotated[str, typer.Argument(help="What hien gateway enrol-kiosk printed.")],
    settings: Settings = HERE,
) -> None:
    """Get this kiosk's certificate: make a key here, and have it signed by the gateway.

    The files are those of [broker.tls]. Exit status 78: code or settings are wrong; 69: nobody
    answers.
    """
    checked = load_kiosk(settings)
    if checked.broker.tls is None:
        raise SettingsError("[broker.tls] is missing: say where ca and certificate are to be")
    identity = Identity(checked.broker.tls, KioskAddress(checked.store, checked.kiosk).user)
    ends = identity.enrol(read_code(code))
    print(f"{identity.user} has a certificate until {ends.date()}, and renews it by itself")


@app.command()
def hash_pin() -> None:
    """Ask for the PIN of maintenance, six digits, and print the lines for the kiosk's settings."""
    pin = typer.prompt("PIN, six digits", hide_input=True, confirmation_prompt=True)
    if len(pin) != PIN_DIGITS or not (pin.isascii() and pin.isdecimal()):
        raise SettingsError(f"a PIN has {PIN_DIGITS} digits")
    print(f'[maintenance]\npin_hash = "{pin_check.hashed(pin)}"')


@app.command()
def calibrate(
    *,
    settings: Settings = HERE,
    receiver: Annotated[
        str | None, typer.Option(help="Another maker's, like espresense:tra; else the kiosk's own.")
    ] = None,
    tag: Annotated[
        str | None, typer.Option(help="Its identity, like ibeacon:…; else the loudest.")
    ] = None,
    seconds: Annotated[float, typer.Option(min=1, max=600, help="How long to listen.")] = 60.0,
) -> None:
    """Hold a tag still, one metre before a receiver, and let the kiosk learn how loud that is.

    Once for each receiver. What is plausible is kept beside the outbox, and holds from the next
    start on. Exit status 69: nothing plausible was heard.
    """
    checked = load_kiosk(settings)
    measured = calibrating.measure(checked, receiver or checked.kiosk, tag, seconds)
    file = CalibrationFile(checked.data_dir)
    levels_dbm = {**file.load(), measured.receiver: measured.level_dbm}
    try:
        file.save(levels_dbm)
    except DeviceError as error:
        raise UnavailableError(str(error)) from error
    found = found_in(levels_dbm)
    said = {
        **measured._asdict(),
        "power_at_1m_dbm": round(found.power_at_1m_dbm, 1),
        "offset_db": round(found.offsets_db[measured.receiver], 1),
    }
    print(msgspec.json.encode(said).decode())
