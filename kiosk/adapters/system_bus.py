"""Talks to BlueZ and systemd over the system's message bus; every call ends within a bound.

The only file that imports dbus-fast. Trouble is a DeviceError; nothing is retried here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from dbus_fast import AuthError, BusType, DBusError, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from runtime.errors import DeviceError

_PROPERTIES = "org.freedesktop.DBus.Properties"
_OBJECTS = "org.freedesktop.DBus.ObjectManager"

Properties = Mapping[str, tuple[str, Any]]
"""An object's properties by name: D-Bus signature and value; bytes for what is a variant in it."""


class SystemBus:
    """One connection. Use it inside the event loop that opened it."""

    def __init__(self, bus: MessageBus, within_s: float) -> None:
        self._bus = bus
        self._within_s = within_s

    async def call(
        self, service: str, path: str, method: str, signature: str = "", *body: object
    ) -> Any:
        """The first value of the answer, or None; `method` is `interface.member`."""
        interface, _, member = method.rpartition(".")
        message = Message(
            destination=service,
            path=path,
            interface=interface,
            member=member,
            signature=signature,
            body=list(body),
        )
        try:
            async with asyncio.timeout(self._within_s):
                answer = await self._bus.call(message)
        except TimeoutError as error:
            raise DeviceError(f"{service} did not answer {member}") from error
        except (OSError, EOFError, DBusError) as error:
            raise DeviceError(f"{service} could not be asked for {member}: {error}") from error
        if answer.message_type is MessageType.ERROR:
            words = " ".join(str(part) for part in answer.body)
            raise DeviceError(f"{service} refused {member}: {answer.error_name} {words}".strip())
        return answer.body[0] if answer.body else None

    async def set(self, where: tuple[str, str, str], name: str, signature: str, to: object) -> None:
        """Set a property of the object at (service, path, interface)."""
        service, path, interface = where
        value = Variant(signature, to)
        await self.call(service, path, f"{_PROPERTIES}.Set", "ssv", interface, name, value)

    async def get(self, where: tuple[str, str, str], name: str) -> Any:
        """A property of the object at (service, path, interface)."""
        service, path, interface = where
        value = await self.call(service, path, f"{_PROPERTIES}.Get", "ss", interface, name)
        return value.value

    async def objects(self, service: str) -> dict[str, dict[str, dict[str, Any]]]:
        """Everything a service has: properties by interface by path."""
        found = await self.call(service, "/", f"{_OBJECTS}.GetManagedObjects")
        return {
            path: {
                interface: {name: value.value for name, value in properties.items()}
                for interface, properties in interfaces.items()
            }
            for path, interfaces in found.items()
        }

    def serve(self, path: str, interface: str, properties: Properties) -> None:
        """Have an object of our own, for who was told its path; it can be read, and released."""
        told = {name: _variant(*value) for name, value in properties.items()}

        def answer(message: Message) -> Message | None:
            if message.message_type is not MessageType.METHOD_CALL or message.path != path:
                return None
            if message.interface == _PROPERTIES and message.member == "GetAll":
                return Message.new_method_return(message, "a{sv}", [told])
            if message.interface == interface:
                return Message.new_method_return(message)
            return None

        self._bus.add_message_handler(answer)


def _variant(signature: str, value: Any) -> Variant:
    if signature.endswith("v}"):
        value = {key: Variant("ay", data) for key, data in value.items()}
    return Variant(signature, value)


@asynccontextmanager
async def open_bus(within_s: float) -> AsyncIterator[SystemBus]:
    """A connection for a while; DeviceError if there is no bus."""
    bus = MessageBus(bus_type=BusType.SYSTEM)
    try:
        try:
            async with asyncio.timeout(within_s):
                await bus.connect()
        except (OSError, EOFError, TimeoutError, AuthError) as error:
            raise DeviceError(
                "the system bus does not answer; run: sudo systemctl start dbus"
            ) from error
        yield SystemBus(bus, within_s)
    finally:
        bus.disconnect()
