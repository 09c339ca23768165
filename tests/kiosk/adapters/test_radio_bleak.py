"""Real bleak on a machine where nothing answers: it says so, and can be stopped."""

from __future__ import annotations

from pathlib import Path
from queue import Queue

import pytest

from contract.events import Condition, Device
from kiosk.adapters.radio_bleak import BleakRadio
from kiosk.core.inputs import DeviceChanged, Input
from runtime.clock import SystemClock
from runtime.errors import SettingsError


def test_without_bluetooth_the_radio_is_out_in_words_and_stops_cleanly(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path / 'no-bus'}")
    inputs: Queue[Input] = Queue()
    radio = BleakRadio({}, inputs.put, SystemClock())
    radio.start()

    out = inputs.get(timeout=15)
    radio.stop()
    radio.stop()

    assert isinstance(out, DeviceChanged)
    assert (out.device, out.condition) == (Device.RADIO, Condition.OUT)
    assert out.detail.startswith("no Bluetooth on hci0: ")


def test_stopping_what_was_never_started_is_nothing() -> None:
    BleakRadio({}, Queue[Input]().put, SystemClock()).stop()


def test_a_wrong_option_is_named() -> None:
    with pytest.raises(SettingsError, match=r"driver bleak, options: .*adaptor"):
        BleakRadio({"adaptor": "hci1"}, Queue[Input]().put, SystemClock())
