import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core import own_beacon
from kiosk.core.advertisement import decode
from kiosk.core.inputs import Advertisement
from kiosk.core.own_beacon import OwnBeacon

IBEACON = "ibeacon:426c7565-4368-6172-6d42-6561636f6e73:3838:4949"
UID = "eddystone-uid:00010203040506070809:0a0b0c0d0e0f"


def test_an_ibeacon_is_apples_bytes() -> None:
    data = bytes.fromhex("0215426c7565436861726d426561636f6e730efe1355c5")

    assert own_beacon.encode(IBEACON, -59) == OwnBeacon({0x4C: data}, {})


def test_an_eddystone_uid_states_its_power_at_no_distance() -> None:
    frame = bytes.fromhex("00ee000102030405060708090a0b0c0d0e0f0000")

    assert own_beacon.encode(UID, -59) == OwnBeacon({}, {0xFEAA: frame})


@given(
    st.uuids().map(str) | st.just("426c7565-4368-6172-6d42-6561636f6e73"),
    st.integers(0, 0xFFFF),
    st.integers(0, 0xFFFF),
    st.integers(-100, -20),
)
def test_what_is_sent_is_heard_as_what_was_meant(
    uuid: str, major: int, minor: int, power_dbm: int
) -> None:
    for identity in (f"ibeacon:{uuid}:{major}:{minor}", UID):
        sent = own_beacon.encode(identity, power_dbm)
        heard = decode(Advertisement(sent.manufacturer_data, sent.service_data, -60))
        assert [beacon.identity for beacon in heard] == [identity]


@pytest.mark.parametrize(
    "identity",
    [
        "",
        IBEACON.upper(),
        IBEACON.replace("4949", "65536"),
        IBEACON.replace("3838", "03838"),
        IBEACON + "\n",
        "altbeacon:426c7565-4368-6172-6d42-6561636f6e73:1:2",
        "eddystone-uid:0001:0a0b0c0d0e0f",
    ],
)
def test_what_cannot_be_sent_is_refused(identity: str) -> None:
    with pytest.raises(ValueError, match="neither ibeacon:uuid:major:minor"):
        own_beacon.encode(identity, -59)
