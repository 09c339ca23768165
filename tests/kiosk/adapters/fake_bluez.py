"""A bluetoothd of our own on a private bus: bleak and the bus are real, only radio is not.

What it does with an advertisement is read in BlueZ 5.66, src/adapter.c and src/device.c, and gives
the counts that were measured with the real one: without a filter for RSSI a change of less than
8 dB is not told, and without DuplicateData data is told only when it changes.
"""

from __future__ import annotations

import asyncio
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dbus_fast import BusType, Message, MessageType, Variant, unpack_variants
from dbus_fast.aio import MessageBus

ADAPTER = "/org/bluez/hci0"
OBJECTS = "org.freedesktop.DBus.ObjectManager"
PROPERTIES = "org.freedesktop.DBus.Properties"
MONITOR1 = "org.bluez.AdvertisementMonitor1"
MOST_PATTERNS = 16  # a monitor with more is released (src/adv_monitor.c)
LE_ADVERTISEMENT = "org.bluez.LEAdvertisement1"
ADAPTER1, DEVICE1 = "org.bluez.Adapter1", "org.bluez.Device1"

DAEMON = ("dbus-daemon", "--session", "--nofork", "--print-address")

RSSI_THRESHOLD_DB = 8  # src/adapter.c; 0 while anybody filters by RSSI

Object = dict[str, dict[str, Variant]]


class Bus:
    """A message bus for one test; `address` is for DBUS_SYSTEM_BUS_ADDRESS."""

    def __init__(self, folder: Path) -> None:
        self.address = f"unix:path={folder / 'bus'}"
        self._socket = folder / "bus"
        self._daemon: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._daemon = subprocess.Popen(
            [
                "dbus-daemon",
                "--session",
                "--nofork",
                f"--address={self.address}",
                "--print-address",
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # in a container it regrets that it may not open more files
        )
        assert self._daemon.stdout is not None
        self._daemon.stdout.readline()

    def kill(self) -> None:
        if self._daemon is not None:
            self._daemon.kill()
            with self._daemon:
                pass  # closes its pipe and waits
            self._daemon = None
            self._socket.unlink(missing_ok=True)


@contextmanager
def system_bus(folder: Path) -> Iterator[Bus]:
    """A message bus that runs, until the end or until it is killed."""
    bus = Bus(folder)
    bus.start()
    try:
        yield bus
    finally:
        bus.kill()


@dataclass
class Adapter:
    """One adapter and what it knows of the devices it has heard."""

    is_powered: bool = True
    is_deaf: bool = False
    filters: dict[str, Any] | None = None  # of the one session that scans
    devices: dict[str, Object] = field(default_factory=dict)
    # Of passive scans, by the path of the monitor: (offset, AD type, content).
    monitors: dict[str, list[tuple[int, int, bytes]]] = field(default_factory=dict)

    def hears(self, data: dict[str, Variant]) -> bool:
        """An active scan hears all, a passive one what fits one of its patterns."""
        if not self.is_powered or self.is_deaf:
            return False
        patterns = [one for several in self.monitors.values() for one in several]
        return self.filters is not None or any(
            structure.startswith(content, offset)
            for offset, ad_type, content in patterns
            for structure in _structures(data).get(ad_type, [])
        )


class FakeBluez:
    """BlueZ, and the systemd that restarts it. `calls` is what it was asked, in order.

    A method whose name is in `mute` is never answered; `fails` names those that end in an error.
    """

    def __init__(self, adapters: tuple[str, ...] = ("hci0",)) -> None:
        self.calls: list[str] = []
        self.filters: dict[str, object] = {}  # as they were last set
        self.mute: set[str] = set()
        self.fails: dict[str, str] = {}
        self.adapters = {name: Adapter() for name in adapters}
        self.advertised: dict[str, dict[str, Any]] = {}  # by the path of the LEAdvertisement1
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fake bluez")

    def start(self) -> None:
        self._thread.start()
        self._run(self._own_the_names())

    def stop(self) -> None:
        self._run(self._hang_up())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def restart(self) -> None:
        """As `systemctl restart bluetooth`: it forgets who scans, and what was heard."""
        self._run(self._hang_up())
        for adapter in self.adapters.values():
            adapter.filters, adapter.is_powered = None, True
            adapter.devices.clear()
        self.advertised.clear()
        self._run(self._own_the_names())

    def hear(self, address: str, **props: Variant) -> None:
        """An advertisement in Device1's words; what it does not say stays as it was."""
        self._run(self._signal("hci0", address, props))

    def air(
        self,
        address: str,
        rssi_dbm: int,
        manufacturer_data: Mapping[int, bytes] | None = None,
        service_data: Mapping[str, bytes] | None = None,
        adapter: str = "hci0",
    ) -> None:
        """An advertisement in the air: told as BlueZ would tell it, if it would."""
        data = {
            "ManufacturerData": Variant("a{qv}", _ays(manufacturer_data)),
            "ServiceData": Variant("a{sv}", _ays(service_data)),
        }
        if adapter not in self.adapters or not self.adapters[adapter].hears(data):
            return
        filters = self.adapters[adapter].filters
        if filters is None:
            filters = {"DuplicateData": False}  # nobody can ask a passive scan for more
        known = self.adapters[adapter].devices.get(_path(adapter, address), {}).get(DEVICE1, {})
        changed: dict[str, Variant] = {}
        for name, value in data.items():
            if not value.value:
                continue
            if filters.get("DuplicateData", True):
                changed[name] = value  # instead of all that was said before
            elif name not in known or not value.value.items() <= known[name].value.items():
                before = known[name].value if name in known else {}
                changed[name] = Variant(value.signature, {**before, **value.value})
        threshold_db = 0 if "RSSI" in filters else RSSI_THRESHOLD_DB
        was_dbm = known["RSSI"].value if "RSSI" in known else None
        if was_dbm is None or abs(rssi_dbm - was_dbm) >= max(1, threshold_db):
            changed["RSSI"] = Variant("n", rssi_dbm)
        if changed:
            kind = "random" if int(address[:2], 16) >> 6 in (0b01, 0b11) else "public"
            changed["AddressType"] = Variant("s", kind)
            self._run(self._signal(adapter, address, changed))

    def remove_adapter(self, name: str) -> None:
        """Unplugged, or its firmware crashed."""
        adapter = self.adapters.pop(name)
        gone: list[object] = []
        for path in (*adapter.devices, f"/org/bluez/{name}"):
            gone = [path, [DEVICE1 if "dev_" in path else ADAPTER1]]
            self._run(
                self._send(Message.new_signal("/", OBJECTS, "InterfacesRemoved", "oas", gone))
            )

    def add_adapter(self, name: str) -> None:
        self.adapters[name] = Adapter()
        body = [f"/org/bluez/{name}", {ADAPTER1: _adapter1(self.adapters[name])}]
        signal = Message.new_signal("/", OBJECTS, "InterfacesAdded", "oa{sa{sv}}", body)
        self._run(self._send(signal))

    async def _own_the_names(self) -> None:
        self._bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
        self._bus.add_message_handler(self._answer)
        await self._bus.call(_match("InterfacesAdded"))
        await self._bus.request_name("org.bluez")
        await self._bus.request_name("org.freedesktop.systemd1")

    async def _hang_up(self) -> None:
        self._bus.disconnect()
        with suppress(OSError, EOFError):  # the bus was killed before
            await self._bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # no hints

    async def _send(self, signal: Message) -> None:
        await self._bus.send(signal)

    async def _signal(self, adapter: str, address: str, props: dict[str, Variant]) -> None:
        path = _path(adapter, address)
        devices = self.adapters[adapter].devices
        if path in devices:
            devices[path][DEVICE1].update(props)
            body: list[object] = [DEVICE1, props, []]
            signal = Message.new_signal(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", body)
        else:
            who = {name: Variant("s", address) for name in ("Address", "Alias")}
            known = {**who, "Adapter": Variant("o", f"/org/bluez/{adapter}"), **props}
            devices[path] = {DEVICE1: known}
            body = [path, devices[path]]
            signal = Message.new_signal("/", OBJECTS, "InterfacesAdded", "oa{sa{sv}}", body)
        await self._bus.send(signal)

    def _answer(self, message: Message) -> Message | bool | None:
        if message.message_type is MessageType.SIGNAL and message.member == "InterfacesAdded":
            self._monitor(str(message.sender), *message.body)
        if message.message_type is not MessageType.METHOD_CALL or message.member is None:
            return None
        self.calls.append(message.member)
        if message.member in self.mute:
            return True  # taken, and that is all
        if message.member in self.fails:
            return Message.new_error(message, self.fails[message.member], "as the test said")
        name = (message.path or "").rpartition("/")[2]
        if message.member == "GetManagedObjects":
            return Message.new_method_return(message, "a{oa{sa{sv}}}", [self._objects()])
        if message.member == "RestartUnit":
            self._loop.call_soon(self._restarted)
            return Message.new_method_return(message, "o", ["/org/freedesktop/systemd1/job/1"])
        if name not in self.adapters:
            return Message.new_error(message, "org.freedesktop.DBus.Error.UnknownObject", name)
        return self._adapter_answer(message, self.adapters[name])

    def _adapter_answer(self, message: Message, adapter: Adapter) -> Message | bool:
        match message.member:
            case "RegisterAdvertisement":
                return self._advertise(message)
            case "Get" if message.body[1] == "ActiveInstances":
                count = Variant("y", len(self.advertised))
                return Message.new_method_return(message, "v", [count])
            case "UnregisterMonitor":
                adapter.monitors.pop(message.body[0], None)
            case "SetDiscoveryFilter":
                self.filters = {name: value.value for name, value in message.body[0].items()}
            case "StartDiscovery" if not adapter.is_powered:
                return Message.new_error(message, "org.bluez.Error.NotReady", "Resource Not Ready")
            case "StartDiscovery" if adapter.filters is not None:
                return Message.new_error(message, "org.bluez.Error.InProgress", "in progress")
            case "StartDiscovery":
                adapter.filters = dict(self.filters)
            case "StopDiscovery":
                adapter.filters = None
            case "Set" if message.body[1] == "Powered":
                adapter.is_powered = message.body[2].value
                if not adapter.is_powered:
                    adapter.filters = None
        return Message.new_method_return(message)

    def _monitor(self, owner: str, path: str, interfaces: dict[str, dict[str, Variant]]) -> None:
        """A client shows the monitor that it had registered."""
        if MONITOR1 not in interfaces:
            return
        patterns = interfaces[MONITOR1]["Patterns"].value
        if 0 < len(patterns) <= MOST_PATTERNS:
            self.adapters["hci0"].monitors[path] = [(o, t, bytes(c)) for o, t, c in patterns]
        member = "Activate" if path in self.adapters["hci0"].monitors else "Release"
        call = Message(destination=owner, path=path, interface=MONITOR1, member=member)
        self._calling = self._loop.create_task(self._bus.call(call))

    def _advertise(self, message: Message) -> bool:
        """As BlueZ: only once it knows what to send is the answer given."""
        sender, path = str(message.sender), message.body[0]
        self._reading = self._loop.create_task(self._read_advertisement(message, sender, path))
        return True

    async def _read_advertisement(self, asked: Message, sender: str, path: str) -> None:
        question = Message(
            destination=sender,
            path=path,
            interface=PROPERTIES,
            member="GetAll",
            signature="s",
            body=[LE_ADVERTISEMENT],
        )
        answer = await self._bus.call(question)
        assert answer is not None
        if answer.message_type is MessageType.ERROR:
            failed = Message.new_error(asked, "org.bluez.Error.Failed", "Failed to parse")
            await self._bus.send(failed)
            return
        self.advertised[path] = unpack_variants(answer.body[0])
        await self._bus.send(Message.new_method_return(asked))

    def _restarted(self) -> None:
        """What a restart mends; the names stay, because the caller waits for its answer."""
        for adapter in self.adapters.values():
            adapter.filters, adapter.is_powered, adapter.is_deaf = None, True, False

    def _objects(self) -> dict[str, Object]:
        found: dict[str, Object] = {}
        for name, adapter in self.adapters.items():
            found |= {f"/org/bluez/{name}": {ADAPTER1: _adapter1(adapter)}, **adapter.devices}
        return found

    def _run(self, doing: Any) -> None:
        asyncio.run_coroutine_threadsafe(doing, self._loop).result(timeout=15)


def _match(member: str) -> Message:
    return Message(
        destination="org.freedesktop.DBus",
        path="/org/freedesktop/DBus",
        interface="org.freedesktop.DBus",
        member="AddMatch",
        signature="s",
        body=[f"type='signal',member='{member}'"],
    )


def _structures(data: dict[str, Variant]) -> dict[int, list[bytes]]:
    """The AD structures of an advertisement, by type."""
    makers, services = data["ManufacturerData"].value, data["ServiceData"].value
    return {
        0xFF: [company.to_bytes(2, "little") + ay.value for company, ay in makers.items()],
        0x16: [bytes.fromhex(uuid[4:8])[::-1] + ay.value for uuid, ay in services.items()],
    }


def _path(adapter: str, address: str) -> str:
    return f"/org/bluez/{adapter}/dev_{address.replace(':', '_')}"


def _adapter1(adapter: Adapter) -> dict[str, Variant]:
    return {
        "Address": Variant("s", "00:00:00:00:00:01"),
        "Powered": Variant("b", adapter.is_powered),
        "Roles": Variant("as", ["central", "peripheral"]),
    }


def _ays(data: Mapping[Any, bytes] | None) -> dict[Any, Variant]:
    return {key: Variant("ay", value) for key, value in (data or {}).items()}
