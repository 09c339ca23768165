"""A Bluetooth radio whose waves come from the stage: real advertisement bytes, simulated levels."""

from __future__ import annotations

from collections.abc import Mapping

from contract.events import Condition, Device
from kiosk.core.advertisement import from_ad_structures
from kiosk.core.inputs import DeviceChanged, Heard
from kiosk.ports import Put
from runtime.clock import Clock
from simulator.stage_link import StageLink
from simulator.wire import ToAdapter, Waves


class SimulatedRadio:
    """A Radio, driver `simulated`."""

    def __init__(self, options: Mapping[str, object], put: Put, clock: Clock) -> None:
        self._put = put
        self._clock = clock
        self._link = StageLink(options, "radio", self._hear)

    def start(self) -> None:
        """Join the stage; UnavailableError if there is none."""
        self._link.open()
        self._put(DeviceChanged(Device.RADIO, Condition.OK))

    def stop(self) -> None:
        """Hang up; safe to call twice."""
        self._link.close()

    def _hear(self, message: ToAdapter) -> bool:
        if isinstance(message, Waves):
            for wave in message.waves:
                heard = from_ad_structures(wave.payload, wave.rssi_dbm)
                if heard is not None:
                    self._put(Heard(heard, wave.at_s))
        return True
