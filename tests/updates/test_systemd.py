from __future__ import annotations

from pathlib import Path

import pytest

from runtime.errors import UnavailableError
from tests.fakes import FakeClock
from updates.core.wellness import Unit
from updates.systemd import Systemd, parse

# As systemd 252 prints it.
SHOWN = """\
NRestarts=0
StatusText=3 unsent
Id=hien-kiosk.service
ActiveState=active
SubState=running

NRestarts=4
Id=hien-door.service
ActiveState=failed
SubState=failed

NRestarts=2
Id=hien-intake.service
ActiveState=activating
SubState=auto-restart

NRestarts=0
Id=hien-setup.service
ActiveState=active
SubState=exited

NRestarts=0
Id=hien-update.service
ActiveState=activating
SubState=start
"""


def test_what_systemctl_shows_is_understood() -> None:
    assert parse(SHOWN) == {
        "hien-kiosk": Unit(True, status="3 unsent"),
        "hien-door": Unit(False, has_failed=True, restarts=4),
        "hien-intake": Unit(False, restarts=2),
        "hien-setup": Unit(False),
    }
    assert parse("") == {}


def test_units_are_asked_for_and_waited_for(tmp_path: Path) -> None:
    clock, looks = FakeClock(), list[float]()
    (tmp_path / "laid").write_text("an answer to somebody else")

    def pause(seconds: float) -> None:
        clock.advance(seconds)
        looks.append(seconds)
        if len(looks) == 3:
            (tmp_path / "laid").write_text((tmp_path / "lay").read_text())

    Systemd(tmp_path, clock, pause).lay()
    assert len(looks) == 3

    with pytest.raises(
        UnavailableError, match=r"not put in place within 330 s; journalctl -u hien"
    ):
        Systemd(tmp_path, clock, clock.advance).lay()


def test_without_a_systemctl_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(UnavailableError, match="systemctl: "):
        Systemd(tmp_path, FakeClock(), print).units()
