import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.errors import ContractError
from kiosk.core.advertisement import decode
from kiosk.core.inputs import Advertisement
from kiosk.receivers.radio import KINDS
from kiosk.receivers.translation import MAX_PAYLOAD_BYTES

GOLDEN = Path(__file__).parent / "golden" / "messages.json"
CASES = json.loads(GOLDEN.read_text(encoding="utf-8"))["cases"]
SOME = {kind: next(case["payload"] for case in CASES if case["kind"] == kind) for kind in KINDS}

everybody = pytest.mark.parametrize("kind", KINDS)


def named(case: dict[str, Any]) -> str:
    return str(case["name"])


def written(heard: Advertisement) -> dict[str, object]:
    """As the golden file writes it: what is empty is left out."""
    told: dict[str, object] = {
        "manufacturer_data": {f"{key:04x}": data.hex() for key, data in _items(heard, 0)},
        "service_data": {f"{key:04x}": data.hex() for key, data in _items(heard, 1)},
        "rssi_dbm": heard.rssi_dbm,
        "address": "" if heard.address is None else heard.address.hex(),
    }
    return {key: value for key, value in told.items() if value}


def _items(heard: Advertisement, part: int) -> list[tuple[int, bytes]]:
    return list((heard.manufacturer_data, heard.service_data)[part].items())


@pytest.mark.parametrize("case", CASES, ids=named)
def test_messages_become_what_a_radio_would_have_heard(case: dict[str, Any]) -> None:
    said = KINDS[case["kind"]].read(case["payload"].encode())

    assert [written(heard) for heard in said.heard] == case["heard"]
    assert said.unread == case.get("unread", 0)


BLUE_CHARM = "ibeacon:426c7565-4368-6172-6d42-6561636f6e73:3838:4949"
COUNTING = "eddystone-uid:00010203040506070809:0a0b0c0d0e0f"
IDENTITIES = {
    "espresense: a BlueCharm iBeacon, captured": BLUE_CHARM,
    "espresense: an Eddystone, whose fifth byte is printed twice": COUNTING,
    "espresense: an AltBeacon": "altbeacon:1d4b2e16-481e-4579-8b35-ffc32e4a1758:100:65535",
    "openmqttgateway: an iBeacon in parts": BLUE_CHARM,
    "theengs: an Eddystone with its data, from a changing address": COUNTING,
    "minew: iBeacons in parts, captured": "ibeacon:e2c56db5-dffb-48d2-b060-d0f5a71096e0:0:0",
}


@pytest.mark.parametrize("name", IDENTITIES)
def test_a_tag_has_the_identity_it_is_registered_under(name: str) -> None:
    case = next(case for case in CASES if case["name"] == name)
    first = KINDS[case["kind"]].read(case["payload"].encode()).heard[0]

    assert [beacon.identity for beacon in decode(first)] == [IDENTITIES[name]]


def test_a_button_and_a_battery_are_told_as_the_tag_tells_them() -> None:
    (pressed,) = KINDS["shelly"].read(SOME["shelly"].encode()).heard

    (told,) = decode(pressed)
    assert told.fields() == {"battery_percent": 100, "buttons": ("press",), "is_encrypted": False}


REFUSED = [
    pytest.param("espresense", b"\xff", id="no text"),
    pytest.param("espresense", b"[]", id="not the message"),
    pytest.param("espresense", b'{"id":"x"}', id="no signal"),
    pytest.param("espresense", b'{"id":"x","rssi":-128}', id="fainter than any radio hears"),
    pytest.param("espresense", b'{"id":"x","rssi":-127}', id="no reading"),
    pytest.param("espresense", b'{"id":"x","rssi":21}', id="louder than any radio hears"),
    pytest.param("espresense", b'{"id":"x","rssi":1e999}', id="beyond all numbers"),
    pytest.param(
        "espresense",
        b'{"id":"iBeacon:426c7565-4368-6172-6d42-6561636f6e73-65536-1","rssi":-60}',
        id="a major of 17 bits",
    ),
    pytest.param("theengs", b'{"rssi":-60,"manufacturerdata":"4c0"}', id="half a byte"),
    pytest.param("theengs", b'{"rssi":"-60"}', id="a number in quotes"),
    pytest.param(
        "theengs", b'{"rssi":-60,"model_id":"IBEACON","uuid":"x","major":1,"minor":1}', id="no UUID"
    ),
    pytest.param("shelly", b'{"method":"NotifyEvent"}', id="an event without one"),
    pytest.param(
        "shelly",
        b'{"method":"NotifyEvent","params":{"events":[{"event":"shelly-blu","data":{}}]}}',
        id="a tag without a signal",
    ),
    pytest.param("minew", b'{"type":"Gateway"}', id="no list"),
]


@pytest.mark.parametrize(("kind", "payload"), REFUSED)
def test_what_is_not_theirs_is_refused_with_a_reason(kind: str, payload: bytes) -> None:
    with pytest.raises(ContractError, match=r"^(payload|rssi|id|manufacturerdata): "):
        KINDS[kind].read(payload)


@everybody
def test_a_message_that_is_too_long_is_not_looked_at(kind: str) -> None:
    padded = SOME[kind].encode().ljust(MAX_PAYLOAD_BYTES)
    KINDS[kind].read(padded)

    with pytest.raises(ContractError, match="longer than 65536 bytes"):
        KINDS[kind].read(padded + b" ")


@everybody
def test_deep_nesting_is_refused(kind: str) -> None:
    with pytest.raises(ContractError):
        KINDS[kind].read(b'{"method":' + b"[" * 30_000)


@everybody
@given(st.data())
def test_any_bytes_are_read_or_refused(kind: str, data: st.DataObject) -> None:
    """Mostly true messages with one wound, because noise ends at the first bracket."""
    true = SOME[kind].encode()
    at = data.draw(st.integers(0, len(true)))
    size = data.draw(st.integers(0, 8))
    payload = true[:at] + data.draw(st.binary(max_size=8)) + true[at + size :]
    try:
        said = KINDS[kind].read(payload)
    except ContractError:
        return
    for heard in said.heard:
        decode(heard)
        assert -127 < heard.rssi_dbm <= 20
        assert heard.address is None or heard.address[0] >> 6 == 1
