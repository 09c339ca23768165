"""The page of packages on a Raspberry Pi is of these locks.

Whether the index still has them, only `requirements/check_aarch64.py` can say: it needs a network.
"""

from __future__ import annotations

import re
import tomllib

import pytest

from requirements import check_aarch64
from tests.house import ROOT

ROW = re.compile(r"^\| (\S+) \| (\S+) \| (run|dev) \| (\S+) \| (\S+) \|$", re.MULTILINE)
PAGE = check_aarch64.TABLE.read_text(encoding="utf-8")
ROWS = {name: rest for name, *rest in ROW.findall(PAGE)}
REMEDY = "run .venv/bin/python requirements/check_aarch64.py"


@pytest.mark.parametrize("lock", check_aarch64.LOCKS)
def test_every_locked_version_was_looked_for(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    pins = check_aarch64.pins(text)

    assert len(pins) == text.count("==")
    assert {pin.name for pin in pins if ROWS.get(pin.name, [""])[0] != pin.version} == set(), REMEDY


def test_every_one_has_a_wheel_for_both_systems() -> None:
    fitting = re.compile(r"^(py[23.py]*|cp311|cp313|cp3\d+-abi3)[-.].*(any|aarch64)$")

    assert ROWS
    assert {name: row for name, row in ROWS.items() if not all(map(fitting.match, row[2:]))} == {}
    assert not any("cp313-cp313" in row[2] or "cp311-cp311" in row[3] for row in ROWS.values())


def test_what_comes_from_apt_is_what_the_extra_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert {*project["optional-dependencies"]["pi"]} == {*check_aarch64.FROM_APT}
    for deb in check_aarch64.FROM_APT.values():
        assert deb in (ROOT / "hien").read_text(encoding="utf-8")
        assert f"`{deb}`" in PAGE
