"""A Bluetooth daemon of our own on a bus of its own, for adapters that talk to BlueZ."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kiosk.adapters.fake_bluez import Bus, FakeBluez, system_bus


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bus]:
    with system_bus(tmp_path) as made:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", made.address)
        yield made


@pytest.fixture
def bluez(bus: Bus) -> Iterator[FakeBluez]:
    made = FakeBluez()
    made.start()
    yield made
    made.stop()
