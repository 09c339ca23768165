import json
import pty
import subprocess
import sys
from os import close, read

import pytest
from typer.testing import CliRunner

from kiosk import beacon_cli
from kiosk.core.captures import MAX_LINE_BYTES
from tests.terminal import needs_a_terminal

IBEACON = "0215426c7565436861726d426561636f6e730efe1355c5"
IBEACON_SAID = {
    "format": "ibeacon",
    "uuid": "426c7565-4368-6172-6d42-6561636f6e73",
    "major": 3838,
    "minor": 4949,
    "tx_power_dbm": -59,
}
TLM_SAID = {
    "format": "eddystone-tlm",
    "battery_mv": 3000,
    "temperature_c": None,
    "adv_count": 7,
    "uptime_s": 1.0,
}
BOTH = json.dumps(
    {
        "manufacturer_data": {"76": IBEACON},
        "service_data": {"feaa": "20000bb88000000000070000000a"},
    }
)


def decoded(stdin: bytes, *options: str) -> list[dict[str, object]]:
    done = CliRunner().invoke(beacon_cli.app, ["decode", *options], input=stdin)
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_each_line_is_answered_by_one_object() -> None:
    lines = [f"0201061aff4c00{IBEACON}", "", "020106", "not hex", BOTH]

    said = decoded("\n".join(lines).encode(), "--json")

    assert said == [
        IBEACON_SAID,
        {"format": None},
        {"format": None},
        {"format": None, "error": "not an even number of hex digits"},
        {**IBEACON_SAID, "also": [TLM_SAID]},
    ]


def test_a_program_that_reads_needs_no_option() -> None:
    assert decoded(BOTH.encode()) == [{**IBEACON_SAID, "also": [TLM_SAID]}]


@pytest.mark.parametrize(
    "stdin",
    [
        pytest.param(b"\xff\xfe\x00\n" * 3, id="no text"),
        pytest.param(b"0" * (3 * MAX_LINE_BYTES) + b"\n\n020106", id="a line without end"),
        pytest.param(b"\r\n\r\n\r\n", id="empty lines of Windows"),
    ],
)
def test_no_bytes_stop_it(stdin: bytes) -> None:
    said = decoded(stdin)

    assert [line["format"] for line in said] == [None] * 3


def test_nothing_in_nothing_out() -> None:
    assert decoded(b"") == []


@needs_a_terminal
def test_a_person_sees_a_table() -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", "from kiosk.beacon_cli import app; app()", "decode"]
    subprocess.run(command, input=BOTH.encode(), stdout=theirs, check=True, timeout=60)
    close(theirs)

    table = read(ours, 65_536).decode()
    close(ours)

    assert "eddystone-tlm" in table
    assert "battery_mv 3000" in table
    assert "{" not in table
