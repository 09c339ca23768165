"""How a machine is: disk, clock, kernel, power, broker, certificates. It mends nothing.

`root` is where /proc, /sys and /dev are found, so that a test can make its own.
"""

from __future__ import annotations

import os
import platform
import shutil
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509

from runtime.errors import SettingsError
from runtime.finding import Finding, broken, doubtful, well
from runtime.tls import Broker, client_context

FEW_BYTES, LITTLE_BYTES = 50 << 20, 500 << 20  # a day of events; room for an update
PATIENCE_S = 5.0  # for the broker; a Raspberry Pi on bad Wi-Fi shakes hands within 3
REFUSED_WITHIN_S = 1.0  # the broker has all it needs to know by then
SOON = timedelta(days=14)  # kiosks renew 30 days before; something keeps them from it
# Freezes its GPU within hours on a Raspberry Pi 4: raspberrypi/linux issues 7397, 7443, 7488, 7516.
HANGS_ITS_GPU = ("6.18.",)
THROTTLED = "sys/devices/platform/soc/soc:firmware/get_throttled"
UNDER_VOLTAGE_NOW, UNDER_VOLTAGE_EVER = 1 << 0, 1 << 16  # raspberrypi.com, vcgencmd get_throttled


def disk(folder: Path) -> Finding:
    """Whether there is room, and whether we may write."""
    there = next(path for path in (folder, *folder.parents) if path.is_dir())
    if not os.access(there, os.W_OK):
        who = f"uid {os.geteuid()}"
        return broken(
            "disk", f"{there}: {who} may not write there", f"sudo chown {who[4:]} {there}"
        )
    return room(there, shutil.disk_usage(there).free)


def room(folder: Path, free_bytes: int) -> Finding:
    """Whether so much is enough."""
    found = f"{folder}: {free_bytes >> 20} MB are free"
    if free_bytes < FEW_BYTES:
        return broken("disk", found, "make room: sudo journalctl --vacuum-size=20M; sudo apt clean")
    if free_bytes < LITTLE_BYTES:
        return doubtful("disk", found, "make room before an update needs it: sudo apt clean")
    return well("disk", found)


def clock(*, is_synced: bool, now: datetime, built: datetime) -> Finding:
    """Whether the time is right. It cannot be before this software was built."""
    if now < built:
        return broken(
            "clock", f"it says {now.date()}", "sudo apt install chrony, or set it by hand"
        )
    if not is_synced:
        remedy = (
            "sudo apt install chrony; look with: timedatectl. A battery clock helps at power cuts"
        )
        return doubtful("clock", "nobody steers it", remedy)
    return well("clock", f"{now:%Y-%m-%d %H:%M} UTC, steered")


def kernel(root: Path, release: str | None = None) -> Finding:
    """Whether the kernel is one that is known to freeze."""
    release = release or platform.release()
    model = _read(root / "proc/device-tree/model").rstrip("\0")
    if "Raspberry Pi 4" in model and release.startswith(HANGS_ITS_GPU):
        remedy = (
            "add --disable-gpu to HIEN_SCREEN_FLAGS in /etc/hien/screen.env, or take an older one"
        )
        return doubtful("kernel", f"{release} freezes the screen of a Raspberry Pi 4", remedy)
    return well("kernel", f"{release}{f' on {model}' if model else ''}")


def power(root: Path) -> Iterator[Finding]:
    """Whether a Raspberry Pi gets enough; nothing on other machines."""
    try:
        bits = int(_read(root / THROTTLED), 16)
    except ValueError:
        return
    remedy = "take the supply made for this Raspberry Pi, and a short cable"
    if bits & UNDER_VOLTAGE_NOW:
        yield broken("power", "too little, just now", remedy)
    elif bits & UNDER_VOLTAGE_EVER:
        yield doubtful("power", "it was too little since the last start", remedy)
    else:
        yield well("power", "enough since the last start")


def certificate(what: str, path: Path, now: datetime, remedy: str) -> Finding:
    """When it ends."""
    try:
        ends = x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
    except OSError as error:
        return broken(what, f"{path}: {error.strerror}", remedy)
    except ValueError:
        return broken(what, f"{path}: is damaged", remedy)
    found = f"{path} is good until {ends.date()}"
    if ends <= now:
        return broken(what, f"{path} has ended on {ends.date()}", remedy)
    return doubtful(what, found, remedy) if ends - now < SOON else well(what, found)


def broker(told: Broker) -> Finding:
    """Whether a broker answers, and whether we believe each other."""
    where = f"{told.host}:{told.port}"
    try:
        context = None if told.tls is None else client_context(told.tls)
        with socket.create_connection((told.host, told.port), PATIENCE_S) as talk:
            if context is not None:
                with context.wrap_socket(talk, server_hostname=told.host) as private:
                    _hear_refusal(private)
    except SettingsError as error:
        return broken("broker", str(error), "hien kiosk enrol CODE; the gateway makes the code")
    except ssl.SSLCertVerificationError as error:
        remedy = "enrol again, if the gateway was made anew; names are [own_broker] names there"
        return broken("broker", f"{where} is not who it should be: {error.verify_message}", remedy)
    except ssl.SSLError as error:
        return broken(
            "broker", f"{where} does not take us: {error.reason}", "enrol this kiosk again"
        )
    except OSError as error:
        remedy = (
            f"is it on, and in this network? ping {told.host}; on it: systemctl status hien-broker"
        )
        return broken("broker", f"{where} does not answer ({error.strerror or error})", remedy)
    return well("broker", f"{where} answers")


def _hear_refusal(talk: ssl.SSLSocket) -> None:
    """In TLS 1.3 a client is refused after it has shaken hands; silence is consent."""
    talk.settimeout(REFUSED_WITHIN_S)
    with suppress(TimeoutError):
        talk.recv(1)


def usable(what: str, path: Path, mode: int, remedy: str) -> Finding:
    """Whether a device is there and we may use it; mode as os.access has it."""
    if not path.exists():
        return broken(what, f"{path} is not there", remedy)
    if not os.access(path, mode):
        gid = path.stat().st_gid
        remedy = f"sudo adduser $(id -un) $(getent group {gid} | cut -d: -f1); then start anew"
        return broken(what, f"{path}: we may not use it", remedy)
    return well(what, f"{path} is there")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
