"""Golden bytes: packed by hand from BlueZ's doc/mgmt-api.txt, not by the code under test."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core import mgmt
from kiosk.core.mgmt import Answered, Found

ADDRESS = bytes.fromhex("4a1122334455")
AD = bytes.fromhex("020106")
# address (least significant byte first), LE Random, RSSI -61, no flags, 3 bytes of data
FOUND = "554433221 14a 02 c3 00000000 0300 020106".replace(" ", "")


def packet(hexes: str) -> bytes:
    return bytes.fromhex(hexes.replace(" ", ""))


def test_a_monitor_asks_for_the_three_kinds_of_beacon() -> None:
    patterns = (
        "ff 00 04 4c000215" + "00" * 27,
        "ff 02 02 beac" + "00" * 29,
        "16 00 02 aafe" + "00" * 29,
    )

    # Add Advertisement Patterns Monitor, controller 1, 103 bytes, 3 patterns of 34
    asked = packet("5200 0100 6700 03" + "".join(patterns))
    assert mgmt.add_patterns(1, mgmt.BEACONS) == asked


def test_a_monitor_is_taken_back_by_its_handle() -> None:
    assert mgmt.remove_monitor(1, 0x0107) == packet("5300 0100 0200 0701")


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        pytest.param("1200 0000 1100" + FOUND, Found(0, ADDRESS, True, -61, AD), id="Device Found"),
        pytest.param(
            "2f00 0100 1300 0700" + FOUND,
            Found(1, ADDRESS, True, -61, AD),
            id="Advertisement Monitor Device Found",
        ),
        pytest.param(
            "1200 0000 0e00 5544332211 4a 01 7f 00000000 0000",
            Found(0, ADDRESS, False, None, b""),
            id="public, no reading, no data",
        ),
        pytest.param(
            "0100 0000 0500 5200 00 0700", Answered(0x52, 0, 7), id="the monitor was added"
        ),
        pytest.param("0200 0000 0300 5200 14", Answered(0x52, 0x14), id="permission denied"),
        pytest.param("0100 0000 0300 5200 0d", Answered(0x52, 0x0D), id="invalid parameters"),
        pytest.param("0100 0000 0500 5300 00 0700", Answered(0x53, 0), id="the monitor is gone"),
        pytest.param("0500 0000 0000", None, id="Index Removed"),
        pytest.param("1200 0000 1200" + FOUND, None, id="cut short"),
        pytest.param("1200 0000 1100" + FOUND.replace("0300", "0400"), None, id="data cut short"),
        pytest.param("1200 0000 0000", None, id="an event without a body"),
        pytest.param("0100 0000 0000", None, id="an answer to nothing"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_what_the_kernel_says(sent: str, said: Found | Answered | None) -> None:
    assert mgmt.read(packet(sent)) == said


def test_nobody_is_shown() -> None:
    assert repr(mgmt.read(packet("1200 0000 1100" + FOUND))) == "Found(rssi_dbm=-61)"


@given(st.binary(max_size=80), st.sampled_from(["", "1200", "2f00", "0100", "0200"]))
def test_any_bytes_are_a_value_or_none(data: bytes, code: str) -> None:
    read = mgmt.read(bytes.fromhex(code) + data)

    assert read is None or isinstance(read, Found | Answered)
