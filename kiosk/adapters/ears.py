"""What reaches a kiosk's own radio, by BlueZ or by the kernel itself, becomes `Heard`, once.

No address leaves here but a resolvable private one, which is the only name some phones have.
"""

from __future__ import annotations

from collections.abc import Collection

from contract.identities import is_resolvable
from kiosk.core.advertisement import decode, from_ad_structures
from kiosk.core.freshness import Freshness, Told
from kiosk.core.inputs import Advertisement, Heard
from kiosk.core.mgmt import Found
from kiosk.core.private_addresses import resolvable
from kiosk.core.radio_watch import RadioWatch
from kiosk.ports import Put
from runtime.clock import Clock

ABSENT_DBM = -127  # BlueZ's word for "no reading"
DIRECT_FOR_S = 3.0  # while the kernel's own channel was heard so lately, BlueZ only repeats it


class Ears:
    """One radio's, in the thread that listens."""

    def __init__(
        self, put: Put, clock: Clock, watch: RadioWatch, reference: Collection[str] = ()
    ) -> None:
        """`reference`: identities that are always there, and prove that the radio hears."""
        self._put = put
        self._clock = clock
        self._watch = watch
        self._reference = frozenset(reference)
        self._fresh = Freshness()
        self._direct_s = float("-inf")  # when the kernel's own channel was last heard

    def tell(self, address: str, told: Told, *, is_random: bool) -> None:
        """BlueZ told something of a device, of which perhaps nothing is new."""
        parts = self._fresh.sift(address, told)
        now_s = self._clock.monotonic_s()
        if parts is None or told.rssi_dbm == ABSENT_DBM or now_s - self._direct_s < DIRECT_FOR_S:
            return
        private = resolvable(address) if is_random else None
        self._pass_on(
            Advertisement(parts.manufacturer_data, parts.service_data, told.rssi_dbm, private),
            now_s,
        )

    def find(self, found: Found) -> None:
        """The kernel told what was in the air, whatever BlueZ makes of it."""
        self._direct_s = now_s = self._clock.monotonic_s()
        if found.rssi_dbm is None:
            return
        heard = from_ad_structures(found.data, found.rssi_dbm)
        parts = ({}, {}) if heard is None else (heard.manufacturer_data, heard.service_data)
        is_private = found.is_random and is_resolvable(found.address)
        private = found.address if is_private else None
        self._pass_on(Advertisement(*parts, found.rssi_dbm, private), now_s)

    def _pass_on(self, heard: Advertisement, now_s: float) -> None:
        self._watch.hear(now_s)
        if self._reference and any(beacon.identity in self._reference for beacon in decode(heard)):
            self._watch.hear_reference(now_s)
        if heard.manufacturer_data or heard.service_data or heard.address is not None:
            self._put(Heard(heard, now_s))
