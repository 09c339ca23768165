"""Minew G1 and its successors, in their JSON format: a second's hearing in one message.

Source: messages of gateways in public repositories (tests/kiosk/receivers/golden); Minew calls the
formats JSON-LONG and JSON-RAW. Topic `/gw/{mac}/status` unless the gateway is told another. A row
is an iBeacon in parts, or has the advertisement in `rawData`; others are sensors, and the gateway
itself. A row that makes no sense costs only itself.
"""

from __future__ import annotations

from msgspec import Raw, Struct

from contract.errors import ContractError
from kiosk.core.advertisement import from_ad_structures
from kiosk.core.inputs import Advertisement
from kiosk.receivers import translation
from kiosk.receivers.translation import IBEACON, Said


class _Row(Struct):
    type: str = ""
    mac: str = ""
    rssi: float | None = None
    rawData: str = ""  # noqa: N815 - the maker's name
    ibeaconUuid: str = ""  # noqa: N815
    ibeaconMajor: int | None = None  # noqa: N815
    ibeaconMinor: int | None = None  # noqa: N815


def topic(mac: str) -> str:
    """Where the gateway with that address, in twelve capital hex digits, tells all it hears."""
    return f"/gw/{mac}/status"


def read(payload: bytes) -> Said:
    """What one message says; ContractError if it is no list of rows."""
    heard: list[Advertisement] = []
    unread = 0
    for raw in translation.decode(list[Raw], payload):
        try:
            heard += _row(translation.decode(_Row, raw))
        except ContractError:
            unread += 1
    return Said(heard, unread)


def _row(row: _Row) -> list[Advertisement]:
    if row.rssi is None or row.type == "Gateway":
        return []
    address = translation.private(row.mac)
    if row.ibeaconMajor is not None and row.ibeaconMinor is not None:
        data = translation.beacon(IBEACON, row.ibeaconUuid, row.ibeaconMajor, row.ibeaconMinor)
        return translation.advertisement(data, {}, row.rssi, address).heard
    raw = translation.octets("rawData", row.rawData)
    split = from_ad_structures(raw, translation.level(row.rssi))
    if split is None:
        return translation.advertisement({}, {}, row.rssi, address).heard
    return [Advertisement(split.manufacturer_data, split.service_data, split.rssi_dbm, address)]
