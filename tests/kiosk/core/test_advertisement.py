import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.advertisement import decode, decode_raw, from_ad_structures
from kiosk.core.formats.fields import Beacon
from kiosk.core.formats.ibeacon import IBeacon
from kiosk.core.inputs import Advertisement

GOLDEN = Path(__file__).parent / "golden"
IBEACON_BLE = json.loads((GOLDEN / "ibeacon_ble.json").read_text(encoding="utf-8"))["cases"]
PEERS = json.loads((GOLDEN / "peers.json").read_text(encoding="utf-8"))["cases"]

# flags, then an iBeacon
IBEACON_AD = bytes.fromhex("0201061aff4c000215426c7565436861726d426561636f6e730efe1355c5")
# flags, the Eddystone service, then a UID frame: namespace 00..09, instance 0a..0f, -18 dBm, RFU
UID_AD = bytes.fromhex("0201060303aafe1716aafe00ee000102030405060708090a0b0c0d0e0f0000")
TLM_AD = bytes.fromhex("1116aafe20000bb81980000000070000000a")

advertisements = st.builds(
    Advertisement,
    st.dictionaries(st.sampled_from([0x4C, 0x15]), st.binary(max_size=40)),
    st.dictionaries(st.sampled_from([0xFEAA, 0xFCD2, 0x2080]), st.binary(max_size=40)),
    st.integers(-127, 20),
)


def named(case: dict[str, Any]) -> str:
    return str(case["name"])


def seen(beacon: Beacon) -> dict[str, object]:
    return {"format": beacon.format, **json.loads(json.dumps(beacon.fields()))}


def from_radio(case: dict[str, Any]) -> Advertisement:
    return Advertisement(
        {int(key): bytes.fromhex(data) for key, data in case.get("manufacturer_data", {}).items()},
        {int(key, 16): bytes.fromhex(data) for key, data in case.get("service_data", {}).items()},
        rssi_dbm=-60,
    )


@pytest.mark.parametrize("case", IBEACON_BLE, ids=named)
def test_advertisements_captured_for_ibeacon_ble_decode(case: dict[str, Any]) -> None:
    beacons = [beacon for beacon in decode(from_radio(case)) if beacon.identity]

    assert [beacon.identity for beacon in beacons] == [b["identity"] for b in case["beacons"]]
    assert [beacon.format for beacon in beacons] == [b["format"] for b in case["beacons"]]
    powers = [beacon.fields()["tx_power_dbm"] for beacon in beacons]
    assert powers == [b["tx_power_dbm"] for b in case["beacons"]]


@pytest.mark.parametrize("case", PEERS, ids=named)
def test_what_other_projects_test_with_decodes(case: dict[str, Any]) -> None:
    raw = bytes.fromhex(case["ad"]) if "ad" in case else None

    beacons = decode(from_radio(case)) if raw is None else decode_raw(raw)

    assert [seen(beacon) for beacon in beacons] == case["expected"]


def test_a_tag_may_send_several_formats() -> None:
    both = from_ad_structures(IBEACON_AD + UID_AD[7:], rssi_dbm=-70)

    assert both is not None
    assert both.rssi_dbm == -70
    assert [beacon.format for beacon in decode(both)] == ["ibeacon", "eddystone-uid"]


def test_frames_of_one_service_do_not_hide_each_other() -> None:
    together = decode_raw(UID_AD + TLM_AD)

    assert [beacon.format for beacon in together] == ["eddystone-uid", "eddystone-tlm"]


def test_a_scan_response_may_stand_behind_padding() -> None:
    padded = IBEACON_AD[3:].ljust(31, b"\0") + UID_AD[7:]

    assert [beacon.format for beacon in decode_raw(padded)] == ["ibeacon", "eddystone-uid"]


@pytest.mark.parametrize(
    ("lists", "is_one"),
    [
        pytest.param("", True, id="no list, as bleak shows it"),
        pytest.param("0303aafe", True, id="listed alone"),
        pytest.param("05030f18aafe", True, id="listed second"),
        pytest.param("03030f180303aafe", True, id="listed in the second list"),
        pytest.param("03030f18", False, id="left out"),
        pytest.param("03020f18", True, id="the list is not complete"),
        pytest.param("0103", False, id="an empty list"),
    ],
)
def test_a_complete_list_of_services_has_the_last_word(lists: str, is_one: bool) -> None:
    beacons = decode_raw(bytes.fromhex(lists) + UID_AD[7:] + IBEACON_AD[3:])

    assert ("eddystone-uid" in [beacon.format for beacon in beacons]) is is_one
    assert "ibeacon" in [beacon.format for beacon in beacons]


@pytest.mark.parametrize(
    ("data", "manufacturers"),
    [
        pytest.param("03ff4c00", {0x4C: b""}, id="company without data"),
        pytest.param("02ff4c", None, id="no room for a company"),
        pytest.param("04ff4c0001" + "00" + "04ff150002", {0x4C: b"\1"}, id="early termination"),
        pytest.param(
            "04ff4c0001" + "09ff150007", {0x4C: b"\1", 0x15: b"\7"}, id="the last one overruns"
        ),
        pytest.param("04ff4c", None, id="cut inside the company"),
        pytest.param("04ff4c0001" + "04ff4c0002", {0x4C: b"\2"}, id="a company twice: the later"),
        pytest.param("020106", None, id="flags only"),
        pytest.param("01ff", None, id="type without value"),
        pytest.param("ff", None, id="length without type"),
        pytest.param("", None, id="empty"),
    ],
)
def test_ad_structures(data: str, manufacturers: dict[int, bytes] | None) -> None:
    advertisement = from_ad_structures(bytes.fromhex(data), rssi_dbm=-70)

    found = None if advertisement is None else advertisement.manufacturer_data
    assert found == manufacturers


# bytes that look like advertisements more often than chance would have it
structures = st.tuples(
    st.sampled_from([0x01, 0x02, 0x09, 0x16, 0xFF]),
    st.sampled_from(["", "4c000215", "1801beac", "aafe00", "aafe10", "aafe20", "aafe30", "d2fc40"]),
    st.binary(max_size=24),
).map(lambda parts: bytes((parts[0],)) + bytes.fromhex(parts[1]) + parts[2])
raw = st.lists(structures, max_size=5).map(
    lambda all_: b"".join(bytes((len(s),)) + s for s in all_)
)


@given(raw | st.binary(max_size=300))
def test_no_bytes_raise(data: bytes) -> None:
    decode_raw(data)
    advertisement = from_ad_structures(data, rssi_dbm=-70)
    if advertisement is not None:
        decode(advertisement)


@given(raw)
def test_both_ways_of_reading_find_the_same(data: bytes) -> None:
    """Where nothing stands twice: a radio's dictionary cannot hold two of a kind."""
    advertisement = from_ad_structures(data, rssi_dbm=-70)
    split = [] if advertisement is None else decode(advertisement)

    whole = decode_raw(data)

    assert all(beacon in whole for beacon in split)
    if len({(b.format, str(b.fields())) for b in whole}) == len(split):
        assert all(beacon in split for beacon in whole)


@given(advertisements)
def test_no_advertisement_raises_and_identities_fit_the_contract(heard: Advertisement) -> None:
    for beacon in decode(heard):
        assert beacon.identity is None or 0 < len(beacon.identity) <= 80
        assert beacon.format


@given(st.binary(min_size=16, max_size=16), st.integers(0, 0xFFFF), st.integers(-128, 127))
def test_every_ibeacon_survives_the_air(uuid: bytes, major: int, power: int) -> None:
    body = uuid + major.to_bytes(2) + (major ^ 0xFFFF).to_bytes(2) + power.to_bytes(1, signed=True)

    found = decode_raw(b"\x1a\xff\x4c\x00\x02\x15" + body)

    assert found == [IBeacon(uuid, major, major ^ 0xFFFF, power)]
