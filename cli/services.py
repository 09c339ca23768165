"""A machine's services as files below a root: copied there, remembered, and taken away again.

What they say stands in systemd/. It writes no settings and no data.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from runtime.errors import SettingsError, UnavailableError

HOME = Path(__file__).parents[1]
# A wheel puts what is no Python beside it.
SOURCE = (
    Path(sys.prefix, "share/hien/systemd") if HOME.name == "site-packages" else HOME / "systemd"
)
UNITS = "etc/systemd/system"
COMMAND = "usr/local/bin/hien"
PROVEN = "usr/local/bin/hien-proven"  # what an update goes back to; it moves that one itself
MANIFEST = "etc/hien/installed"  # every path that is there because of us; folders end with /
TARGET = "hien.target"

UPDATES = (
    *("hien-update.service", "hien-update.timer"),
    *("hien-lay.service", "hien-lay.path"),
)
RAW_HCI = "hien-kiosk.service.d/30-raw-hci.conf"

PARTS = {
    "kiosk": (
        *UPDATES,
        *("hien-kiosk.service", "hien-clock.service"),
        *("hien-eye.socket", "hien-eye@.service"),
    ),
    "screen": (
        *("hien-screen.service", "hien-browser.service"),
        *("hien-glimpse.socket", "hien-glimpse@.service"),
    ),
    "door": ("hien-door.service", "hien-door-closer.service", "hien-clock.service"),
    "gateway": (
        *("hien-setup.service", "hien-broker.service", "hien-intake.service", "hien-web.service"),
        *("hien-backup.service", "hien-backup.timer"),
        *("hien-retention.service", "hien-retention.timer"),
        *("hien-measure.service", "hien-measure.timer"),
        "hien-intake@.service",
        *("hien-report.service", "hien-report.timer"),
    ),
    "boards": ("hien-boards.service",),
}
# By their timers, path and socket, or by hand; not by the target.
TRIGGERED = (
    *("hien-backup.service", "hien-retention.service", "hien-update.service"),
    *("hien-measure.service", "hien-report.service"),
    *("hien-lay.service", "hien-eye@.service", "hien-glimpse@.service"),
    "hien-intake@.service",  # by an owner whose intake wants more than one core
)
BESIDE = {
    "sysusers/hien.conf": "etc/sysusers.d/hien.conf",
    "tmpfiles/hien.conf": "etc/tmpfiles.d/hien.conf",
    "polkit/50-hien.rules": "etc/polkit-1/rules.d/50-hien.rules",
}
HIDDEN = ("/home", "/root", "/run/user")  # systemd.exec(5), ProtectHome
USERS = ("hien-kiosk", "hien-eye", "hien-door", "hien-clock", "hien-screen", "hien-gateway")
DATA = (
    *("etc/hien", "etc/hien-boards", "var/lib/hien", "var/lib/hien-backups"),
    *("var/lib/hien-kiosk", "var/lib/hien-door", "var/lib/hien-trust", "opt/hien-updates"),
)


@dataclass(frozen=True)
class Machine:
    """A system below a root; only one that is ours and running is told to do anything."""

    root: Path
    command: Path  # the `hien` that its services run

    @property
    def is_running(self) -> bool:
        """Whether systemd runs from this root, as PID 1 says of itself (sd_booted(3))."""
        return self.root == Path("/") and Path("/run/systemd/system").is_dir()

    def installed_parts(self) -> tuple[list[str], bool]:
        """What was installed here, and whether with raw HCI."""
        units = {Path(name).name for name in self._installed()}
        parts = [part for part, names in PARTS.items() if {*names} - {*UPDATES} <= units]
        return parts, f"{UNITS}/{RAW_HCI}" in self._installed()

    def install(
        self, parts: Sequence[str], *, raw_hci: bool = False, keeps_links: bool = False
    ) -> list[Path]:
        """Put everything in place; returns what is new or changed.

        With `keeps_links` the commands lead where they did: an update moves those itself.
        """
        if any(map(self.command.is_relative_to, HIDDEN)):
            raise SettingsError(
                f"{self.command}: services do not see what lies there (ProtectHome); move to"
                " /opt/hien and install from there"
            )
        wanted = dict(self._wanted(parts, raw_hci=raw_hci))
        if keeps_links:
            links = {name: (self.root / name).readlink() for name in (COMMAND, PROVEN)}
            wanted |= links
        before = self._installed()
        folders = {name for name in before if name.endswith("/")}
        folders |= {one for name in (*wanted, MANIFEST) for one in self._missing_folders(name)}
        try:
            changed = [name for name, content in wanted.items() if self._put(name, content)]
            self._put(MANIFEST, "".join(f"{name}\n" for name in sorted({*wanted, *folders})))
            for name in before:
                if name not in wanted and name not in folders:
                    self._remove(name)
        except OSError as error:
            raise _refusal(error) from error
        return [self.root / name for name in changed]

    def take_over(self) -> Iterator[str]:
        """Make users and folders, and start: where systemd runs. Else say that nothing is."""
        if not self.is_running:
            yield "systemd does not run here: users are made and services start at the next boot"
            return
        for command in (
            ("systemd-sysusers",),
            ("systemd-tmpfiles", "--create", "hien.conf"),
            ("systemctl", "daemon-reload"),
            ("systemctl", "restart", TARGET),
        ):
            _run(*command)
            yield " ".join(command)

    def uninstall(self, *, with_data: bool = False) -> list[Path]:
        """Take everything away again; returns what was there."""
        installed = [*self._installed(), MANIFEST]
        if self.is_running:
            units = [name for names in PARTS.values() for name in names]
            _run("systemctl", "stop", TARGET, *units, check=False)
        try:
            removed = [name for name in installed if self._remove(name)]
            if with_data:
                removed += [name for name in DATA if self._remove_tree(name)]
            for name in sorted(installed, reverse=True):  # what is within, first
                folder = self.root / name
                if name.endswith("/") and folder.is_dir() and not any(folder.iterdir()):
                    folder.rmdir()
        except OSError as error:
            raise _refusal(error) from error
        if self.is_running:
            _run("systemctl", "daemon-reload")
            _run("systemctl", "reset-failed", "hien-*", check=False)  # else it lists what is gone
            for user in USERS if with_data else ():
                _run("userdel", user, check=False)
        return [self.root / name for name in removed]

    def _wanted(self, parts: Sequence[str], *, raw_hci: bool) -> Iterator[tuple[str, str | Path]]:
        """Every path, with a text to write or with what a link leads to."""
        yield COMMAND, self.command
        yield PROVEN, self.command
        for source, name in BESIDE.items():
            yield name, (SOURCE / source).read_text(encoding="utf-8")
        units = [TARGET, *(name for part in parts for name in PARTS[part])]
        drop_ins = ["hien-.service.d", *(f"{name}.d" for name in units)]
        for name in units:
            yield f"{UNITS}/{name}", (SOURCE / "units" / name).read_text(encoding="utf-8")
            if name not in TRIGGERED:
                wants = "multi-user.target" if name == TARGET else TARGET
                yield f"{UNITS}/{wants}.wants/{name}", Path("..") / name
        folders = [SOURCE / "units", *([SOURCE / "optional"] if raw_hci else [])]
        for path in (
            one for top in folders for folder in drop_ins for one in (top / folder).glob("*")
        ):
            yield f"{UNITS}/{path.parent.name}/{path.name}", path.read_text(encoding="utf-8")

    def _installed(self) -> list[str]:
        try:
            return (self.root / MANIFEST).read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []

    def _missing_folders(self, name: str) -> Iterator[str]:
        """The folders that are made for a file, so that they go when it goes."""
        for folder in Path(name).parents:
            if not (self.root / folder).is_dir():
                yield f"{folder}/"

    def _put(self, name: str, content: str | Path) -> bool:
        """Write a text or a link; False if it is like that already."""
        path = self.root / name
        if isinstance(content, Path):
            if path.is_symlink() and path.readlink() == content:
                return False
            if path.exists() and not path.is_symlink():
                raise SettingsError(f"{path}: is there and not ours; take it away first")
        elif path.is_file() and path.read_text(encoding="utf-8") == content:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        if isinstance(content, Path):
            path.symlink_to(content)
        else:
            path.write_text(content, encoding="utf-8")
            path.chmod(0o644)  # whatever the caller's umask is: systemd and others read it
        return True

    def _remove(self, name: str) -> bool:
        """Remove a file; False if there was none."""
        path = self.root / name
        if name.endswith("/") or not (path.is_symlink() or path.exists()):
            return False
        path.unlink()
        return True

    def _remove_tree(self, name: str) -> bool:
        path = self.root / name
        if not path.exists():
            return False
        shutil.rmtree(path)
        return True


def _refusal(error: OSError) -> SettingsError:
    who = "" if os.geteuid() == 0 else "; this is for root: sudo hien install"
    return SettingsError(f"{error.filename}: {error.strerror}{who}")


def _run(*command: str, check: bool = True) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise UnavailableError(f"{command[0]} is not installed") from error
    if check and done.returncode != 0:
        raise UnavailableError(f"{' '.join(command)} failed: {done.stderr.strip()}")
