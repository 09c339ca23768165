"""What is built without a network holds the whole tree, and runs where there is no checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pytest

from cli.services import PARTS
from tests.house import PACKAGES, ROOT

# .gitignore's, and git's own
LEFT_OUT = shutil.ignore_patterns(
    *(".venv", ".git", "build", "*.egg-info", "__pycache__", ".*_cache", ".hypothesis", "*.lock")
)
BUILD = "from setuptools.build_meta import build_{kind}; build_{kind}({into!r})"
SHARED = "share/hien/systemd"


@dataclass(frozen=True)
class Built:
    tree: set[str]
    sdist: set[str]
    wheel: set[str]
    path: Path


def run(command: Sequence[str | Path], cwd: Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def like(source: str, target: str) -> str:
    """The same file under another name, which nobody writes to; a copy where that cannot be."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
    return target


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The source distribution of a copy, and the wheel of the source distribution."""
    folder = tmp_path_factory.mktemp("packaging")
    copy, out = folder / "copy", folder / "out"
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT, copy_function=like)
    tree = files(copy)
    run([sys.executable, "-c", BUILD.format(kind="sdist", into=str(out))], copy)
    (sdist,) = out.glob("*.tar.gz")
    run(["tar", "-xf", sdist], folder)
    unpacked = folder / sdist.name.removesuffix(".tar.gz")
    there = files(unpacked)
    run([sys.executable, "-c", BUILD.format(kind="wheel", into=str(out))], unpacked)
    (wheel,) = out.glob("*.whl")
    return Built(tree, there, {*zipfile.ZipFile(wheel).namelist()}, wheel)


def test_the_source_distribution_is_the_whole_tree(built: Built) -> None:
    assert built.tree - built.sdist == set()


def test_the_wheel_holds_all_that_is_in_a_package_and_the_units(built: Built) -> None:
    inside = {name for name in built.tree if name.partition("/")[0] in PACKAGES}
    data = f"hien-{version('hien')}.data/data/{SHARED}/"
    units = {name for name in built.tree if name.startswith("systemd/")}

    assert inside - built.wheel == set()
    assert {data + name.removeprefix("systemd/") for name in units} - built.wheel == set()
    for wanted in (".woff2", ".po", ".mako", ".js", ".css", ".html", ".LICENSE", ".json"):
        assert any(name.endswith(wanted) for name in built.wheel), wanted
    strangers = {name.partition("/")[0] for name in built.wheel} - {*PACKAGES}
    assert {one.partition(".")[0].partition("-")[0] for one in strangers} == {"hien"}


def test_it_runs_where_there_is_no_checkout(built: Built, tmp_path: Path) -> None:
    """Laid as an installer lays it; that pip does, tests/debian shows."""
    venv = tmp_path / "venv"
    run([sys.executable, "-m", "venv", "--without-pip", venv], tmp_path)
    (site,) = (venv / "lib").glob("*/site-packages")
    with zipfile.ZipFile(built.path) as wheel:
        wheel.extractall(site)
    (site / f"hien-{version('hien')}.data" / "data" / "share").rename(venv / "share")
    # its dependencies are this environment's; an editable install there is not looked into
    (site / "beside.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    root = tmp_path / "root"
    words = ["install", *PARTS, "--root", str(root)]
    script = f"from cli.main import main; raise SystemExit(main(['--version']) or main({words}))"

    said = run([venv / "bin" / "python", "-c", script], tmp_path)

    assert said.startswith(f"hien {version('hien')}\n")
    assert f"wrote {root}/etc/systemd/system/hien-kiosk.service\n" in said
    assert (root / "usr/local/bin/hien").readlink() == venv / "bin" / "hien"
