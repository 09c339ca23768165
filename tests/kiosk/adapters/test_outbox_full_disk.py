"""A disk that others fill: the outbox still deletes, takes what it can, and says it is short."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from contract.events import Condition, Device, StateChanged
from kiosk.core.inputs import Rang, Tick
from kiosk.reporter import ON_RESERVE
from runtime.ballast import Ballast
from tests.kiosk.whole_kiosk import Kiosk

# Root may mount memory as a disk; anybody else as a user of their own namespace.
NAMESPACE = ("unshare", "-m") if os.geteuid() == 0 else ("unshare", "-rm")
ON_SMALL_DISK = 'mount -t tmpfs -o size=6m none "$1" && exec "$2" -m "$3" "$1"'


def test_on_a_full_disk_an_outbox_deletes_and_goes_on_as_often_as_it_takes(tmp_path: Path) -> None:
    command = ("sh", "-c", ON_SMALL_DISK, "sh", tmp_path, sys.executable)
    ran = subprocess.run(
        [*NAMESPACE, *command, "tests.kiosk.adapters.small_disk"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if "unshare failed" in ran.stderr:
        pytest.skip(f"this machine gives nobody a small disk: {ran.stderr.strip()}")
    assert ran.returncode == 0, ran.stderr
    seen = json.loads(ran.stdout)

    assert (seen["short before"], seen["short"], seen["short after"]) == (False, True, False)
    assert seen["refusal"].endswith("the disk is full; free some space")
    assert seen["kept on the reserve"] > 500
    for first, more, last in seen["rounds"]:
        assert last - more > (more - first) / 2  # as much room as was deleted, or nearly
    assert seen["sound"]
    assert seen["whole"]


def test_ballast_takes_only_what_leaves_as_much_again(tmp_path: Path) -> None:
    paths = (tmp_path / "one", tmp_path / "two")
    ballast = Ballast(paths, 1 << 16)
    ballast.hold()
    assert ballast.is_whole
    assert [path.stat().st_blocks * 512 >= 1 << 16 for path in paths] == [True, True]
    assert Ballast(paths, 1 << 16).is_whole

    assert ballast.give_up(keep=1)
    assert not ballast.give_up(keep=1)
    assert ballast.give_up()
    assert not ballast.give_up()
    assert not any(path.exists() for path in paths)

    huge = Ballast(paths, 1 << 60)
    huge.hold()
    assert not huge.is_whole


def test_a_kiosk_on_its_reserve_says_so_and_says_when_it_has_room_again(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    reserve = kiosk.outbox._reserve
    free_bytes = [0]
    monkeypatch.setattr(reserve, "_free_bytes", lambda: free_bytes[0])
    reserve.give_up()
    kiosk.app.handle(Tick())
    kiosk.app.handle(Rang(), Tick())
    assert kiosk.uplink.states[-1].devices[Device.OUTBOX] is Condition.DEGRADED

    free_bytes[0] = 1 << 30
    kiosk.app.handle(Tick())
    kiosk.app.handle(Tick())

    changes = [body for body in kiosk.sent if isinstance(body, StateChanged)]
    assert changes == [
        StateChanged(Device.OUTBOX, Condition.DEGRADED, ON_RESERVE),
        StateChanged(Device.OUTBOX, Condition.OK),
    ]
    assert kiosk.uplink.states[-1].devices[Device.OUTBOX] is Condition.OK
