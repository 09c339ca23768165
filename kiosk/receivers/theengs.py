"""OpenMQTTGateway on an ESP32 and Theengs Gateway on a computer, which speak alike.

Source: docs.openmqttgateway.com, "BT gateway", and github.com/theengs/decoder, which both use:
iBeacons come in parts; with `pubadvdata` (OpenMQTTGateway) or `publish_advdata` (Theengs) all other
data comes as hex, which Eddystone tags need. Topic `{base}/BTtoMQTT/{address}`, where the base is
`home/OpenMQTTGateway` or `home/TheengsGateway` unless somebody named it.
"""

from __future__ import annotations

import re

from msgspec import Struct

from kiosk.receivers import translation
from kiosk.receivers.translation import IBEACON, NOTHING, Said

_SERVICE = re.compile("(?:0x)?([0-9a-f]{4})")
_COMPANY_BYTES = 2  # the data begins with the company, lower byte first


class _Message(Struct):
    id: str = ""
    mac: str = ""  # where the beacon's UUID is the id
    rssi: float | None = None  # a message may also tell that somebody is absent
    model_id: str = ""
    uuid: str = ""
    major: int | None = None
    minor: int | None = None
    manufacturerdata: str = ""
    servicedata: str = ""
    servicedatauuid: str = ""


def topic(base: str) -> str:
    """Where the gateway tells of every device."""
    return f"{base}/BTtoMQTT/+"


def read(payload: bytes) -> Said:
    """What one message says; ContractError if it is not of this family."""
    message = translation.decode(_Message, payload)
    if message.rssi is None:
        return NOTHING
    address = translation.private(message.mac or message.id)
    return translation.advertisement(
        _manufacturer_data(message), _service_data(message), message.rssi, address
    )


def _manufacturer_data(message: _Message) -> dict[int, bytes]:
    data = translation.octets("manufacturerdata", message.manufacturerdata)
    if len(data) > _COMPANY_BYTES:
        return {int.from_bytes(data[:_COMPANY_BYTES], "little"): data[_COMPANY_BYTES:]}
    if message.model_id == "IBEACON" and message.major is not None and message.minor is not None:
        return translation.beacon(IBEACON, message.uuid, message.major, message.minor)
    return {}


def _service_data(message: _Message) -> dict[int, bytes]:
    service = _SERVICE.fullmatch(message.servicedatauuid.lower())
    data = translation.octets("servicedata", message.servicedata)
    return {int(service.group(1), 16): data} if service and data else {}
