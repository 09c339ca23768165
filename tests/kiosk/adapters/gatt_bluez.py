"""The fake BlueZ with one device that can be connected to: bleak and the bus are real.

After BlueZ's doc/device-api and doc/gatt-api: Connected, then services, then ServicesResolved.
"""

from __future__ import annotations

import asyncio
from typing import Any

from dbus_fast import Message, Variant

from tests.firmware_config.virtual_beacon import AttError, VirtualBeacon
from tests.kiosk.adapters.fake_bluez import DEVICE1, OBJECTS, PROPERTIES, FakeBluez, Object

SERVICE1, CHARACTERISTIC1 = "org.bluez.GattService1", "org.bluez.GattCharacteristic1"
STRANGER = "C6:00:00:00:00:FF"  # is heard as well, and offers nothing
NUMBERS = range(0x01, 0x0D)
REFUSALS = {
    0x02: "org.bluez.Error.NotPermitted",
    0x03: "org.bluez.Error.NotPermitted",
    0x0D: "org.bluez.Error.InvalidValueLength",
}


def uuid(number: int) -> str:
    """As in the specification; our writer has its own."""
    return f"a3c875{number:02x}-8ed3-4bdf-8a39-a01bebede295"


class GattBluez(FakeBluez):
    """BlueZ beside a virtual beacon, which it hears as soon as anybody scans."""

    def __init__(self, beacon: VirtualBeacon, address: str, hangs_up_after: int = 10_000) -> None:
        super().__init__()
        self.beacon, self.address = beacon, address
        self.device = f"/org/bluez/hci0/dev_{address.replace(':', '_')}"
        self.left = hangs_up_after  # values that are read or written before it is gone
        self._tasks: set[Any] = set()

    def stop(self) -> None:
        self._run(self._be_still())
        super().stop()

    async def _be_still(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _answer(self, message: Message) -> Message | bool | None:
        path, member = message.path or "", message.member
        if member == "StartDiscovery" and path == "/org/bluez/hci0":
            self._loop.call_soon(lambda: self._soon(self._heard()))
        if path == self.device and member in ("Connect", "Disconnect"):
            self.calls.append(member)
            self._soon(self._link(message, is_up=member == "Connect"))
            return True
        if path.startswith(f"{self.device}/") and member in ("ReadValue", "WriteValue"):
            return self._value(message, int(path[-2:], 16))
        return super()._answer(message)

    def _soon(self, doing: Any) -> None:
        task = self._loop.create_task(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _heard(self) -> None:
        props = {
            "RSSI": Variant("n", -48),
            "UUIDs": Variant("as", [uuid(0)]),
            "AddressType": Variant("s", "random"),
            "Connected": Variant("b", False),
            "ServicesResolved": Variant("b", False),
        }
        await self._signal("hci0", self.address, props)
        while self.adapters["hci0"].filters is not None:  # it advertises until nobody scans
            for address in (self.address, STRANGER):
                await self._signal("hci0", address, {"RSSI": Variant("n", -48)})
            await asyncio.sleep(0.02)

    async def _link(self, asked: Message, *, is_up: bool) -> None:
        if is_up:
            await self._say(Connected=True)
            for path, interfaces in self._services().items():
                body: list[object] = [path, interfaces]
                await self._bus.send(
                    Message.new_signal("/", OBJECTS, "InterfacesAdded", "oa{sa{sv}}", body)
                )
            await self._say(ServicesResolved=True)
        else:
            await self._gone()
        await self._bus.send(Message.new_method_return(asked))

    async def _gone(self) -> None:
        await self._say(ServicesResolved=False, Connected=False)

    async def _say(self, **props: bool) -> None:
        changed = {name: Variant("b", value) for name, value in props.items()}
        self.adapters["hci0"].devices[self.device][DEVICE1].update(changed)
        body: list[object] = [DEVICE1, changed, []]
        signal = Message.new_signal(self.device, PROPERTIES, "PropertiesChanged", "sa{sv}as", body)
        await self._bus.send(signal)

    def _services(self) -> dict[str, Object]:
        service = f"{self.device}/service00{0x10:02x}"
        found: dict[str, Object] = {
            service: {
                SERVICE1: {
                    "UUID": Variant("s", uuid(0)),
                    "Device": Variant("o", self.device),
                    "Primary": Variant("b", True),
                }
            }
        }
        for number in NUMBERS:
            found[f"{service}/char00{number:02x}"] = {
                CHARACTERISTIC1: {
                    "UUID": Variant("s", uuid(number)),
                    "Service": Variant("o", service),
                    "Flags": Variant("as", ["read", "write"]),
                    "MTU": Variant("q", 64),
                }
            }
        return found

    def _value(self, message: Message, number: int) -> Message | bool:
        self.left -= 1
        if self.left < 0:
            self._soon(self._gone())
            return Message.new_error(message, "org.bluez.Error.Failed", "Not connected")
        try:
            if message.member == "ReadValue":
                value = self.beacon.read(number)
                return Message.new_method_return(message, "ay", [value])
            self.beacon.write(number, bytes(message.body[0]))
        except AttError as error:
            return Message.new_error(message, REFUSALS[error.code], str(error))
        return Message.new_method_return(message)
