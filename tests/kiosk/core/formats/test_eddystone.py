import pytest

from kiosk.core.formats import eddystone
from kiosk.core.formats.eddystone import (
    EddystoneEid,
    EddystoneEncryptedTlm,
    EddystoneTlm,
    EddystoneUid,
    EddystoneUrl,
)

UID = "00ee000102030405060708090a0b0c0d0e0f"
EID = "30ee0123456789abcdef"
URL = "10ee0268756507"
TLM = "20000bb81980000000070000000a"
ETLM = "2001" + "00112233445566778899aabb" + "c0de" + "beef"


@pytest.mark.parametrize(
    ("data", "frame"),
    [
        pytest.param(UID + "0000", EddystoneUid, id="a static identity"),
        pytest.param(UID, EddystoneUid, id="without the reserved bytes, as older tags send it"),
        pytest.param(UID[:-2], None, id="a static identity, one byte short"),
        pytest.param(EID, EddystoneEid, id="a rotating identity"),
        pytest.param(EID[:-2], None, id="a rotating identity, one byte short"),
        pytest.param(URL, EddystoneUrl, id="an address"),
        pytest.param("10ee02", EddystoneUrl, id="an address of nothing but its scheme"),
        pytest.param("10ee", None, id="an address without its scheme"),
        pytest.param(TLM, EddystoneTlm, id="telemetry"),
        pytest.param(TLM[:-2], None, id="telemetry, one byte short"),
        pytest.param("20", None, id="telemetry of no version"),
        pytest.param("2002" + TLM[4:], None, id="telemetry of a version to come"),
        pytest.param(ETLM, EddystoneEncryptedTlm, id="encrypted telemetry"),
        pytest.param(ETLM[:26], None, id="encrypted telemetry, one byte short"),
        pytest.param("40" + EID[2:], None, id="Find Hub, which shares the service"),
        pytest.param("01" + UID[2:], None, id="reserved bits set"),
        pytest.param("", None, id="empty"),
    ],
)
def test_which_frame_it_is(data: str, frame: type | None) -> None:
    found = eddystone.decode(bytes.fromhex(data))

    assert (None if found is None else type(found)) is frame


def test_a_static_identity_names_its_tag() -> None:
    frame = EddystoneUid.decode(bytes.fromhex(UID))

    assert frame == EddystoneUid(bytes(range(10)), bytes(range(10, 16)), tx_power_dbm=-18)
    assert frame.identity == "eddystone-uid:00010203040506070809:0a0b0c0d0e0f"


def test_a_rotating_identity_names_nobody() -> None:
    frame = EddystoneEid.decode(bytes.fromhex(EID))

    assert frame == EddystoneEid(bytes.fromhex("0123456789abcdef"), tx_power_dbm=-18)
    assert frame.identity is None


@pytest.mark.parametrize(
    ("packed", "url"),
    [
        ("00" + b"hue".hex() + "07", "http://www.hue.com"),
        ("01" + b"hue".hex() + "00", "https://www.hue.com/"),
        ("02" + b"a".hex() + "01" + b"b".hex(), "http://a.org/b"),
        ("03" + b"a".hex() + "06", "https://a.gov/"),
        ("03" + b"a".hex() + "0d", "https://a.gov"),
        ("03" + "0b", "https://.info"),
        ("03", "https://"),
        ("03" + b"!~".hex(), "https://!~"),
    ],
)
def test_an_address_is_unpacked(packed: str, url: str) -> None:
    frame = EddystoneUrl.decode(bytes.fromhex("1000" + packed))

    assert frame == EddystoneUrl(url, tx_power_dbm=0)


@pytest.mark.parametrize("packed", ["04", "ff", "030e", "0320", "037f", "03ff", "0361620e63"])
def test_a_code_that_means_nothing_is_no_address(packed: str) -> None:
    assert EddystoneUrl.decode(bytes.fromhex("1000" + packed)) is None


@pytest.mark.parametrize(
    ("data", "telemetry"),
    [
        pytest.param(TLM, EddystoneTlm(3000, 25.5, 7, 1.0), id="all measured"),
        pytest.param("2000" + "0000" + TLM[8:], EddystoneTlm(None, 25.5, 7, 1.0), id="no battery"),
        pytest.param(
            "20000bb8" + "8000" + TLM[12:], EddystoneTlm(3000, None, 7, 1.0), id="no thermometer"
        ),
        pytest.param(
            "20000bb8" + "ff80" + TLM[12:], EddystoneTlm(3000, -0.5, 7, 1.0), id="below zero"
        ),
        pytest.param(
            "2000" + "ff" * 12,
            EddystoneTlm(65535, -1 / 256, 2**32 - 1, 429496729.5),
            id="every bit set",
        ),
    ],
)
def test_how_a_tag_is(data: str, telemetry: EddystoneTlm) -> None:
    assert EddystoneTlm.decode(bytes.fromhex(data)) == telemetry


def test_encrypted_telemetry_is_kept_as_it_is() -> None:
    frame = EddystoneEncryptedTlm.decode(bytes.fromhex(ETLM))

    assert frame is not None
    assert frame.fields()["encrypted"] == "00112233445566778899aabb"
    assert frame.fields()["salt"] == "c0de"
    assert frame.fields()["mic"] == "beef"
    assert frame.fields()["battery_mv"] is None
