"""`hien scan`: what a program reads from it, and what a person."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
import segno
from PIL import Image
from typer.testing import CliRunner

from kiosk import scan_cli
from kiosk.scan_cli import Row
from tests.terminal import needs_a_terminal


def code(folder: Path, name: str, text: str) -> Path:
    segno.make(text, micro=False).save(str(folder / name), scale=6)
    return folder / name


def scan(*files: Path) -> tuple[int, list[dict[str, object]], str]:
    done = CliRunner().invoke(scan_cli.app, ["--json", *map(str, files)])
    return done.exit_code, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_each_file_is_a_line_with_its_texts_and_time(tmp_path: Path) -> None:
    first, second = code(tmp_path, "1.png", "MD1:HELLO"), code(tmp_path, "2.png", "Phở bò")
    nothing = tmp_path / "3.jpg"
    Image.new("RGB", (300, 200), "grey").save(nothing)

    status, rows, _ = scan(first, second, nothing)

    assert status == 0
    assert [list(row) for row in rows] == [["file", "texts", "ms"]] * 3
    assert [row["file"] for row in rows] == [str(first), str(second), str(nothing)]
    assert [row["texts"] for row in rows] == [["MD1:HELLO"], ["Phở bò"], []]
    for row in rows:
        assert isinstance(row["ms"], float)
        assert row["ms"] > 0


def test_a_file_that_is_no_picture_is_said_and_the_others_are_read(tmp_path: Path) -> None:
    (tmp_path / "1.png").write_text("no picture")
    second = code(tmp_path, "2.png", "HELLO")

    status, rows, said = scan(tmp_path / "1.png", second, tmp_path)

    assert status == 65
    assert rows[0] == {
        "file": str(tmp_path / "1.png"),
        "texts": [],
        "ms": 0.0,
        "error": "is not a picture in a format we read",
    }
    assert rows[1]["texts"] == ["HELLO"]
    assert rows[2]["error"] == "is a directory or a device"
    assert said.splitlines() == [
        f"hien: {tmp_path / '1.png'}: is not a picture in a format we read",
        f"hien: {tmp_path}: is a directory or a device",
    ]


def test_a_file_may_have_any_name(tmp_path: Path) -> None:
    strange = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.png"))
    code(tmp_path, "1.png", "HELLO").rename(strange)

    status, rows, _ = scan(strange)

    assert (status, rows[0]["texts"]) == (0, ["HELLO"])


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (
            Row("a.png", ["HELLO", "YOU"], 1.25),
            "     1.2 ms  a.png                           HELLO  YOU",
        ),
        (Row("a.png", [], 200.0), "   200.0 ms  a.png                           -"),
        (Row("a", ["\x1b[2J\x9b\n"], 1.0), f"     1.0 ms  {'a':30}  \\x1b[2J\\x9b\\n"),
        (Row("a", [], 0.0, "is gone"), f"     0.0 ms  {'a':30}  (is gone)"),
    ],
)
def test_a_person_reads_one_line_that_cannot_steer_the_terminal(row: Row, line: str) -> None:
    assert scan_cli._as_text(row) == line


@needs_a_terminal
def test_a_terminal_gets_text_and_a_pipe_json(tmp_path: Path) -> None:
    picture = code(tmp_path, "1.png", "HELLO")
    program = f"from kiosk.scan_cli import app; app([{str(picture)!r}])"
    ours, theirs = pty.openpty()
    with subprocess.Popen([sys.executable, "-c", program], stdout=theirs) as process:
        assert process.wait(60) == 0
    os.close(theirs)
    said = os.read(ours, 4_096).decode()
    os.close(ours)
    piped = CliRunner().invoke(scan_cli.app, [str(picture)])

    assert said.split()[1:] == ["ms", str(picture), "HELLO"]
    assert json.loads(piped.stdout)["texts"] == ["HELLO"]
