"""Asks the package index for a wheel of every locked package for Raspberry Pi OS 12 and 13.

`.venv/bin/python requirements/check_aarch64.py` writes docs/raspberry-pi-packages.md and fails if
one is missing, or if some Python needs a package that is not locked. It takes a minute, needs uv as
`refresh` does, and installs nothing; the test beside it only compares the page with the locks.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "docs" / "raspberry-pi-packages.md"
LOCKS = ("run", "dev")
MACHINE = "aarch64"
OLDEST_GLIBC = 17  # manylinux2014; no wheel asks for less on this machine
# Raspberry Pi OS: its Python, and the glibc that its wheels may ask for (packages.debian.org)
SYSTEMS = {"12": ("3.11", 36), "13": ("3.13", 41)}
# Of the extra `pi`: `./hien` takes them from apt, because they need libraries that are there only.
FROM_APT = {"lgpio": "python3-lgpio", "picamera2": "python3-picamera2"}

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s\\;]+)(?:[^\n]*\n[ \t]+--hash=[^\n]+)+", re.MULTILINE)
_TAGS = re.compile(r"-((?:py|cp)[^-]+-[^-]+-[^-]+)\.whl$")

HEADING = """\
# Packages on a Raspberry Pi

Every locked package has a wheel for 64-bit Raspberry Pi OS, so nothing is compiled there, and
neither Python needs a package that is not locked. Asked of the package index on {date} by
`requirements/check_aarch64.py`; a test compares this page with `requirements/*.txt`. *run* is what
a kiosk needs, *dev* what tests need besides.

| package | version | for | OS 12, Python 3.11 | OS 13, Python 3.13 |
|---|---|---|---|---|
"""
ENDING = """
From apt, because they need libraries that are only there (the extra `pi`): {packages}.
"""


@dataclass(frozen=True, slots=True)
class Pin:
    """One locked version, with the lines that lock it."""

    name: str
    version: str
    lines: str


def pins(lock: str) -> list[Pin]:
    """What a lock file holds."""
    return [Pin(found[1], found[2], found[0]) for found in _PIN.finditer(lock)]


def read(name: str) -> list[Pin]:
    """The pins of requirements/NAME.txt."""
    return pins((ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8"))


def wheels(wanted: list[Pin], python: str, glibc: int) -> dict[str, str]:
    """The tags of the wheel that pip would take, by package; none of those without."""
    found = _asked(wanted, python, glibc)
    if found is None and len(wanted) == 1:
        return {}
    if found is None:  # pip says of one only that it is missing: halve until it is found
        half = len(wanted) // 2
        parts = (wanted[:half], wanted[half:])
        return {name: tag for part in parts for name, tag in wheels(part, python, glibc).items()}
    return found


def _asked(wanted: list[Pin], python: str, glibc: int) -> dict[str, str] | None:
    platforms = [f"linux_{MACHINE}", f"manylinux2014_{MACHINE}"]
    platforms += [f"manylinux_2_{minor}_{MACHINE}" for minor in range(OLDEST_GLIBC, glibc + 1)]
    abis = (f"cp{python.replace('.', '')}", "abi3", "none")
    with tempfile.TemporaryDirectory() as folder:
        lock, report = Path(folder, "lock.txt"), Path(folder, "report.json")
        lock.write_text("\n".join(pin.lines for pin in wanted) + "\n", encoding="utf-8")
        command = [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--no-deps"),
            *("--require-hashes", "--only-binary=:all:", "--ignore-installed"),
            *("--target", folder, "--implementation", "cp", "--python-version", python),
            *(word for abi in abis for word in ("--abi", abi)),
            *(word for platform in platforms for word in ("--platform", platform)),
            *("--report", str(report), "-r", str(lock)),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            return None
        return dict(_reported(json.loads(report.read_text(encoding="utf-8"))))


def _reported(
    report: Mapping[str, list[Mapping[str, Mapping[str, str]]]],
) -> Iterator[tuple[str, str]]:
    for one in report["install"]:
        tags = _TAGS.search(one["download_info"]["url"])
        yield normal(one["metadata"]["name"]), tags[1] if tags is not None else "?"


def unlocked(python: str) -> list[str]:
    """What uv would take for this machine and Python that run.txt does not have."""
    command = [
        *("uv", "pip", "compile", "--quiet", "--no-header", "--no-annotate"),
        *("--python-version", python, "--python-platform", f"{MACHINE}-unknown-linux-gnu"),
        *("--only-binary", ":all:", "--constraints", "requirements/run.txt"),
        *("pyproject.toml", "requirements/build.in"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        return [done.stderr.strip()]
    known = {f"{pin.name}=={pin.version}" for pin in read("run")}
    return sorted({*done.stdout.split()} - known)


def normal(name: str) -> str:
    """How PyPI compares names."""
    return re.sub("[-_.]+", "-", name).lower()


def table() -> tuple[str, list[str]]:
    """The page, and what has no wheel."""
    run, dev = (read(name) for name in LOCKS)
    parts = {pin.name: "run" for pin in run}
    found = {system: wheels(dev, *SYSTEMS[system]) for system in SYSTEMS}
    rows, missing = [], []
    for pin in dev:  # which holds all of run, at the same versions
        cells = [found[system].get(normal(pin.name), "none") for system in SYSTEMS]
        rows.append(
            f"| {pin.name} | {pin.version} | {parts.get(pin.name, 'dev')} | {' | '.join(cells)} |"
        )
        missing += [f"no wheel of {pin.name} {pin.version}"] if "none" in cells else []
    for system, (python, _) in SYSTEMS.items():
        missing += [f"OS {system} needs {one}, which is not locked" for one in unlocked(python)]
    packages = ", ".join(f"{name} as `{deb}`" for name, deb in FROM_APT.items())
    heading = HEADING.format(date=datetime.now(UTC).date())
    return heading + "\n".join(rows) + "\n" + ENDING.format(packages=packages), missing


def main() -> int:
    """Write the page; 1 if a package has no wheel."""
    page, missing = table()
    TABLE.write_text(page, encoding="utf-8")
    for one in missing:
        sys.stderr.write(f"{MACHINE}: {one}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
