"""The commands, from a publisher's key to a kiosk's refusal."""

from __future__ import annotations

import fcntl
import json
import os
import re
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pytest

from cli.main import main
from updates.core.release import MANIFEST
from updates.doctor import findings
from updates.journal import JournalFile
from updates.links import Links

NEWER = "9.0.0"
SYSTEMCTL = """#!/bin/sh
cat <<end
Id=hien-kiosk.service
ActiveState=active
SubState=running
StatusText={unsent} unsent
end
"""
SETTINGS = """\
device = "quay-1@an-nhien"
source = "{root}/shelf"
{keys}
folder = "{root}/slots"
serving = "{root}/hien"
proven = "{root}/hien-proven"
time_source = {{ driver = "assumed" }}

[opening]
{hours}
"""
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass
class Shop:
    root: Path
    capsys: pytest.CaptureFixture[str]

    def hien(self, *words: str) -> tuple[int, str, str]:
        status = main([*words])
        out = self.capsys.readouterr()
        return status, out.out, out.err

    def update(self, *words: str) -> tuple[int, str, str]:
        return self.hien("update", *words, "--settings", str(self.root / "update.toml"))

    def publish(self, *to: str, release: str = NEWER, minimum: str = "0.1.0") -> str:
        shelf = self.root / "shelf"
        for old in shelf.glob("*"):
            old.unlink()
        (shelf / f"hien-{release}-py3-none-any.whl").write_bytes(b"PK")
        (shelf / "requirements.txt").touch()
        words = [word for one in to for word in ("--to", one)]
        key = ("--key", str(self.root / "release.key"))
        status, out, err = self.hien(
            "release", "sign", str(shelf), *key, "--minimum", minimum, *words
        )
        assert (status, err) == (0, "")
        return out

    def settle(self, keys: str, hours: str) -> None:
        opening = "\n".join(f'{day} = "{hours}"' for day in DAYS)
        text = SETTINGS.format(root=self.root, keys=keys, hours=opening)
        (self.root / "update.toml").write_text(text)


@pytest.fixture
def shop(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shop:
    made = Shop(tmp_path, capsys)
    (tmp_path / "shelf").mkdir()
    waiting(tmp_path, 0)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    first = tmp_path / "first"
    links = Links(tmp_path / "hien", tmp_path / "hien-proven")
    links.serve(first)
    links.prove(first)
    _, keys, _ = made.hien("release", "make-key", str(tmp_path / "release.key"))
    made.settle(keys, "closed")
    return made


def waiting(root: Path, unsent: int) -> None:
    (root / "systemctl").write_text(SYSTEMCTL.format(unsent=unsent))
    (root / "systemctl").chmod(0o755)


def test_a_kiosk_says_whether_it_would_take_what_was_signed(shop: Shop) -> None:
    assert shop.publish("quay-1@an-nhien", "10%").endswith(
        f"{NEWER}, 2 files, for 1 canaries and 10 % of the others\n"
    )
    status, out, _ = shop.update("check", "--json")
    assert (status, json.loads(out)) == (
        0,
        {
            "running": version("hien"),
            "offered": NEWER,
            "verdict": "take",
            "why": f"{NEWER} follows {version('hien')}",
        },
    )

    waiting(shop.root, 3)
    assert shop.update("run")[1].endswith("3 events have not reached the gateway yet\n")
    shop.publish("quay-2@an-nhien")
    assert shop.update("check")[:2] == (0, f"wait: {NEWER} is for others first\n")


@pytest.mark.parametrize("command", ["check", "run", "apply"])
def test_what_is_not_to_be_believed_is_refused_by_every_command(shop: Shop, command: str) -> None:
    shop.publish("100%")
    sealed = shop.root / "shelf" / MANIFEST
    sealed.write_text(sealed.read_text().replace(NEWER, "9.0.1"))
    assert shop.update(command)[:2] == (
        1,
        "refuse: the release is not to be believed: seal: the signature does not fit\n",
    )

    shop.publish("100%", release="0.0.1", minimum="0.0.1")
    status, out, _ = shop.update(command)
    assert (status, out) == (1, f"refuse: 0.0.1 is older than {version('hien')}, which runs here\n")

    shop.publish("100%", minimum="8.0.0")
    assert "9.0.0 needs at least 8.0.0" in shop.update(command)[1]

    shop.settle(f'keys = {{ 1 = "{"0" * 64}" }}', "closed")
    assert shop.update(command)[0] == 1


def test_what_cannot_be_fetched_is_not_installed_and_doctor_says_so(shop: Shop) -> None:
    shop.publish("100%")
    (shop.root / "shelf" / "requirements.txt").write_text("changed afterwards")

    status, out, _ = shop.update("apply")

    assert status == 1
    said = f"{NEWER} was not installed"
    assert out.startswith(said)
    assert out.endswith(f"{version('hien')} runs as before\n")
    assert shop.update("status")[1].startswith(f"{version('hien')} runs\n{said}")
    assert json.loads(shop.update("status", "--json")[1])["is_well"] is False
    found = {one.what: one.found for one in findings(shop.root / "update.toml")}
    assert found["last update"].startswith(said)
    assert found["releases"].endswith(f"offers {NEWER}")


def test_what_is_brought_can_be_read_by_services_whatever_root_is_used_to(shop: Shop) -> None:
    shop.publish("100%")
    (shop.root / "shelf" / "requirements.txt").write_text("changed afterwards")
    was = os.umask(0o077)
    try:
        shop.update("apply")
    finally:
        os.umask(was)

    brought = [shop.root / "slots", shop.root / "slots" / "coming"]
    assert {path.stat().st_mode & 0o777 for path in brought} == {0o755}


def test_two_updates_at_once_are_one_too_many(shop: Shop) -> None:
    shop.publish("100%")
    (shop.root / "slots").mkdir()
    with (shop.root / "slots" / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert shop.update("apply") == (69, "", "hien: an update is under way already\n")


def test_there_may_be_nothing_to_go_back_to(shop: Shop) -> None:
    assert shop.update("roll-back")[0] == 78
    assert JournalFile(shop.root / "slots" / "journal.json").load(shop.root).said == ""


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--to", "10%", "--to", "20%"], "say one share, like 25%"),
        (["--to", "ten%"], "say one share, like 25%"),
        (["--to", "quay 1"], "canaries"),
        (["--to", "101%"], "percent"),
    ],
)
def test_what_no_kiosk_would_take_is_not_signed(shop: Shop, words: list[str], says: str) -> None:
    shop.publish()
    key = ("--key", str(shop.root / "release.key"))

    status, _, err = shop.hien(
        "release", "sign", str(shop.root / "shelf"), *key, "--minimum", "0.1.0", *words
    )

    assert status == 78
    assert re.search(says, err)


def test_a_key_is_made_once_and_is_its_owners(shop: Shop) -> None:
    path = shop.root / "release.key"

    assert path.stat().st_mode & 0o777 == 0o600
    status, _, err = shop.hien("release", "make-key", str(path))
    assert (status, err) == (78, f"hien: release key {path}: is there already, and stays\n")
