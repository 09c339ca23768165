import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.advertisement import EddystoneUid, IBeacon, decode, from_ad_structures
from kiosk.core.inputs import Advertisement

GOLDEN = json.loads((Path(__file__).parent / "golden" / "ibeacon_ble.json").read_text())["cases"]

# flags, then an iBeacon
IBEACON_AD = bytes.fromhex("0201061aff4c000215426c7565436861726d426561636f6e730efe1355c5")
# flags, the Eddystone service, then a UID frame: namespace 00..09, instance 0a..0f, -18 dBm, RFU
UID_AD = bytes.fromhex("0201060303aafe1716aafe00ee000102030405060708090a0b0c0d0e0f0000")

advertisements = st.builds(
    Advertisement,
    st.dictionaries(st.sampled_from([0x4C, 0x15]), st.binary(max_size=40)),
    st.dictionaries(st.sampled_from([0xFEAA, 0x2080]), st.binary(max_size=40)),
    st.integers(-127, 20),
)


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case["name"])
def test_captured_advertisements_decode_as_worked_out_by_hand(case: dict[str, Any]) -> None:
    advertisement = Advertisement(
        {int(company): bytes.fromhex(data) for company, data in case["manufacturer_data"].items()},
        {int(uuid, 16): bytes.fromhex(data) for uuid, data in case["service_data"].items()},
        rssi_dbm=-60,
    )

    beacons = decode(advertisement)

    assert [beacon.identity for beacon in beacons] == [b["identity"] for b in case["beacons"]]
    powers = [b.tx_power_dbm for b in beacons if isinstance(b, (IBeacon, EddystoneUid))]
    assert powers == [b["tx_power_dbm"] for b in case["beacons"]]


def test_an_ibeacon_is_read_from_raw_bytes() -> None:
    advertisement = from_ad_structures(IBEACON_AD, rssi_dbm=-70)

    assert advertisement is not None
    assert advertisement.rssi_dbm == -70
    uuid = UUID("426c7565-4368-6172-6d42-6561636f6e73")
    assert decode(advertisement) == (IBeacon(uuid, major=3838, minor=4949, tx_power_dbm=-59),)


def test_an_eddystone_uid_is_read_from_raw_bytes() -> None:
    advertisement = from_ad_structures(UID_AD, rssi_dbm=-70)

    assert advertisement is not None
    (beacon,) = decode(advertisement)
    assert beacon == EddystoneUid(bytes(range(10)), bytes(range(10, 16)), tx_power_dbm=-18)
    assert beacon.identity == "eddystone-uid:00010203040506070809:0a0b0c0d0e0f"


def test_a_tag_may_send_both_formats() -> None:
    both = from_ad_structures(IBEACON_AD + UID_AD[7:], rssi_dbm=-70)

    assert both is not None
    assert [type(beacon) for beacon in decode(both)] == [IBeacon, EddystoneUid]


IBEACON = "0215426c7565436861726d426561636f6e730efe1355c5"
UID = "00ee000102030405060708090a0b0c0d0e0f"


@pytest.mark.parametrize(
    ("data", "is_ibeacon"),
    [
        pytest.param(IBEACON, True, id="exact"),
        pytest.param(IBEACON + "64", True, id="with a battery byte behind it"),
        pytest.param(IBEACON[:-2], False, id="one byte short"),
        pytest.param("0216" + IBEACON[4:], False, id="claims another length"),
        pytest.param("1015" + IBEACON[4:], False, id="another Apple message"),
        pytest.param("", False, id="empty"),
    ],
)
def test_what_is_an_ibeacon(data: str, is_ibeacon: bool) -> None:
    assert (IBeacon.decode(bytes.fromhex(data)) is not None) is is_ibeacon


@pytest.mark.parametrize(
    ("data", "is_uid"),
    [
        pytest.param(UID + "0000", True, id="exact"),
        pytest.param(UID, True, id="without the reserved bytes, as older tags send it"),
        pytest.param(UID[:-2], False, id="one byte short"),
        pytest.param("10" + UID[2:], False, id="a URL frame"),
        pytest.param("20" + UID[2:], False, id="a telemetry frame"),
        pytest.param("30" + UID[2:], False, id="an ephemeral identity"),
        pytest.param("", False, id="empty"),
    ],
)
def test_what_is_an_eddystone_uid(data: str, is_uid: bool) -> None:
    assert (EddystoneUid.decode(bytes.fromhex(data)) is not None) is is_uid


@pytest.mark.parametrize(
    ("data", "manufacturers"),
    [
        pytest.param("03ff4c00", {0x4C: b""}, id="company without data"),
        pytest.param("02ff4c", None, id="no room for a company"),
        pytest.param("04ff4c0001" + "00" + "04ff150002", {0x4C: b"\1"}, id="early termination"),
        pytest.param("04ff4c0001" + "09ff1500", {0x4C: b"\1"}, id="the last one overruns"),
        pytest.param("04ff4c00", None, id="the only one overruns"),
        pytest.param("04ff4c0001" + "04ff4c0002", {0x4C: b"\2"}, id="a company twice: the later"),
        pytest.param("020106", None, id="flags only"),
        pytest.param("01ff", None, id="type without value"),
        pytest.param("", None, id="empty"),
    ],
)
def test_ad_structures(data: str, manufacturers: dict[int, bytes] | None) -> None:
    advertisement = from_ad_structures(bytes.fromhex(data), rssi_dbm=-70)

    found = None if advertisement is None else advertisement.manufacturer_data
    assert found == manufacturers


@given(st.binary(max_size=300))
def test_no_bytes_raise(data: bytes) -> None:
    advertisement = from_ad_structures(data, rssi_dbm=-70)
    if advertisement is not None:
        decode(advertisement)


@given(advertisements)
def test_no_advertisement_raises_and_identities_fit_the_contract(heard: Advertisement) -> None:
    for beacon in decode(heard):
        assert 0 < len(beacon.identity) <= 80


@given(st.uuids(), st.integers(0, 0xFFFF), st.integers(0, 0xFFFF), st.integers(-128, 127))
def test_every_ibeacon_survives_the_air(uuid: UUID, major: int, minor: int, power: int) -> None:
    body = uuid.bytes + major.to_bytes(2) + minor.to_bytes(2) + power.to_bytes(1, signed=True)

    advertisement = from_ad_structures(b"\x1a\xff\x4c\x00\x02\x15" + body, rssi_dbm=-70)

    assert advertisement is not None
    assert decode(advertisement) == (IBeacon(uuid, major, minor, power),)
