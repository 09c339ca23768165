import pytest

from kiosk.core.formats.ibeacon import APPLE, IBeacon

DATA = "0215426c7565436861726d426561636f6e730efe1355c5"


@pytest.mark.parametrize(
    ("company", "data", "is_ibeacon"),
    [
        pytest.param(APPLE, DATA, True, id="exact"),
        pytest.param(APPLE, DATA + "64", True, id="with a battery byte behind it"),
        pytest.param(APPLE, DATA[:-2], False, id="one byte short"),
        pytest.param(APPLE, "0216" + DATA[4:], False, id="claims another length"),
        pytest.param(APPLE, "1015" + DATA[4:], False, id="another Apple message"),
        pytest.param(0x0118, DATA, False, id="not Apple's"),
        pytest.param(APPLE, "", False, id="empty"),
    ],
)
def test_what_is_an_ibeacon(company: int, data: str, is_ibeacon: bool) -> None:
    assert (IBeacon.decode(company, bytes.fromhex(data)) is not None) is is_ibeacon


def test_an_ibeacon_names_its_tag() -> None:
    beacon = IBeacon.decode(APPLE, bytes.fromhex(DATA))

    assert beacon == IBeacon(b"BlueCharmBeacons", major=3838, minor=4949, tx_power_dbm=-59)
    assert beacon.identity == "ibeacon:426c7565-4368-6172-6d42-6561636f6e73:3838:4949"
