"""What is wrong with a kiosk's machine, from its settings: radio, camera, pins, and the rest."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from kiosk.spare import load_kiosk, load_spare
from runtime import machine_checks
from runtime.clock import SystemClock
from runtime.drivers import load as load_driver
from runtime.errors import SettingsError
from runtime.finding import Finding, broken, doubtful, well
from runtime.settings import Driver

BUILT = datetime(2026, 11, 22, tzinfo=UTC)  # no clock that is right says less
ENROL = "on the gateway: hien gateway enrol-kiosk STORE KIOSK; then here: hien kiosk enrol CODE"
LET_IN = "compare the code on its screen in the console: Kiosks, Let a new kiosk in"
RFKILL = "sys/class/rfkill"


def findings(file: Path, root: Path = Path("/")) -> Iterator[Finding]:
    """Everything, good or bad. SettingsError if the file itself is wrong."""
    spare = load_spare(file)
    if spare.is_new and not spare.kiosk:
        yield machine_checks.disk(spare.data_dir)
        where = f"{spare.broker.host}:{spare.enrol_port}"
        yield doubtful("kiosk", f"nobody at {where} has let this machine in yet", LET_IN)
        return  # what it is to be is not known before
    settings = load_kiosk(file)
    now = SystemClock().utc()
    yield machine_checks.disk(settings.data_dir)
    yield _clock(settings.time_source, now)
    yield machine_checks.kernel(root)
    yield from machine_checks.power(root)
    if settings.broker.tls is not None:
        path = settings.broker.tls.certificate
        yield machine_checks.certificate("certificate", path, now, ENROL)
    yield machine_checks.broker(settings.broker)
    yield from _radio(settings.radio, root)
    yield from _camera(settings.camera, root, is_ours=settings.eye is None)
    if settings.eye is not None:
        path = root / str(settings.eye.socket).lstrip("/")
        yield machine_checks.usable("eye", path, os.W_OK, "sudo systemctl start hien-eye.socket")
    for scanner in settings.scanners:
        path = root / str(scanner.options.get("device", "")).lstrip("/")
        yield machine_checks.usable("scanner", path, os.R_OK, "plug it in; ls /dev/serial/by-id")
    drivers = (settings.pins, *(getattr(settings.switches, name) for name in _SWITCHES))
    if any(one is not None and one.driver == "gpiozero" for one in drivers):
        yield from pins(root)


_SWITCHES = ("motion", "call", "tamper")


def pins(root: Path) -> Iterator[Finding]:
    """Whether the pins can be driven."""
    remedy = "sudo apt install python3-lgpio; then delete .venv, so that ./hien builds it anew"
    if find_spec("lgpio") is None:
        yield broken("lgpio", "Python does not find it", remedy)
    else:
        yield well("lgpio", "is there")
    chip = root / "dev/gpiochip0"
    yield machine_checks.usable("pins", chip, os.R_OK | os.W_OK, "is this a Raspberry Pi?")


def _clock(source: Driver, now: datetime) -> Finding:
    try:
        is_synced = load_driver("hien.time_sources", source.driver)(source.options).is_synced()
    except SettingsError as error:
        return broken("clock", str(error), "mend [time_source]")
    return machine_checks.clock(is_synced=is_synced, now=now, built=BUILT)


def _radio(radio: Driver, root: Path) -> Iterator[Finding]:
    if radio.driver != "bleak":
        return
    adapter = str(radio.options.get("adapter", "hci0"))
    there = sorted(path.name for path in (root / "sys/class/bluetooth").glob("hci*"))
    if adapter in there:
        yield well("Bluetooth", f"{adapter} is there")
    elif there:
        remedy = f'set adapter = "{there[0]}" in [radio.options]'
        yield doubtful("Bluetooth", f"no {adapter}, but {', '.join(there)}", remedy)
    else:
        yield broken(
            "Bluetooth", f"no {adapter}", "sudo systemctl status bluetooth; or plug one in"
        )
    for path in sorted((root / RFKILL).glob("rfkill*")):
        kind, is_off = (_line(path / name) for name in ("type", "soft"))
        if (kind, is_off) == ("bluetooth", "1"):
            yield broken("Bluetooth", "it is switched off", "sudo rfkill unblock bluetooth")
    bus = root / "run/dbus/system_bus_socket"
    yield machine_checks.usable("BlueZ", bus, os.W_OK, "sudo apt install bluez dbus")


def _camera(camera: Driver, root: Path, *, is_ours: bool) -> Iterator[Finding]:
    """Whether it is there; whether we may use it, only if no eye of another user does."""
    mode = os.R_OK | os.W_OK if is_ours else os.F_OK
    if camera.driver == "webcam":
        path = root / str(camera.options.get("device", "/dev/video0")).lstrip("/")
        yield machine_checks.usable("camera", path, mode, "plug it in; ls /dev/v4l/by-id")
    elif camera.driver == "picamera2":
        if find_spec("picamera2") is None:
            remedy = (
                "sudo apt install python3-picamera2; then delete .venv, so that ./hien builds it"
            )
            yield broken("picamera2", "Python does not find it", remedy)
        remedy = "look at the ribbon cable; rpicam-hello --list-cameras shows what is found"
        yield machine_checks.usable("camera", root / "dev/media0", mode, remedy)


def _line(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
