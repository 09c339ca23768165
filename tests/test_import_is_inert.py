"""Importing any module of ours opens nothing, starts nothing, reads nothing."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import ROOT, files, module


def deeds(root: Path, modules: list[str]) -> list[list[str]]:
    """What importing these modules does, in an interpreter that knows none of them yet."""
    script = Path(__file__).with_name("watch_imports.py")
    # -B: a fresh .pyc is the interpreter's own doing
    watched = [sys.executable, "-B", str(script), str(root), *modules]
    done = subprocess.run(watched, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    found: list[list[str]] = json.loads(done.stdout)
    return found


def test_import_is_inert() -> None:
    """All in one interpreter, which is much cheaper: a deed is told with who imported it first."""
    assert not deeds(ROOT, [module(path) for path in files()])


BUSY = {
    "socket.__new__": "import socket; socket.socket()",
    "sqlite3.connect": "import sqlite3; sqlite3.connect(':memory:')",
    "subprocess.Popen": "import subprocess; subprocess.run(['true'])",
    "thread": "import threading as t; t.Thread(target=t.Event().wait, daemon=True).start()",
    "os.mkdir": "import pathlib; pathlib.Path(__file__).with_name('x').mkdir()",
}


@pytest.mark.parametrize("deed", BUSY)
def test_a_busy_module_is_caught(tmp_path: Path, deed: str) -> None:
    (tmp_path / "busy.py").write_text(BUSY[deed])
    (tmp_path / "idle.py").write_text("import busy")

    caught = [(name, what.split()[0]) for name, what in deeds(tmp_path, ["busy", "idle"])]

    assert caught[0] == ("busy", deed)
    assert "idle" not in dict(caught)


@pytest.mark.parametrize(
    ("opened", "deed"),
    [
        pytest.param("__file__.replace('busy.py', 'busy.toml')", "open", id="our own data"),
        pytest.param("__file__ + '.log', 'a'", "open", id="to write"),
        pytest.param("'/dev/null', 'r+'", "open", id="to read and write"),
        pytest.param("'/dev/null'", None, id="what a library may read"),
    ],
)
def test_an_opened_file_is_caught(tmp_path: Path, opened: str, deed: str | None) -> None:
    (tmp_path / "busy.toml").touch()
    (tmp_path / "busy.py").write_text(f"open({opened}).close()")

    assert [what.split()[0] for _, what in deeds(tmp_path, ["busy"])] == ([deed] if deed else [])


def test_what_a_library_does_while_it_loads_is_its_own_affair(tmp_path: Path) -> None:
    library = tmp_path / "site-packages" / "library.py"
    library.parent.mkdir()
    library.write_text("import socket\ndef connect(): socket.socket()\nconnect()")
    (tmp_path / "loads.py").write_text(
        f"import sys; sys.path.append({str(library.parent)!r}); import library"
    )
    (tmp_path / "uses.py").write_text("import library; library.connect()")

    caught = deeds(tmp_path, ["loads", "uses"])

    assert [(name, what.split()[0]) for name, what in caught] == [("uses", "socket.__new__")]
