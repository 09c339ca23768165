from __future__ import annotations

from pathlib import Path

import pytest

from runtime.errors import UnavailableError
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


def test_units_are_laid_by_the_version_that_brings_them(tmp_path: Path) -> None:
    command = tmp_path / "hien"
    command.write_text(f'#!/bin/sh\necho "$@" >{tmp_path}/told\n')
    command.chmod(0o755)

    Systemd().lay(command)

    assert (tmp_path / "told").read_text() == "install --again\n"
    command.write_text("#!/bin/sh\necho 'hien: no' >&2\nexit 78\n")
    with pytest.raises(UnavailableError, match="install --again failed: hien: no"):
        Systemd().lay(command)
    with pytest.raises(UnavailableError, match="nowhere"):
        Systemd(str(tmp_path / "nowhere")).units()
