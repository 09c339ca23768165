from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from typer.main import get_command

from cli.main import main
from cli.services import COMMAND, DATA, MANIFEST, PARTS, PROVEN, SOURCE, UNITS, USERS, Machine
from firmware_config import plan_file, shop_files
from firmware_config.shop_keys import completed
from runtime.errors import SettingsError
from tests.house import ROOT

STUBS = ("curl", "chromium", "cage", "cp", "find", "grim", "sleep")
TARGETS = ("sysinit", "basic", "shutdown", "multi-user", "timers")
HIEN = Path("/opt/hien/.venv/bin/hien")
SAFE, SAFE_WITH_RAW_HCI = 15, 20  # tenths, as systemd-analyze counts
SERVICES = sorted(path.name for path in (SOURCE / "units").glob("*.service"))


def machine(root: Path) -> Machine:
    """A root with as much of a system in it as systemd-analyze asks for."""
    for name in TARGETS:
        put(root / "lib/systemd/system" / f"{name}.target", "[Unit]\n")
    programs = [f"usr/bin/{name}" for name in STUBS]
    for program in (*programs, "usr/sbin/mosquitto", "bin/sh", str(HIEN).lstrip("/")):
        put(root / program, "#!/bin/sh\n").chmod(0o755)
    return Machine(root, HIEN)


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def found(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*")}


def systemd(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("root")
    machine(root).install([*PARTS])
    return root


def judged(root: Path, name: str, threshold: int) -> subprocess.CompletedProcess[str]:
    where = ("--offline=true", f"--root={root}", f"--threshold={threshold}")
    return systemd("systemd-analyze", "security", *where, name)


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_confined(installed: Path, name: str) -> None:
    said = judged(installed, name, SAFE)

    assert said.returncode == 0, said.stdout + said.stderr
    assert "Overall exposure level" in said.stdout


def test_a_kiosk_that_hears_the_kernel_itself_is_confined_otherwise(tmp_path: Path) -> None:
    machine(tmp_path).install(["kiosk"], raw_hci=True)

    assert judged(tmp_path, "hien-kiosk.service", SAFE).returncode != 0
    assert judged(tmp_path, "hien-kiosk.service", SAFE_WITH_RAW_HCI).returncode == 0


def test_systemd_finds_nothing_wrong_with_any_unit(installed: Path) -> None:
    names = [path.name for path in (installed / UNITS).glob("hien*.*") if path.is_file()]
    assert set(names) == {"hien.target", *(name for units in PARTS.values() for name in units)}

    said = systemd("systemd-analyze", "verify", f"--root={installed}", *sorted(names))

    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")


def test_users_and_folders_are_made(installed: Path) -> None:
    assert systemd("systemd-sysusers", f"--root={installed}").returncode == 0
    users = (installed / "etc/passwd").read_text()
    assert {line.partition(":")[0] for line in users.splitlines()} >= {*USERS}
    groups = (installed / "etc/group").read_text()
    assert re.search("^gpio:.*hien-door,hien-kiosk$", groups, re.MULTILINE)

    put(installed / "etc/hien/seal.key", "")
    made = systemd("systemd-tmpfiles", f"--root={installed}", "--create", "hien.conf")

    assert made.returncode == 0, made.stderr
    assert (installed / "var/lib/hien-kiosk").stat().st_mode & 0o777 == 0o700
    assert (installed / "etc/hien/seal.key").stat().st_mode & 0o777 == 0o600


def said_in(path: Path) -> set[str]:
    return set(re.findall(r"^(\w+)=", path.read_text(), re.MULTILINE))


@pytest.mark.parametrize("name", SERVICES)
def test_a_unit_says_nothing_that_the_drop_in_for_all_takes_back(name: str) -> None:
    """A drop-in is read after the unit: what is more than it allows needs one with a later name."""
    for_all = said_in(SOURCE / "units" / "hien-.service.d" / "10-hardened.conf")

    assert said_in(SOURCE / "units" / name) & for_all == set()


LONG_RUNNING = [
    name for name in SERVICES if "Restart=always" in (SOURCE / "units" / name).read_text()
]


@pytest.mark.parametrize("name", LONG_RUNNING)
def test_what_a_person_has_to_mend_is_not_started_again(name: str) -> None:
    lines = (SOURCE / "units" / name).read_text().splitlines()

    assert {"RestartPreventExitStatus=78", "StartLimitIntervalSec=0"} <= {*lines}
    assert any(line.startswith("MemoryMax=") for line in lines)
    of_ours = any(line.startswith("ExecStart=/usr/local/bin/hien ") for line in lines)
    is_watched = any(line.startswith("WatchdogSec=") for line in lines) and "Type=notify" in lines
    assert is_watched or not of_ours
    assert not any("network-online" in line or "time-sync" in line for line in lines)


@pytest.fixture(scope="module")
def built() -> set[str]:
    """What the example becomes."""
    plan = plan_file.load(ROOT / "docs" / "example-shop.toml")
    return {*shop_files.files(plan, completed(None, plan, bytes))}


def is_command(words: list[str]) -> bool:
    """Whether `hien` with these words runs something."""
    (point,) = entry_points(group="hien.commands", name=words[0])
    command = get_command(point.load())
    return words[1:] == [] or words[1] in getattr(command, "commands", {})


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_runs_a_command_there_is_with_a_file_a_plan_becomes(
    name: str, built: set[str]
) -> None:
    text = (SOURCE / "units" / name).read_text()
    for words in re.findall("/usr/local/bin/hien ([a-z ]+)", text):
        assert is_command(words.split()), words
    for path in re.findall(r"(/etc/hien\S*\.(?:toml|env|conf))", text):
        assert any(file.endswith(f"files{path}") for file in built), path


def test_installing_again_changes_nothing_and_fewer_parts_take_the_rest_away(
    tmp_path: Path,
) -> None:
    made = machine(tmp_path)
    before = found(tmp_path)
    assert made.install(["kiosk", "door"])
    with_door = found(tmp_path)

    assert made.install(["kiosk", "door"]) == []
    assert made.install(["kiosk"]) == []
    gone = with_door - found(tmp_path)
    assert {path.rpartition("/")[2] for path in gone} == {*PARTS["door"]} - {*PARTS["kiosk"]}
    assert made.uninstall()
    assert found(tmp_path) == before
    assert made.uninstall() == []


def test_data_goes_only_when_asked_for(tmp_path: Path) -> None:
    made = machine(tmp_path)
    before = found(tmp_path)
    made.install([*PARTS])
    kept = [put(tmp_path / folder / "file", "x") for folder in DATA]
    made.uninstall()
    assert all(path.exists() for path in kept)

    made.install([*PARTS])
    made.uninstall(with_data=True)

    assert {path for path in found(tmp_path) - before if (tmp_path / path).is_file()} == set()
    assert not any(path.exists() for path in kept)


def test_an_update_lays_its_units_and_leaves_the_links_where_they_lead(tmp_path: Path) -> None:
    made = machine(tmp_path)
    made.install(["kiosk", "screen"], raw_hci=True)
    unit = tmp_path / UNITS / "hien-kiosk.service"
    was = unit.read_text()
    put(unit, "of the version before")
    put(tmp_path / UNITS / "hien-old.service", "")
    with (tmp_path / MANIFEST).open("a") as file:
        file.write(f"{UNITS}/hien-old.service\n")
    assert made.installed_parts() == (["kiosk", "screen"], True)

    newer = Machine(tmp_path, Path("/opt/hien-updates/b/bin/hien"))
    newer.install(["kiosk", "screen"], raw_hci=True, keeps_links=True)

    assert unit.read_text() == was
    assert not (tmp_path / UNITS / "hien-old.service").exists()
    assert (tmp_path / COMMAND).readlink() == (tmp_path / PROVEN).readlink() == HIEN
    newer.install(["kiosk"])
    assert (tmp_path / COMMAND).readlink() == (tmp_path / PROVEN).readlink() == newer.command


@pytest.mark.parametrize("home", ["home", "root"])
def test_a_command_that_services_cannot_see_is_refused(tmp_path: Path, home: str) -> None:
    with pytest.raises(SettingsError, match="move to /opt/hien"):
        Machine(tmp_path, Path("/", home, "hien")).install(["kiosk"])


def test_somebody_elses_command_stays(tmp_path: Path) -> None:
    put(tmp_path / "usr/local/bin/hien", "theirs")

    with pytest.raises(SettingsError, match="is there and not ours"):
        machine(tmp_path).install(["kiosk"])


def said(arguments: Sequence[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    status = main([*arguments])
    out = capsys.readouterr()
    return status, out.out, out.err


def test_the_commands_say_what_they_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = said(["install", "kiosk", "--root", str(tmp_path)], capsys)
    assert (status, err) == (0, "")
    assert f"wrote {tmp_path / UNITS}/hien-kiosk.service\n" in out
    assert "systemd does not run here" in out

    status, out, _ = said(["uninstall", "--root", str(tmp_path)], capsys)
    assert f"removed {tmp_path / UNITS}/hien-kiosk.service\n" in out
    assert found(tmp_path) == set()

    status, _, err = said(["install", "--root", str(tmp_path), "--again"], capsys)
    assert (status, err.startswith("hien: no part: parts are kiosk, ")) == (78, True)
    status, _, err = said(["install", "kitchen", "--root", str(tmp_path)], capsys)
    assert (status, err.startswith("hien: kitchen: parts are kiosk, ")) == (78, True)
