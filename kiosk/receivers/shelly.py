"""Shelly devices and BLU gateways with the `shelly-blu` script: BTHome tags, batteries, buttons.

Source: shelly-api-docs.shelly.cloud, "Notifications" (topic `{shelly-id}/events/rpc`), and
github.com/ALLTERCO/shelly-script-examples, ble/ble-shelly-blu.shelly.js, which emits the event;
newer ones send the data as it was heard as well. A BLU tag without other data has no name but its
fixed address, which we do not keep: it tells its battery and presses, and is nobody.
"""

from __future__ import annotations

import re

from msgspec import Raw, Struct

from kiosk.receivers import translation
from kiosk.receivers.translation import NOTHING, Said

EVENT = "shelly-blu"

_BTHOME, _PLAIN_V2 = 0xFCD2, 0x40  # service, and the byte it begins with: version 2, in the open
_BATTERY, _BUTTON = 0x01, 0x3A  # bthome.io/format
_SHORT = re.compile("[0-9a-f]{4}")


class _AsHeard(Struct, frozen=True):
    service_data: dict[str, str] = {}
    manufacturer_data: dict[str, str] = {}


class _Data(Struct):
    rssi: float
    address: str = ""
    encryption: bool = False
    battery: int | None = None
    button: int | list[int] | None = None
    bthome: _AsHeard = _AsHeard()


class _Event(Struct):
    event: str = ""
    data: Raw = Raw(b"")


class _Params(Struct):
    events: list[_Event] = []


class _Message(Struct):
    method: str = ""
    params: Raw = Raw(b"")


def topic(shelly_id: str) -> str:
    """Where the device tells of events."""
    return f"{shelly_id}/events/rpc"


def read(payload: bytes) -> Said:
    """What one message says; ContractError if it is not Shelly's. Other events say nothing."""
    message = translation.decode(_Message, payload)
    if message.method != "NotifyEvent":
        return NOTHING
    heard = []
    for event in translation.decode(_Params, message.params).events:
        if event.event == EVENT:
            heard += _event(translation.decode(_Data, event.data)).heard
    return Said(heard)


def _event(data: _Data) -> Said:
    service_data = {
        int(uuid, 16): translation.octets("service_data", text)
        for uuid, text in data.bthome.service_data.items()
        if _SHORT.fullmatch(uuid)
    }
    manufacturer_data = {
        int(company, 16): translation.octets("manufacturer_data", text)
        for company, text in data.bthome.manufacturer_data.items()
        if _SHORT.fullmatch(company)
    }
    if not service_data and not data.encryption:
        service_data = {_BTHOME: _bthome(data)}
    address = translation.private(data.address)
    return translation.advertisement(manufacturer_data, service_data, data.rssi, address)


def _bthome(data: _Data) -> bytes:
    """What the tag must have sent, as far as we look at it."""
    presses = data.button if isinstance(data.button, list) else [data.button]
    objects = [(_BATTERY, data.battery), *((_BUTTON, press) for press in presses)]
    told = [bytes((kind, value & 0xFF)) for kind, value in objects if value is not None]
    return bytes((_PLAIN_V2,)) + b"".join(told)
