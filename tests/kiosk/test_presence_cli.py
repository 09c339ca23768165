import gzip
import json
import os
import pty
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kiosk import presence_cli, recordings
from kiosk.core.presence import Receiver
from kiosk.core.replay import Sighting
from runtime.errors import SettingsError
from tests.terminal import needs_a_terminal

HEAD = "tag,receiver,t_s,rssi_dbm\n"
VISIT = HEAD + "".join(f"key-1,door,{second},-50\n" for second in range(5)) + "key-2,door,40,-90\n"
TOLD = [
    {"t_s": 2.0, "tag": "key-1", "change": "arrived", "zone": "door"},
    {"t_s": 16.25, "tag": "key-1", "change": "left", "zone": "door"},
]
WALK = HEAD + "".join(
    f"key-1,{receiver},{second},{rssi_dbm}\n"
    for second in range(10)
    for receiver, rssi_dbm in (("door", -75), ("till", -72))
)


def replayed(stdin: bytes, *arguments: str) -> list[dict[str, object]]:
    done = CliRunner().invoke(presence_cli.app, ["replay", *arguments], input=stdin)
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def read(text: str | bytes) -> list[Sighting]:
    data = text.encode() if isinstance(text, str) else text
    return list(recordings.sightings(BytesIO(data), "walk.csv"))


def test_a_recording_on_standard_input_becomes_lines_of_json() -> None:
    assert replayed(VISIT.encode(), "-") == TOLD


@pytest.mark.parametrize("name", ["walk.csv", "walk.csv.gz", "walk"])
def test_a_file_may_be_packed_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(gzip.compress(VISIT.encode()))
    assert replayed(b"", str(tmp_path / name)) == TOLD

    (tmp_path / name).write_text(VISIT)
    assert replayed(b"", str(tmp_path / name), "--json") == TOLD


def test_another_entry_level_makes_another_visit() -> None:
    assert replayed(VISIT.encode(), "-", "--enter-dbm", "-40") == []


def test_the_default_entry_level_is_that_of_the_rules() -> None:
    far = VISIT.replace("-50", "-68")
    assert replayed(far.encode(), "-") == []
    assert [one["change"] for one in replayed(far.encode(), "-", "--enter-dbm", "-80")] == [
        "arrived",
        "left",
    ]


def test_offsets_are_taken_off(tmp_path: Path) -> None:
    offsets = tmp_path / "offsets.csv"
    offsets.write_text("receiver,offset_db\ndoor,20\n")

    assert replayed(VISIT.encode(), "-", "--offsets", str(offsets)) == []


def test_a_tag_that_is_near_nowhere_is_told_where_it_is_or_left_out() -> None:
    assert replayed(WALK.encode(), "-") == [
        {"t_s": 2.0, "tag": "key-1", "change": "moved", "zone": "till"}
    ]
    assert replayed(WALK.encode(), "-", "--visits") == []


@needs_a_terminal
def test_a_person_at_a_terminal_reads_a_table(tmp_path: Path) -> None:
    recording = tmp_path / "walk.csv"
    recording.write_text(VISIT)
    code = f"from kiosk.presence_cli import app; app(['replay', {str(recording)!r}])"
    ours, theirs = pty.openpty()
    with subprocess.Popen([sys.executable, "-c", code], stdout=theirs) as process:
        assert process.wait(60) == 0
    os.close(theirs)
    said = os.read(ours, 4_096).decode().splitlines()
    os.close(ours)

    assert [line.split() for line in said] == [
        ["2.00", "s", "key-1", "arrived", "door"],
        ["16.25", "s", "key-1", "left", "door"],
    ]


def test_columns_may_stand_in_any_order_and_others_beside_them() -> None:
    text = "x_m,rssi_dbm,tag,t_s,receiver\n1,-50,key-1,0.5,door\n"

    assert read(text) == [Sighting("key-1", "door", 0.5, -50)]


def test_a_file_without_a_head_has_our_columns() -> None:
    assert read("key-1,door,0.5,-50\r\n\r\nkey-1,door,1e0, -51.5\n") == [
        Sighting("key-1", "door", 0.5, -50),
        Sighting("key-1", "door", 1.0, -51.5),
    ]


def test_a_spreadsheet_may_begin_with_a_mark_and_quote_what_it_likes() -> None:
    assert read(b'\xef\xbb\xbf"tag","receiver","t_s","rssi_dbm"\n"a,b","c",1,-50\n') == [
        Sighting("a,b", "c", 1.0, -50)
    ]


def test_an_empty_file_has_no_sightings() -> None:
    assert read("") == read("\n\n") == read(HEAD) == []


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("a,b,1", "walk.csv line 3: 3 columns, but tag,receiver,t_s,rssi_dbm are due"),
        (",b,1,-50", "walk.csv line 3, column tag: is empty"),
        ("a, ,1,-50", "walk.csv line 3, column receiver: is empty"),
        ("a,b,soon,-50", "walk.csv line 3, column t_s: 'soon' is not a number"),
        ("a,b,nan,-50", "walk.csv line 3, column t_s: 'nan' is not between 0 and 1e+12"),
        ("a,b,-1,-50", "walk.csv line 3, column t_s: '-1' is not between 0 and 1e+12"),
        ("a,b,5,", "walk.csv line 3, column rssi_dbm: '' is not a number"),
        ("a,b,5,-128", "walk.csv line 3, column rssi_dbm: '-128' is not between -127 and 20"),
        (
            "a,b,2.9,-50",
            "walk.csv line 3, column t_s: goes back from 4 s to 2.9 s; sort the file by time",
        ),
        ("a" * 5_000, "walk.csv line 3 is longer than 4096 characters"),
    ],
)
def test_a_line_that_is_wrong_is_named_and_why(line: str, problem: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(f"{HEAD}a,b,4,-50\n{line}\n")

    assert str(caught.value) == problem


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (HEAD.encode() + b"a,b,1,-50\n\xff\xff,b,1,-50\n", "not UTF-8 text"),
        (gzip.compress(VISIT.encode())[:-20], "cannot be read"),
        (gzip.compress(HEAD.encode())[:12] + b"\x00" * 40, "cannot be read"),
        (b"\x1f\x8b nothing of the kind", "cannot be read"),
    ],
    ids=["not text", "cut off", "broken inside", "not gzip"],
)
def test_a_file_that_cannot_be_read_says_where(data: bytes, problem: str) -> None:
    with pytest.raises(SettingsError, match=f"walk.csv after line .*{problem}"):
        read(data)


def test_offsets_name_the_line_too() -> None:
    assert recordings.receivers(BytesIO(b"receiver,offset_db\na,-4.5\n"), "o.csv") == {
        "a": Receiver("a", -4.5)
    }
    with pytest.raises(SettingsError, match="line 1, column offset_db: '45' is not between"):
        recordings.receivers(BytesIO(b"a,45\n"), "o.csv")


def test_a_file_that_is_not_there_is_one_sentence() -> None:
    done = CliRunner().invoke(presence_cli.app, ["replay", "/nowhere/walk.csv"])

    assert isinstance(done.exception, SettingsError)
    assert str(done.exception) == "/nowhere/walk.csv: No such file or directory"
