from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.errors import ContractError
from kiosk.core.captures import MAX_LINE_BYTES, beacons_in

IBEACON = "0215426c7565436861726d426561636f6e730efe1355c5"
IBEACON_AD = f"0201061aff4c00{IBEACON}"
UID = "00ee000102030405060708090a0b0c0d0e0f"
TLM = "20000bb81980000000070000000a"


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(IBEACON_AD, id="plain"),
        pytest.param(IBEACON_AD.upper(), id="upper case"),
        pytest.param(f"  {IBEACON_AD}\r\n", id="with its line end"),
        pytest.param(f"0x{IBEACON_AD}", id="with 0x"),
        pytest.param(bytes.fromhex(IBEACON_AD).hex(":"), id="colons"),
        pytest.param(bytes.fromhex(IBEACON_AD).hex(" ").upper(), id="spaces"),
        pytest.param(bytes.fromhex(IBEACON_AD).hex("-"), id="dashes"),
        pytest.param(", ".join(f"0x{byte:02X}" for byte in bytes.fromhex(IBEACON_AD)), id="C"),
        pytest.param("".join(f"\\x{byte:02x}" for byte in bytes.fromhex(IBEACON_AD)), id="Python"),
        pytest.param("\ufeff" + IBEACON_AD, id="with a byte order mark"),
        pytest.param(f'{{"manufacturer_data": {{"76": "{IBEACON}"}}}}', id="JSON"),
        pytest.param(f'{{"manufacturer_data": {{"0x004C": "0x{IBEACON}"}}}}', id="JSON in hex"),
        pytest.param(f'{{"manufacturer_data": {{"004c": "{IBEACON}"}}}}', id="JSON in digits"),
        pytest.param(
            f'{{"manufacturer_data": {{"76": "{IBEACON}"}}, "service_data": null}}', id="with null"
        ),
        pytest.param(f'{{"manufacturer_data": {{"76": {{"hex": "{IBEACON}"}}}}}}', id="nested"),
        pytest.param(
            f'{{"name": "tag", "rssi": -60, "manufacturer_data": {{"76": "{IBEACON}"}},'
            '"service_data": {"6e400001-b5a3-f393-e0a9-e50e24dcca9e": "00", "12345678": "00"}}',
            id="JSON with what is not ours",
        ),
    ],
)
def test_an_advertisement_may_be_written_in_many_ways(line: str) -> None:
    assert [beacon.format for beacon in beacons_in(line.encode())] == ["ibeacon"]


@pytest.mark.parametrize("uuid", ["feaa", "FEAA", "0xFEAA", "0000feaa-0000-1000-8000-00805F9B34FB"])
def test_a_service_may_be_named_in_short_or_in_full(uuid: str) -> None:
    (beacon,) = beacons_in(f'{{"service_data": {{"{uuid}": "{UID}"}}}}'.encode())

    assert beacon.format == "eddystone-uid"


@pytest.mark.parametrize("line", ["", "  ", "{}", "020106", '{"service_data": {"180f": "64"}}'])
def test_no_beacon_is_no_mistake(line: str) -> None:
    assert beacons_in(line.encode()) == []


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("020", "line"),
        ("hello", "line"),
        ("chào", "line"),
        ("\0", "line"),
        ("{", "line"),
        ("[]", "line"),
        ('"020106"', "line"),
        ('{"manufacturer_data": 5}', "line"),
        ('{"manufacturer_data": {"76": 5}}', "line"),
        ("{" * 5000, "line"),
        ('{"a":' * 2000, "line"),
        ('{"manufacturer_data": {"apple": "00"}}', "manufacturer_data"),
        ('{"manufacturer_data": {"65536": "00"}}', "manufacturer_data"),
        ('{"manufacturer_data": {"-1": "00"}}', "manufacturer_data"),
        (f'{{"manufacturer_data": {{"{"9" * 5000}": "00"}}}}', "manufacturer_data"),
        ('{"manufacturer_data": {"76": "0"}}', "manufacturer_data"),
        ('{"service_data": {"feaa": "xy"}}', "service_data"),
        ('{"service_data": {"eddystone": "00"}}', "service_data"),
        ("0" * (MAX_LINE_BYTES + 1), "line"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_cannot_be_read_is_refused_by_name(line: str, field: str) -> None:
    with pytest.raises(ContractError) as caught:
        beacons_in(line.encode())

    assert caught.value.field == field
    assert len(str(caught.value)) < 300


@given(
    st.binary(max_size=200)
    | st.text('{}[]":,0123456789abcdefx service_data', max_size=80).map(str.encode)
)
def test_any_bytes_are_read_or_refused(line: bytes) -> None:
    with suppress(ContractError):
        beacons_in(line)
