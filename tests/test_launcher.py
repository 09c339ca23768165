"""The launcher `./hien`, on a machine made of stubs: no package, index or root is touched."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.house import ROOT

EX_UNAVAILABLE = 69

STUBS = {
    "python3": r"""
        log "python $*"
        here=${0%/*}
        case "$*" in
        "-m venv"*) mkdir -p "$last/bin" && cp "$0" "$last/bin/python" ;;
        "-m pip"*" -e "*)
            printf '#!/bin/sh\nprintf "[%%s]" ran "$@"\n' >"$here/hien"
            chmod +x "$here/hien"
            ;;
        esac
    """,
    "dpkg-query": 'case " $MISSING " in *" $last "*) exit 1 ;; *) printf installed ;; esac',
    "apt-get": 'log "apt-get $*"; echo chatter >&2; exit "${APT_STATUS:-0}"',
    "systemctl": 'log "systemctl $*"',
    "id": 'echo "${WHO:-0}"',
    "sudo": 'log "sudo $*"; exit 1',
}
STUB = """#!/bin/sh
log() { echo "$*" >>"$LOG"; }
for last; do :; done
"""


@dataclass
class Machine:
    """A directory that the launcher takes for a machine with the project on it."""

    home: Path
    bin: Path
    log: Path

    def start(self, *args: str, program: Path | None = None, **env: str) -> subprocess.Popen[str]:
        env = {
            "PATH": f"{self.bin}:{os.environ['PATH']}",
            "LOG": str(self.log),
            "HIEN_PYTHON": str(self.bin / "python3"),
        } | env
        return subprocess.Popen(
            [program or self.home / "hien", *args],
            cwd="/",
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *args: str, program: Path | None = None, **env: str) -> tuple[int, str, str]:
        process = self.start(*args, program=program, **env)
        out, err = process.communicate(timeout=20)
        return process.returncode, out, err

    def did(self) -> list[str]:
        """What it has asked of the machine since the last look."""
        done = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return done


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    home = tmp_path / "a shop's Hiên"
    (home / "requirements").mkdir(parents=True)
    shutil.copy(ROOT / "hien", home)
    (home / "pyproject.toml").touch()
    (home / "requirements" / "run.txt").touch()
    stubs = tmp_path / "bin"
    stubs.mkdir()
    for name, text in STUBS.items():
        (stubs / name).write_text(STUB + text)
        (stubs / name).chmod(0o755)
    return Machine(home, stubs, tmp_path / "log")


def builds(done: Sequence[str]) -> int:
    return sum(line.startswith("python -m venv") for line in done)


def test_the_first_run_builds_and_the_second_only_runs(machine: Machine) -> None:
    assert machine.run("demo", "two words")[:2] == (0, "[ran][demo][two words]")
    assert builds(machine.did()) == 1

    assert machine.run("demo") == (0, "[ran][demo]", "")
    assert machine.did() == []


def test_only_locked_and_hashed_requirements_are_installed(machine: Machine) -> None:
    machine.run("demo")

    requirements, project = [line for line in machine.did() if "-m pip" in line]
    assert f"--require-hashes -r {machine.home}/requirements/run.txt" in requirements
    assert "--no-deps --no-build-isolation" in project


def test_a_link_finds_the_house(machine: Machine, tmp_path: Path) -> None:
    link = tmp_path / "hien"
    link.symlink_to(machine.home / "hien")

    assert machine.run("demo", program=link)[:2] == (0, "[ran][demo]")
    assert not (tmp_path / ".venv").exists()


def test_two_at_once_build_once(machine: Machine) -> None:
    both = [machine.start("demo"), machine.start("kiosk")]

    assert [process.communicate(timeout=20)[0] for process in both] == [
        "[ran][demo]",
        "[ran][kiosk]",
    ]
    assert builds(machine.did()) == 1


@pytest.mark.parametrize("changed", ["pyproject.toml", "requirements/run.txt"])
def test_a_change_of_what_is_installed_builds_again(machine: Machine, changed: str) -> None:
    machine.run("demo")
    machine.did()
    (machine.home / changed).write_text("another")

    machine.run("demo")

    assert builds(machine.did()) == 1


def test_a_house_that_moved_builds_again(machine: Machine) -> None:
    machine.run("demo")
    machine.home = machine.home.rename(machine.home.with_name("moved"))
    machine.did()

    assert machine.run("demo")[:2] == (0, "[ran][demo]")
    assert builds(machine.did()) == 1


def test_an_interrupted_build_starts_from_nothing(machine: Machine) -> None:
    half = machine.home / ".venv" / "half a package"
    half.mkdir(parents=True)

    assert machine.run("demo")[0] == 0
    assert not half.exists()


def test_test_needs_more_than_the_rest_and_serves_it_too(machine: Machine) -> None:
    machine.run("demo")
    machine.did()

    machine.run("test")
    assert f"{machine.home}/requirements/dev.txt" in "".join(machine.did())

    machine.run("demo")
    assert machine.did() == []


def test_missing_packages_are_installed_without_a_question(machine: Machine) -> None:
    status, out, err = machine.run("test", MISSING="libzbar0 chromium-headless-shell")

    assert (status, out) == (0, "[ran][test]")
    assert "chatter" not in err
    done = "\n".join(machine.did())
    assert "apt-get install -y --no-install-recommends libzbar0 chromium-headless-shell" in done
    assert "systemctl" not in done


def test_a_broker_and_a_database_that_we_bring_are_not_started_by_the_system(
    machine: Machine,
) -> None:
    machine.run("test", MISSING="mosquitto postgresql")

    system = [line for line in machine.did() if not line.startswith("python")]
    assert system[:2] == ["systemctl mask mosquitto", "systemctl mask postgresql"]
    assert system[-1].startswith("apt-get install")


def test_without_root_it_says_what_root_must_do(machine: Machine) -> None:
    status, out, err = machine.run("demo", MISSING="mosquitto libzbar0", WHO="1000")

    assert (status, out) == (EX_UNAVAILABLE, "")
    assert err == (
        "hien: only root may install what is missing; "
        "run: sudo apt-get install -y --no-install-recommends libzbar0 mosquitto\n"
    )
    assert machine.did() == ["sudo -n true"]


def test_a_failing_installation_is_shown_and_stops_it(machine: Machine) -> None:
    status, out, err = machine.run("demo", MISSING="mosquitto", APT_STATUS="100")

    assert (status, out) == (EX_UNAVAILABLE, "")
    assert err.splitlines()[1] == "chatter"
    assert "hien: that did not work: env apt-get" in err
    assert not (machine.home / ".venv").exists()
