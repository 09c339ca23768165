import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.formats.bthome import BtHome


@pytest.mark.parametrize(
    ("data", "battery_percent", "buttons"),
    [
        pytest.param("40", None, (), id="nothing to say"),
        pytest.param("4000070161", 97, (), id="battery after the packet's number"),
        pytest.param("44" + "0009" + "0164" + "3a01", 100, ("press",), id="a button was pressed"),
        pytest.param("44" + "3a003a04", None, ("none", "long_press"), id="the second of two"),
        pytest.param("44" + "3afe", None, ("hold_press",), id="held, as Shelly says it"),
        pytest.param("44" + "3a80", None, ("hold_press",), id="held"),
        pytest.param("44" + "3a77", None, ("unknown",), id="a press to come"),
        pytest.param("40" + "0161" + "02c409" + "3a02", 97, ("double_press",), id="a thermometer"),
        pytest.param("40" + "04138a01" + "1a01" + "3a01", None, ("press",), id="a barometer"),
        pytest.param("40" + "0161" + "3b00" + "3a01", 97, (), id="an object that does not exist"),
        pytest.param("40" + "0161" + "02c4", 97, (), id="an object cut short"),
        pytest.param("40" + "01", None, (), id="an object without its value"),
        pytest.param("41" + "0161", None, (), id="encrypted"),
    ],
)
def test_battery_and_buttons(
    data: str, battery_percent: int | None, buttons: tuple[str, ...]
) -> None:
    tag = BtHome.decode(bytes.fromhex(data))

    assert tag is not None
    assert (tag.battery_percent, tag.buttons) == (battery_percent, buttons)
    assert tag.is_encrypted is (data[:2] == "41")


@pytest.mark.parametrize("data", ["", "20", "60", "00", "ff"])
def test_another_version_is_left_alone(data: str) -> None:
    assert BtHome.decode(bytes.fromhex(data)) is None


@given(st.binary(max_size=40))
def test_no_bytes_raise(data: bytes) -> None:
    BtHome.decode(data)
    BtHome.decode(b"\x40" + data)
