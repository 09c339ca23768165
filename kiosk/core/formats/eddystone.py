"""Google's Eddystone: static and rotating identities, a web address, and how the tag is.

Source of all layouts: github.com/google/eddystone, the page named at each class. Numbers are
big-endian. The power is stated at 0 m, which is 41 dB louder than at 1 m (same pages).
"""

from __future__ import annotations

from struct import Struct
from typing import ClassVar, Self

from kiosk.core.formats.fields import Beacon, Fields, Frame

EDDYSTONE = 0xFEAA  # 16-bit service UUID of Google LLC, Bluetooth SIG Assigned Numbers

_UID_LAYOUT = Struct(">xb10s6s")  # frame type, power, namespace, instance
_EID_LAYOUT = Struct(">xb8s")  # frame type, power, ephemeral identity
_TLM_LAYOUT = Struct(">xxHhII")  # frame type, version, battery, temperature, two counters
_URL_START = Struct(">xbB")  # frame type, power, scheme; the rest of the frame is the address
_ENCRYPTED = slice(2, 14)
_SALT = slice(14, 16)
_MIC = slice(16, 18)

_PLAIN, _CIPHERED = 0x00, 0x01  # versions of the telemetry frame
_NO_BATTERY = 0  # says a tag that has a mains plug
_NO_TEMPERATURE = -0x8000  # -128 °C, says a tag that has no thermometer

_SCHEMES = ("http://www.", "https://www.", "http://", "https://")
_ENDINGS = (".com", ".org", ".edu", ".net", ".info", ".biz", ".gov")
_TEXTS = {code: f"{ending}/" for code, ending in enumerate(_ENDINGS)}
_TEXTS |= dict(enumerate(_ENDINGS, start=len(_ENDINGS)))
_TEXTS |= {code: chr(code) for code in range(0x21, 0x7F)}  # all other codes are reserved


class EddystoneUid(Frame, frozen=True, gc=False):
    """The static identity: a namespace (10 bytes) and an instance (6 bytes) in it.

    Source: eddystone-uid/README.md, "Frame Specification".
    """

    format: ClassVar[str] = "eddystone-uid"

    namespace: bytes
    instance: bytes
    tx_power_dbm: int  # at 0 m

    @classmethod
    def decode(cls, data: bytes) -> Self | None:
        """Read a UID frame; None if it is too short.

        The two reserved bytes at its end are missing in older tags and mean nothing.
        """
        if len(data) < _UID_LAYOUT.size:
            return None
        tx_power_dbm, namespace, instance = _UID_LAYOUT.unpack_from(data)
        return cls(namespace, instance, tx_power_dbm)

    @property
    def identity(self) -> str:
        """`eddystone-uid:{namespace}:{instance}`, both in hex."""
        return f"eddystone-uid:{self.namespace.hex()}:{self.instance.hex()}"

    def fields(self) -> Fields:
        """What it says, as `hien beacon decode` prints it."""
        return {
            "namespace": self.namespace.hex(),
            "instance": self.instance.hex(),
            "tx_power_dbm": self.tx_power_dbm,
        }


class EddystoneEid(Frame, frozen=True, gc=False):
    """The rotating identity, which only the holder of a key can tell from noise.

    Source: eddystone-eid/README.md, "Frame Specification".
    """

    format: ClassVar[str] = "eddystone-eid"

    eid: bytes  # 8
    tx_power_dbm: int  # at 0 m

    @classmethod
    def decode(cls, data: bytes) -> Self | None:
        """Read an EID frame; None if it is too short."""
        if len(data) < _EID_LAYOUT.size:
            return None
        tx_power_dbm, eid = _EID_LAYOUT.unpack_from(data)
        return cls(eid, tx_power_dbm)

    @property
    def identity(self) -> None:
        """None: who it is, is for `kiosk.core.resolving` to say, and only for a while."""

    def fields(self) -> Fields:
        """What it says, as `hien beacon decode` prints it."""
        return {"eid": self.eid.hex(), "tx_power_dbm": self.tx_power_dbm}


class EddystoneUrl(Frame, frozen=True, gc=False):
    """A web address, packed.

    Source: eddystone-url/README.md, "Frame Specification" and the two tables after it.
    """

    format: ClassVar[str] = "eddystone-url"

    url: str
    tx_power_dbm: int  # at 0 m

    @classmethod
    def decode(cls, data: bytes) -> Self | None:
        """Read a URL frame; None if it is too short or uses a code that means nothing."""
        if len(data) < _URL_START.size:
            return None
        tx_power_dbm, scheme = _URL_START.unpack_from(data)
        packed = data[_URL_START.size :]
        if scheme >= len(_SCHEMES) or not all(code in _TEXTS for code in packed):
            return None
        url = _SCHEMES[scheme] + "".join(_TEXTS[code] for code in packed)
        return cls(url, tx_power_dbm)

    @property
    def identity(self) -> None:
        """None: an address is for everybody."""

    def fields(self) -> Fields:
        """What it says, as `hien beacon decode` prints it."""
        return {"url": self.url, "tx_power_dbm": self.tx_power_dbm}


class EddystoneTlm(Frame, frozen=True, gc=False):
    """How the tag is.

    Source: eddystone-tlm/tlm-plain.md, "Field Notes".
    """

    format: ClassVar[str] = "eddystone-tlm"

    battery_mv: int | None
    temperature_c: float | None
    adv_count: int  # advertisements since it was switched on
    uptime_s: float  # since it was switched on, in tenths

    @classmethod
    def decode(cls, data: bytes) -> Self | None:
        """Read a plain telemetry frame; None if it is too short."""
        if len(data) < _TLM_LAYOUT.size:
            return None
        battery_mv, temperature, adv_count, tenths = _TLM_LAYOUT.unpack_from(data)
        return cls(
            None if battery_mv == _NO_BATTERY else battery_mv,
            None if temperature == _NO_TEMPERATURE else temperature / 256,
            adv_count,
            tenths / 10,
        )

    @property
    def identity(self) -> None:
        """None: the frame speaks for the tag that sent it, without naming it."""

    def fields(self) -> Fields:
        """What it says, as `hien beacon decode` prints it."""
        return {
            "battery_mv": self.battery_mv,
            "temperature_c": self.temperature_c,
            "adv_count": self.adv_count,
            "uptime_s": self.uptime_s,
        }


class EddystoneEncryptedTlm(Frame, frozen=True, gc=False):
    """How a tag with a rotating identity is, for the holder of its key, which a kiosk is not.

    Source: eddystone-tlm/tlm-encrypted.md.
    """

    format: ClassVar[str] = "eddystone-tlm"

    encrypted: bytes  # 12, what EddystoneTlm says in the open
    salt: bytes  # 2; empty in tags that state the length of the plain frame
    mic: bytes  # 2, likewise

    @classmethod
    def decode(cls, data: bytes) -> Self | None:
        """Read an encrypted telemetry frame; None if it is too short."""
        if len(data) < _ENCRYPTED.stop:
            return None
        return cls(data[_ENCRYPTED], data[_SALT], data[_MIC])

    @property
    def identity(self) -> None:
        """None: the frame speaks for the tag that sent it, without naming it."""

    def fields(self) -> Fields:
        """What it says, as `hien beacon decode` prints it."""
        return {
            "battery_mv": None,
            "temperature_c": None,
            "adv_count": None,
            "uptime_s": None,
            "encrypted": self.encrypted.hex(),
            "salt": self.salt.hex(),
            "mic": self.mic.hex(),
        }


def _telemetry(data: bytes) -> Beacon | None:
    version = data[1] if len(data) > 1 else None
    if version == _PLAIN:
        return EddystoneTlm.decode(data)
    return EddystoneEncryptedTlm.decode(data) if version == _CIPHERED else None


# By the first byte (protocol-specification.md, "Common Elements"); its lower half is reserved.
_FRAMES = {
    0x00: EddystoneUid.decode,
    0x10: EddystoneUrl.decode,
    0x20: _telemetry,
    0x30: EddystoneEid.decode,
}


def decode(data: bytes) -> Beacon | None:
    """Read Eddystone service data; None if it is no frame of this family."""
    reader = _FRAMES.get(data[0]) if data else None
    return None if reader is None else reader(data)
