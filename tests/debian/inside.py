"""What is played inside a bare Debian, by tests/debian/run: its Python, as root, no systemd.

Each service is started as its unit says, by its user, and has to say READY=1 as to systemd.
"""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

HOME = Path("/opt/hien")
HIEN = HOME / "hien"
SHOP = Path("/root/shop")
UNITS = Path("/etc/systemd/system")
KIOSK = "cua-1"  # the one with the door
READY_S = 90  # a busy machine
OURS = ("etc", "opt", "usr/local", "var/lib")
# What others leave when packages are installed, users made, and databases of users locked.
NOT_OURS = re.compile(
    r"^(etc/(passwd|group|g?shadow|subuid|subgid)-?|etc/\.pwd\.lock|opt/hien/.*|root/.*"
    r"|var/lib/(apt|dpkg|systemd|private)(/.*)?)$"
)
LOG = Path("/root/services.log")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Word = str | Path


def finished(
    *words: Word, who: pwd.struct_passwd | None = None
) -> subprocess.CompletedProcess[str]:
    """What a command said, as root or as a service's user."""
    return subprocess.run(
        [str(word) for word in words],
        capture_output=True,
        text=True,
        check=False,
        user=None if who is None else who.pw_uid,
        group=None if who is None else who.pw_gid,
        extra_groups=None if who is None else os.getgrouplist(who.pw_name, who.pw_gid),
    )


def run(*words: Word, who: pwd.struct_passwd | None = None) -> str:
    """A command's output; RuntimeError with its last words if it failed."""
    done = finished(*words, who=who)
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-3:]
        raise RuntimeError(f"{' '.join(map(str, words))}: exit {done.returncode}: {last}")
    return done.stdout


def there() -> set[str]:
    """Every file, link and folder that we may be answerable for."""
    found = set()
    for top in OURS:
        found |= {str(path).lstrip("/") for path in Path("/", top).rglob("*")}
    return {name for name in found if not NOT_OURS.match(name)}


def system() -> str:
    """Which Debian this is."""
    lines = Path("/etc/os-release").read_text().splitlines()
    said = dict(line.split("=", 1) for line in lines if "=" in line)
    python = ".".join(map(str, sys.version_info[:3]))
    return f"{said['PRETTY_NAME'].strip(chr(34))}, Python {python}, {os.uname().machine}"


def build() -> str:
    """From nothing to a command."""
    run(HIEN, "--version")
    return run(HIEN, "--version").strip()


def plan() -> str:
    """The example's shop: its gateway, and the kiosk with the door, on this one machine."""
    text = (HOME / "docs/example-shop.toml").read_text().replace("gateway.lan", "localhost")
    Path("/root/shop.toml").write_text(text)
    run(HIEN, "plan", "build", "/root/shop.toml", "--out", SHOP)
    for folder in ("gateway/files", "secrets/gateway", f"{KIOSK}/boot/hien/files"):
        run("cp", "-rT", SHOP / folder, "/")
    return f"{sum(path.is_file() for path in Path('/etc/hien').rglob('*'))} files in /etc/hien"


def install() -> str:
    """As on a real one, but that nothing is started."""
    run(HIEN, "install", "kiosk", "door", "screen", "gateway", "boards")
    run("systemd-sysusers")
    run("systemd-tmpfiles", "--create", "hien.conf")
    names = sorted(path.name for path in UNITS.glob("hien*") if path.is_file())
    return f"{len(names)} units; {run('hien', '--version').strip()} at /usr/local/bin/hien"


class Service:
    """One of ours, started as its unit says and by its user, without what only systemd can do."""

    started: ClassVar[list[Service]] = []

    def __init__(self, name: str) -> None:
        self.name = name
        text = (UNITS / f"{name}.service").read_text()
        self.commands = [one.split() for one in re.findall("^ExecStart=(.*)$", text, re.MULTILINE)]
        (user,) = re.findall("^User=(.*)$", text, re.MULTILINE)
        self.user = pwd.getpwnam(user)
        for kind, base in (("State", "/var/lib"), ("Runtime", "/run")):
            for folders in re.findall(f"^{kind}Directory=(.*)$", text, re.MULTILINE):
                for folder in folders.split():
                    path = Path(base, folder)
                    path.mkdir(mode=0o755, parents=True, exist_ok=True)
                    os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def once(self) -> str:
        """A unit that does something and is done."""
        for command in self.commands:
            run(*command, who=self.user)
        return "done"

    def start(self) -> str:
        """Until it says that it is ready."""
        path = f"/run/notify-{self.name}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear, LOG.open("ab") as log:
            ear.bind(path)
            Path(path).chmod(0o666)
            ear.settimeout(1)
            begun_s = time.monotonic()
            self.process = subprocess.Popen(
                self.commands[0],
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "NOTIFY_SOCKET": path},
                user=self.user.pw_uid,
                group=self.user.pw_gid,
                extra_groups=os.getgrouplist(self.user.pw_name, self.user.pw_gid),
            )
            Service.started.append(self)
            while time.monotonic() - begun_s < READY_S:
                if self.process.poll() is not None:
                    raise RuntimeError(f"ended with {self.process.returncode}: {_last_words()}")
                with suppress(TimeoutError):
                    if b"READY=1" in ear.recv(4096):
                        return f"ready after {time.monotonic() - begun_s:.1f} s"
        raise RuntimeError(f"not ready within {READY_S} s: {_last_words()}")

    def refuses(self, word: str) -> str:
        """Says in one line what it cannot do without, and asks to be tried again (exit 69)."""
        done = finished(*self.commands[0], who=self.user)
        last = done.stderr.strip().splitlines()[-1]
        if done.returncode != os.EX_UNAVAILABLE or word not in last or "Traceback" in done.stderr:
            raise RuntimeError(f"exit {done.returncode}: {last}")
        return last

    def stop(self) -> str:
        """As systemd does it; its exit status."""
        self.process.terminate()
        return f"{self.name} {self.process.wait(30)}"


def _last_words() -> list[str]:
    return LOG.read_text(errors="replace").splitlines()[-3:]


def enrol() -> str:
    """The kiosk gets its certificate from the broker beside it."""
    settings = ("--settings", "/etc/hien/gateway.toml")
    gateway, kiosk = Service("hien-setup").user, Service("hien-kiosk").user
    said = run("hien", "gateway", "enrol-kiosk", "an-nhien", KIOSK, *settings, who=gateway)
    code = json.loads(said)["code"]
    enrols = ("hien", "kiosk", "enrol", code, "--settings", "/etc/hien/kiosk.toml")
    return run(*enrols, who=kiosk).strip()


def doctor() -> str:
    """Finds what is missing here, says what to do, and has no traceback."""
    done = finished("hien", "doctor", "--json")
    if "Traceback" in done.stderr or done.returncode not in (0, 1):
        raise RuntimeError(done.stderr)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    if unhelped := [one["what"] for one in found if one["level"] != "ok" and not one["remedy"]]:
        raise RuntimeError(f"says not what to do about {unhelped}")
    ill = ", ".join(sorted({one["what"] for one in found if one["level"] == "broken"}))
    return f"{sum(one['level'] == 'ok' for one in found)} things are well; broken: {ill}"


def update() -> str:
    """A newer version, from a folder, in a real virtual environment; and back."""
    running = run("hien", "--version").split()[1]
    front, _, patch = running.rpartition(".")
    newer = f"{front}.{int(patch) + 1}"
    shelf = _newer_release(running, newer)
    keys = run("hien", "release", "make-key", "/root/release.key").strip()
    run("hien", "release", "bill", shelf)
    sign = ("hien", "release", "sign", shelf, "--key", "/root/release.key", "--minimum", running)
    run(*sign, "--to", "100%")
    settings = [f'device = "{KIOSK}@an-nhien"', f'source = "{shelf}"', keys]
    settings += ["watch = { start_s = 5, steady_s = 1 }", "[opening]"]
    settings += [f'{day} = "closed"' for day in DAYS]
    Path("/etc/hien/update.toml").write_text("\n".join(settings) + "\n")
    # no systemd runs here: nobody's services are watched, and nothing is restarted
    stub = Path("/usr/local/sbin/systemctl")
    stub.write_text("#!/bin/sh\nexit 0\n")
    stub.chmod(0o755)
    is_over = threading.Event()
    layer = threading.Thread(target=lay, args=(is_over,), name="hien-lay")
    layer.start()
    begun_s = time.monotonic()
    said = run("hien", "update", "apply").strip().splitlines()[-1]
    took_s = time.monotonic() - begun_s
    now = run("hien", "--version").strip()
    back = finished("hien", "update", "roll-back").stdout.strip().splitlines()[-1]
    then = run("hien", "--version").strip()
    is_over.set()
    layer.join()
    stub.unlink()
    if (now, then) != (f"hien {newer}", f"hien {running}"):
        raise RuntimeError(f"{said} ({now}); {back} ({then})")
    return f"{said} (in {took_s:.0f} s); {back}"


def lay(is_over: threading.Event) -> None:
    """In the place of hien-lay.path: what hien-lay.service runs, whenever it is asked to."""
    text = (UNITS / "hien-lay.service").read_text()
    commands = re.findall("^ExecStart(?:Post)?=(.*)$", text, re.MULTILINE)
    asks, done = Path("/opt/hien-updates/lay"), ""
    while not is_over.wait(0.1):
        if asks.exists() and (asked := asks.read_text()) != done:
            for command in commands:
                run(*command.split())
            done = asked


def _newer_release(running: str, newer: str) -> Path:
    """The version that is here once more, under the next number, with all it needs."""
    shelf, copy, lock = Path("/root/shelf"), Path("/root/newer"), HOME / "requirements/run.txt"
    pip = (HOME / ".venv/bin/python", "-m", "pip")
    hashes = ("--require-hashes", "--only-binary=:all:")
    run(*pip, "download", "--quiet", "--no-deps", *hashes, "-d", shelf, "-r", lock)
    shutil.copytree(HOME, copy, ignore=shutil.ignore_patterns(".venv", "*.egg-info"))
    project = copy / "pyproject.toml"
    project.write_text(
        project.read_text().replace(f'version = "{running}"', f'version = "{newer}"', 1)
    )
    run(*pip, "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", shelf, copy)
    shutil.copy(lock, shelf / "requirements.txt")
    return shelf


def stop() -> str:
    """All, in reverse order."""
    return ", ".join(one.stop() for one in reversed(Service.started))


def uninstall() -> str:
    """Units, links, data, users' folders."""
    return f"{len(run('hien', 'uninstall', '--with-data').splitlines())} things removed"


def left_over(before: set[str]) -> str:
    """RuntimeError names what was not there before."""
    if left := sorted(there() - before):
        raise RuntimeError(", ".join(left[:20]))
    return f"{len(before)} paths, as before"


def step(name: str, work: Callable[[], str]) -> bool:
    """Do it and say what became of it, as one JSON object."""
    begun_s = time.monotonic()
    try:
        said, is_well = work(), True
    except Exception as error:  # noqa: BLE001 - the next steps say more
        said, is_well = f"{type(error).__name__}: {error}", False
    took_s = round(time.monotonic() - begun_s, 1)
    line = json.dumps({"step": name, "ok": is_well, "s": took_s, "said": said}, ensure_ascii=False)
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
    return is_well


def main() -> int:
    """Every step, whatever became of the one before; 1 if one failed."""
    done = [step("system", system), step("build", build), step("plan", plan)]
    # what a plan lays elsewhere is not of `hien install`; /etc/hien goes with the data
    before = {name for name in there() if not name.startswith("etc/hien")}
    done += [
        step("install", install),
        step("setup", lambda: Service("hien-setup").once()),
        step("broker", lambda: Service("hien-broker").start()),
        step("intake", lambda: Service("hien-intake").start()),
        step("web", lambda: Service("hien-web").start()),
        step("enrol", enrol),
        step("closer", lambda: Service("hien-door-closer").refuses("lgpio")),
        step("door", lambda: Service("hien-door").refuses("no closer")),
        step("kiosk", lambda: Service("hien-kiosk").start()),
        step("doctor", doctor),
        step("stop", stop),
        step("update", update),
        step("uninstall", uninstall),
        step("nothing is left", lambda: left_over(before)),
    ]
    return 0 if all(done) else 1


if __name__ == "__main__":
    sys.exit(main())
