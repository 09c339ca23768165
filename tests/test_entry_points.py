"""Every command and driver that pyproject.toml names is there."""

import tomllib
from importlib.metadata import EntryPoint

import pytest

from cli.main import summary
from tests.house import ROOT
from tests.watch_imports import ONLY_ON_A_PI

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DECLARED = [
    EntryPoint(name, value, group)
    for group, points in PROJECT["entry-points"].items()
    for name, value in points.items()
]


@pytest.mark.parametrize("point", DECLARED, ids=lambda point: f"{point.group}:{point.name}")
def test_an_entry_point_leads_somewhere(point: EntryPoint) -> None:
    try:
        assert callable(point.load())
    except ModuleNotFoundError as error:
        if error.name not in ONLY_ON_A_PI:
            raise
        pytest.skip(f"{error.name} exists on a Raspberry Pi only")


def test_help_can_say_what_each_command_is_for() -> None:
    said = {point.name: summary(point) for point in DECLARED if point.group == "hien.commands"}

    assert [name for name, line in said.items() if line in ("", "(not installed)")] == []


def test_every_camera_has_its_options_checked_apart_from_it() -> None:
    names = {
        group: {point.name for point in DECLARED if point.group == f"hien.{group}"}
        for group in ("cameras", "camera_options")
    }

    assert names["cameras"] == names["camera_options"]
