from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path

import pytest

from cli.services import SOURCE
from kiosk.adapters.time_source import ToldTime
from runtime.errors import SettingsError


@pytest.mark.parametrize(
    ("said", "age_s", "believes"),
    [
        pytest.param("yes {:.2f}\n", 5, True, id="just now"),
        pytest.param("yes {:.2f}\n", 200, False, id="long ago"),
        pytest.param("yes {:.2f}\n", -500, False, id="before the machine was started anew"),
        pytest.param("no {:.2f}\n", 5, False, id="not steered"),
        pytest.param("yes", 0, False, id="half a line"),
        pytest.param("yes soon", 0, False, id="no number"),
        pytest.param("yés {:.2f}", 0, False, id="no ASCII"),
    ],
)
def test_it_believes_what_was_said_just_now(
    tmp_path: Path, said: str, age_s: float, believes: bool
) -> None:
    file = tmp_path / "synchronized"
    source = ToldTime({"file": str(file)})
    assert not source.is_synced()

    file.write_text(said.format(time.clock_gettime(time.CLOCK_BOOTTIME) - age_s))

    assert source.is_synced() is believes


def test_a_wrong_option_is_named() -> None:
    with pytest.raises(SettingsError, match="driver told, options: "):
        ToldTime({"fiel": "/x"})


def test_the_unit_writes_what_is_read(tmp_path: Path) -> None:
    """Its own shell script, with a timedatectl that answers once."""
    unit = (SOURCE / "units" / "hien-clock.service").read_text()
    script = re.findall("ExecStart=/bin/sh -c '(.*)'", unit)[0].replace("$$", "$")
    for name, text in (("timedatectl", "[ ! -e said ] && : >said && echo yes"), ("sleep", ":")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    here = script.replace("/run/hien-clock", str(tmp_path))

    subprocess.run(
        ["/bin/sh", "-c", here], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, check=True, timeout=30
    )

    assert ToldTime({"file": str(tmp_path / "synchronized")}).is_synced()
