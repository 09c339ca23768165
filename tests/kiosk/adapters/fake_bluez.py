"""A bluetoothd of our own on a private bus: bleak and the bus are real, only radio is not."""

from __future__ import annotations

import asyncio
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

ADAPTER = "/org/bluez/hci0"
OBJECTS = "org.freedesktop.DBus.ObjectManager"
PROPERTIES = "org.freedesktop.DBus.Properties"

Object = dict[str, dict[str, Variant]]


@contextmanager
def system_bus(folder: Path) -> Iterator[str]:
    """A message bus for one test; yields its address, for DBUS_SYSTEM_BUS_ADDRESS."""
    address = f"unix:path={folder / 'bus'}"
    with subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", f"--address={address}", "--print-address"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # in a container it regrets that it may not open more files
    ) as daemon:
        assert daemon.stdout is not None
        daemon.stdout.readline()
        yield address
        daemon.terminate()


class FakeBluez:
    """One adapter, hci0, that hears what a test says; `calls` is what it was asked, in order."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.filters: dict[str, object] = {}
        self._devices: dict[str, Object] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fake bluez")

    def start(self) -> None:
        self._thread.start()
        self._run(self._own_the_name())

    def stop(self) -> None:
        self._run(self._hang_up())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def hear(self, address: str, **props: Variant) -> None:
        """An advertisement in Device1's words; what it does not say stays as it was."""
        self._run(self._signal(address, props))

    async def _own_the_name(self) -> None:
        self._bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
        self._bus.add_message_handler(self._answer)
        await self._bus.request_name("org.bluez")

    async def _hang_up(self) -> None:
        self._bus.disconnect()
        await self._bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # it has no hints

    async def _signal(self, address: str, props: dict[str, Variant]) -> None:
        path = f"{ADAPTER}/dev_{address.replace(':', '_')}"
        if path in self._devices:
            body: list[object] = ["org.bluez.Device1", props, []]
            signal = Message.new_signal(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", body)
        else:
            who = {name: Variant("s", address) for name in ("Address", "Alias")}
            known = {**who, "Adapter": Variant("o", ADAPTER), **props}
            self._devices[path] = {"org.bluez.Device1": known}
            body = [path, self._devices[path]]
            signal = Message.new_signal("/", OBJECTS, "InterfacesAdded", "oa{sa{sv}}", body)
        await self._bus.send(signal)

    def _answer(self, message: Message) -> Message | None:
        if message.message_type is not MessageType.METHOD_CALL or message.member is None:
            return None
        self.calls.append(message.member)
        match message.member:
            case "GetManagedObjects":
                adapter = {"Address": Variant("s", "00:00:00:00:00:01"), "Roles": Variant("as", [])}
                objects = {ADAPTER: {"org.bluez.Adapter1": adapter}, **self._devices}
                return Message.new_method_return(message, "a{oa{sa{sv}}}", [objects])
            case "SetDiscoveryFilter":
                self.filters = {name: value.value for name, value in message.body[0].items()}
        return Message.new_method_return(message)

    def _run(self, doing: Any) -> None:
        asyncio.run_coroutine_threadsafe(doing, self._loop).result(timeout=15)
