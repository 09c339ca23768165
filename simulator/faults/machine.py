"""On what a figure was measured: processor, kernel and programs; never whose machine it is."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import subprocess
from pathlib import Path

from firmware_config.broker_folder import SBIN


def described() -> str:
    """One line, without the machine's name."""
    return ", ".join(
        [
            f"{processor()}, {os.cpu_count()} cores",
            f"{platform.system()} {platform.release().partition('-')[0]}",
            f"Python {platform.python_version()}",
            f"SQLite {sqlite3.sqlite_version}",
            _mosquitto(),
        ]
    )


def processor() -> str:
    """As Linux names it, on a PC or on a Raspberry Pi."""
    names = ("model name", "Model")
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition(":")
        if key.strip() in names:
            return value.strip()
    return platform.machine()


def _mosquitto() -> str:
    places = os.pathsep.join([*os.get_exec_path(), *SBIN])
    program = shutil.which("mosquitto", path=places) or "mosquitto"
    try:  # it says its version with its usage, and calls that a failure
        said = subprocess.run([program, "-h"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return "no mosquitto"
    return said.partition("\n")[0].replace(" version", "") or "mosquitto"
