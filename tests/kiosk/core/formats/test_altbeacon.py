import pytest

from kiosk.core.formats.altbeacon import AltBeacon

RADIUS = 0x0118
DATA = "beac2f234454cf6d4a0fadf2f4911ba9ffa600010002c509"


@pytest.mark.parametrize(
    ("data", "is_altbeacon"),
    [
        pytest.param(DATA, True, id="exact"),
        pytest.param(DATA[:-2], True, id="without the manufacturer's byte"),
        pytest.param(DATA[:-4], False, id="without its power"),
        pytest.param("acbe" + DATA[4:], False, id="the code the wrong way round"),
        pytest.param("", False, id="empty"),
    ],
)
def test_what_is_an_altbeacon(data: str, is_altbeacon: bool) -> None:
    assert (AltBeacon.decode(RADIUS, bytes.fromhex(data)) is not None) is is_altbeacon


@pytest.mark.parametrize("company", [RADIUS, 0x004C, 0xFFFF])
def test_anybody_may_send_one(company: int) -> None:
    beacon = AltBeacon.decode(company, bytes.fromhex(DATA))

    assert beacon is not None
    assert beacon.manufacturer == company
    assert beacon.identity == "altbeacon:2f234454-cf6d-4a0f-adf2-f4911ba9ffa6:1:2"
