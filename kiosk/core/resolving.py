"""Whose an advertisement is, whatever identity it carries. Strangers are forgotten on the spot."""

from __future__ import annotations

from kiosk.core.advertisement import from_manufacturer, from_service
from kiosk.core.eids import EidTable
from kiosk.core.formats.eddystone import EddystoneEid
from kiosk.core.formats.fields import Beacon
from kiosk.core.inputs import Advertisement
from kiosk.core.private_addresses import KeyRing, PrivateAddresses
from kiosk.core.recognition import Recognition

MET = 1_024  # known tags whose bytes need no decoding again; strangers' are never kept
PHONES_EVERY_S = 1.0  # 64 addresses on 10,000 keys: 5 ms on a PC; a guess for a Pi 4 is 150 ms


class Resolver:
    """What this kiosk knows of tags, ready to look up. One thread owns it."""

    def __init__(self, ring: KeyRing | None = None) -> None:
        self._known = Recognition()
        self._eids = EidTable()
        self._addresses = PrivateAddresses(ring)
        self._met: dict[tuple[int, bytes], str] = {}  # bytes that were decoded before, and whose
        self._ahead_s: dict[str, int] = {}  # by tag with a rotating identity
        self._phones_s = float("-inf")  # when addresses were last tried
        self._epoch_s = 0.0  # Unix time when the monotonic clock said 0; read at every tick

    def know(self, known: Recognition) -> None:
        """Go by this from now on."""
        self._known = known
        self._eids.know(known.eids)
        self._addresses.know(known.irks)
        self._ahead_s.clear()
        self._met.clear()

    def tick(self, now_s: float, unix_s: float) -> None:
        """Prepare for what may be heard next; takes milliseconds, whatever was heard."""
        self._epoch_s = unix_s - now_s
        self._eids.refresh(unix_s)
        if now_s - self._phones_s >= PHONES_EVERY_S:
            self._phones_s = now_s
            self._addresses.resolve(now_s)

    def tags(self, heard: Advertisement, at_s: float) -> list[str]:
        """The tags an advertisement comes from: seldom more than one, mostly none."""
        found: list[str] = []
        for part in heard.manufacturer_data.items():
            tag = self._met.get(part) or self._static(part, from_manufacturer(*part))
            if tag is not None:
                found.append(tag)
        for part in heard.service_data.items():
            tag = self._met.get(part)
            if tag is None:
                beacon = from_service(*part)
                if isinstance(beacon, EddystoneEid):
                    tag = self._rotating(beacon, at_s)
                else:
                    tag = self._static(part, beacon)
            if tag is not None and tag not in found:
                found.append(tag)
        if heard.address is not None:
            tag = self._addresses.find(heard.address, heard.rssi_dbm, at_s)
            if tag is not None and self._known.recognises(tag) and tag not in found:
                found.append(tag)
        return found

    def ahead_s(self, tag: str) -> int | None:
        """How far a tag's clock was ahead of the gateway's reckoning; None if it shows no clock."""
        return self._ahead_s.get(tag)

    def _static(self, part: tuple[int, bytes], beacon: Beacon | None) -> str | None:
        tag = None if beacon is None else self._known.tag(beacon.identity)
        if tag is not None:
            if len(self._met) >= MET:
                self._met.clear()
            self._met[part] = tag
        return tag

    def _rotating(self, beacon: EddystoneEid, at_s: float) -> str | None:
        found = self._eids.find(beacon.eid, self._epoch_s + at_s)
        if found is None or not self._known.recognises(found[0]):
            return None
        tag, self._ahead_s[tag] = found
        return tag
