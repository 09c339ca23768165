"""What to set on one beacon or tag, for a maker's app, and as bytes for whoever looks closer.

Sources: Apple's Proximity Beacon Specification; github.com/google/eddystone, eddystone-uid,
eddystone-eid and configuration-service (characteristics 4, 5, 6 and 9).
"""

from __future__ import annotations

from struct import pack

from firmware_config.outputs.kiosk_file import HEADING
from firmware_config.plan import Advertiser
from firmware_config.toml_text import Table, written

APPLE_IBEACON = bytes.fromhex("1aff4c000215")  # length, manufacturer data, company, type, length
FLAGS = bytes.fromhex("020106")  # general discoverable, no BR/EDR
EDDYSTONE = bytes.fromhex("0303aafe")  # the complete list of services: one
UID, EID = 0x00, 0x30  # frame types
FIRST_METRE_DB = 41  # Eddystone states the power at 0 m


def sheet(one: Advertiser) -> str:
    """Everything but keys."""
    tables: dict[str, object] = {
        "id": one.id,
        "format": one.format,
        **_fields(one),
        "interval_ms": one.interval_ms,
        "tx_power_dbm": one.tx_power_dbm,
        "power_at_1m_dbm": one.power_at_1m_dbm,
    }
    if one.identity is not None:
        tables["identity"] = one.identity
        tables["advertisement"] = _advertisement(one).hex()
    if one.format != "ibeacon":  # which is no slot of that service
        tables["eddystone_configuration"] = _configuration(one)
    return written(tables, HEADING)


def keys(one: Advertiser, unlock: str, identity: str | None) -> str:
    """What to set besides and to tell nobody: the unlock code, and the key of one that changes."""
    tables: dict[str, object] = {"id": one.id, "unlock_code": unlock}
    if identity is not None:
        tables["identity_key"] = identity
        tables["tag_for_import"] = f"eddystone-eid:{one.exponent}:STARTED:{identity}"
    return written(tables, "Secret. STARTED is the Unix time when the beacon's counter said 0.")


def _fields(one: Advertiser) -> Table:
    names = ("uuid", "major", "minor", "namespace", "instance", "exponent")
    return {name: value for name in names if (value := getattr(one, name)) is not None}


def _advertisement(one: Advertiser) -> bytes:
    """The whole payload of one advertisement, as AD structures."""
    if one.format == "ibeacon":
        uuid = bytes.fromhex(str(one.uuid).replace("-", ""))
        numbers = pack(">HHb", one.major, one.minor, one.power_at_1m_dbm)
        return FLAGS + APPLE_IBEACON + uuid + numbers
    power = pack(">b", one.power_at_1m_dbm + FIRST_METRE_DB)
    frame = bytes([UID]) + power + uid(one) + bytes(2)  # two bytes are reserved
    return FLAGS + EDDYSTONE + bytes([len(frame) + 3, 0x16, 0xAA, 0xFE]) + frame


def _configuration(one: Advertiser) -> Table:
    """The configuration service's characteristics, in hex."""
    slot = bytes([UID]) + uid(one) if one.format == "eddystone-uid" else bytes([EID])
    return {
        "advertising_interval": pack(">H", one.interval_ms).hex(),
        "radio_tx_power": pack(">b", one.tx_power_dbm).hex(),
        "advertised_tx_power": pack(">b", one.power_at_1m_dbm + FIRST_METRE_DB).hex(),
        "slot_data": slot.hex(),
    }


def uid(one: Advertiser) -> bytes:
    """Namespace and instance, 16 bytes."""
    return bytes.fromhex(f"{one.namespace}{one.instance}")
