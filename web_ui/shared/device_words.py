"""A kiosk's parts and how they are, in words, for its own screen and the console."""

from __future__ import annotations

from contract.events import Condition, Device
from web_ui.shared.i18n import later

DEVICES = {
    Device.RADIO: later("Bluetooth"),
    Device.CAMERA: later("Camera"),
    Device.OUTBOX: later("Memory"),
    Device.SCREEN: later("Screen"),
    Device.PINS: later("Light and sound"),
    Device.DOOR: later("Door"),
    Device.SCANNER: later("Code scanner"),
    Device.CASE: later("Case of the kiosk"),
    Device.CLOCK: later("Clock"),
}
CONDITIONS = {
    Condition.OK: later("works"),
    Condition.DEGRADED: later("works in part"),
    Condition.OUT: later("broken"),
}
