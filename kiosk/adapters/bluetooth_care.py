"""What can be done for a deaf adapter besides scanning: other adapters, power, a restart of BlueZ.

Each is one bounded step, and no answer is waited for longer than `within_s`; a DeviceError says why
it could not be taken.
"""

from __future__ import annotations

import asyncio

from kiosk.adapters.system_bus import open_bus

BLUEZ = "org.bluez"
_ADAPTER = "org.bluez.Adapter1"
_SYSTEMD = ("org.freedesktop.systemd1", "/org/freedesktop/systemd1")


def adapter_path(adapter: str) -> str:
    """Where BlueZ keeps an adapter."""
    return f"/org/bluez/{adapter}"


async def adapters(within_s: float) -> list[str]:
    """The adapters BlueZ has, by name."""
    async with open_bus(within_s) as bus:
        objects = await bus.objects(BLUEZ)
    paths = sorted(path for path, interfaces in objects.items() if _ADAPTER in interfaces)
    return [path.rpartition("/")[2] for path in paths]


async def power_cycle(adapter: str, within_s: float) -> None:
    """Switch an adapter off and on; it stays on if it could not be switched off."""
    where = (BLUEZ, adapter_path(adapter), _ADAPTER)
    async with open_bus(within_s) as bus:
        try:
            await bus.set(where, "Powered", "b", False)
        finally:
            await bus.set(where, "Powered", "b", True)


async def restart_bluetooth(settle_s: float, within_s: float) -> None:
    """Ask systemd to restart BlueZ, and give it time to find its adapters."""
    async with open_bus(within_s) as bus:
        service, path = _SYSTEMD
        method = "org.freedesktop.systemd1.Manager.RestartUnit"
        await bus.call(service, path, method, "ss", "bluetooth.service", "replace")
    await asyncio.sleep(settle_s)
