"""What strace says of a process becomes what it did to its files."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from runtime.errors import UnavailableError
from simulator.faults import io_log
from simulator.faults.io_log import (
    Created,
    Cut,
    Failing,
    Op,
    Removed,
    Renamed,
    Said,
    Synced,
    Unsynced,
    Wrote,
)

DEED = """
import os
from pathlib import Path
folder = Path({folder!r})
file = os.open(folder / "a \u00e9", os.O_RDWR | os.O_CREAT)
os.pwrite(file, b'1"2>\\n', 700)
os.ftruncate(file, 3)
os.fsync(file)
said = os.open(folder / "said", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
os.write(said, b"kept 1\\nkept 2\\n")
os.fdatasync(file)
os.rename(folder / "a \u00e9", folder / "b")
os.fsync(os.open(folder, os.O_RDONLY))
os.open(folder / "b", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
(folder / "b").unlink()
os.pwrite(os.open(folder.parent / "elsewhere", os.O_RDWR | os.O_CREAT), b"x", 0)
try:
    (folder / "none").unlink()
except OSError:
    pass
"""


def deeds(folder: Path, text: str) -> list[Op]:
    folder.mkdir()
    return io_log.recorded([sys.executable, "-S", "-c", text.format(folder=str(folder))], folder)


def test_a_real_process_is_followed_call_by_call(tmp_path: Path) -> None:
    assert deeds(tmp_path / "work", DEED) == [
        Created("a é"),
        Wrote("a é", 700, b'1"2>\n'),
        Cut("a é", 3),
        Synced("a é"),
        Said("kept 1"),
        Said("kept 2"),
        Synced("a é"),
        Renamed("a é", "b"),
        Synced(""),
        Created("b", is_emptied=True),
        Removed("b"),
    ]


FAILING = """
import os
file = os.open({folder!r} + "/a", os.O_RDWR | os.O_CREAT)
for number in b"12345":
    try:
        os.pwrite(file, bytes([number]), 0)
        os.fdatasync(file)
    except OSError as error:
        assert error.errno == 28
"""


@pytest.mark.parametrize(
    ("failing", "left"),
    [
        (
            Failing("pwrite64", "ENOSPC", 2, 3),
            [Wrote("a", 0, b"1"), Synced("a"), Wrote("a", 0, b"5"), Synced("a")],
        ),
        (
            Failing("fdatasync", "ENOSPC", 1, 4),
            [*(Wrote("a", 0, b"1"), Unsynced("a"), Wrote("a", 0, b"2"), Unsynced("a"))],
        ),
    ],
)
def test_calls_are_made_to_fail_for_a_while(
    tmp_path: Path, failing: Failing, left: list[Op]
) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    command = [sys.executable, "-S", "-c", FAILING.format(folder=str(folder))]

    done = io_log.recorded(command, folder, failing)

    assert done[1 : len(left) + 1] == left
    assert done[-1] == Synced("a")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("raise SystemExit('no disk at all')", "no disk at all", id="it fails"),
        pytest.param(
            "open({folder!r} + '/a', 'wb').write(b'x')", "cannot be played", id="a plain write"
        ),
    ],
)
def test_what_cannot_be_followed_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(UnavailableError, match=problem):
        deeds(tmp_path / "work", text)


def test_without_strace_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(UnavailableError, match="apt-get install strace"):
        io_log.strace()
