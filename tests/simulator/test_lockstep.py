"""The stage and its adapters over real sockets: time never outruns those who live in it."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from msgspec import json

from contract.events import Condition, Device
from kiosk.core.inputs import DeviceChanged, Heard, Input, Tick
from runtime.errors import SettingsError, UnavailableError
from runtime.inbox import Inbox
from simulator.adapters import Seat
from simulator.camera import SimulatedCamera
from simulator.clock import SimulatedClock
from simulator.radio import SimulatedRadio
from simulator.tags import members_tag
from simulator.wire import Ack, Beat, HeldPhone, Join, View, Wave, Waves
from tests.fakes import FakeClock
from tests.simulator.stage import NOON_S, Stage
from tests.waiting import until

PHONE = HeldPhone("WIFI:T:WPA;S:x;;", 0.0, 200.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.8)
UNANSWERED_S = 0.2  # an answer that is given takes a thousandth of it
CLOCK: Seat = ("quay-1", "clock")
RADIO: Seat = ("quay-1", "radio")
CAMERA: Seat = ("quay-1", "camera")


@pytest.fixture
def cleanup() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def stage(cleanup: ExitStack) -> Stage:
    made = Stage(t_s=7.0)
    cleanup.callback(made.adapters.close)
    return made


def joined_clock(
    stage: Stage, cleanup: ExitStack, inbox: Inbox[Input] | None = None
) -> SimulatedClock:
    clocks: list[SimulatedClock] = []
    stage.admit_while(lambda: clocks.append(SimulatedClock(stage.options, inbox)))
    cleanup.callback(clocks[0].close)
    return clocks[0]


def test_a_clock_knows_the_time_from_the_first_moment_on(stage: Stage, cleanup: ExitStack) -> None:
    clock = joined_clock(stage, cleanup)

    assert clock.monotonic_s() == 7.0
    assert clock.utc() == datetime.fromtimestamp(NOON_S + 7.0, UTC)


def test_a_beat_moves_a_clock_and_is_answered(stage: Stage, cleanup: ExitStack) -> None:
    clock = joined_clock(stage, cleanup)
    stage.adapters.tell({CLOCK: Beat(7.5)})

    assert clock.monotonic_s() == 7.5
    assert clock.utc() == datetime.fromtimestamp(NOON_S + 7.5, UTC)


def test_a_time_of_day_jumps_and_the_stopwatch_does_not_also_in_who_starts_anew(
    stage: Stage, cleanup: ExitStack
) -> None:
    clock = joined_clock(stage, cleanup)
    stage.adapters.jump("quay-1", -400 * 86_400)

    for one in (clock, joined_clock(stage, cleanup)):
        assert one.utc() == datetime.fromtimestamp(NOON_S + 7.0, UTC) - timedelta(days=400)
        assert one.monotonic_s() == 7.0


def test_time_goes_on_without_who_is_known_to_hang(stage: Stage, cleanup: ExitStack) -> None:
    clock = joined_clock(stage, cleanup)
    stage.adapters.expect_silence(["quay-1"])
    stage.adapters.tell({CLOCK: Beat(8.0)})
    assert clock.monotonic_s() == 7.0

    stage.adapters.expect_silence([])
    stage.adapters.tell({CLOCK: Beat(9.0)})
    assert clock.monotonic_s() == 9.0


def test_time_waits_until_everything_in_the_inbox_is_handled(
    stage: Stage, cleanup: ExitStack
) -> None:
    inbox = Inbox[Input](10)
    joined_clock(stage, cleanup, inbox)
    beat = stage.tell(CLOCK, Beat(8.0))

    assert inbox.take(5.0) == Tick()
    beat.join(UNANSWERED_S)
    assert beat.is_alive()  # the tick is taken, but nothing has come of it yet
    inbox.done()
    beat.join(5.0)
    assert not beat.is_alive()


def test_a_radio_puts_what_was_on_the_air_before_it_answers(
    stage: Stage, cleanup: ExitStack
) -> None:
    heard: list[Input] = []
    radio = SimulatedRadio(stage.options, heard.append, FakeClock())
    cleanup.callback(radio.stop)
    stage.admit_while(radio.start)
    wave = Wave(6.75, members_tag(2).payload, -63)
    stage.adapters.tell({RADIO: Waves([wave, Wave(6.9, b"\x02\x01\x06", -50)])})

    assert heard[0] == DeviceChanged(Device.RADIO, Condition.OK)
    assert len(heard) == 2  # an advertisement that holds no beacon is nobody
    assert isinstance(heard[1], Heard)
    assert heard[1].heard_s == 6.75
    assert heard[1].advertisement.rssi_dbm == -63
    assert 0x004C in heard[1].advertisement.manufacturer_data


def test_a_camera_answers_when_the_reader_asks_for_the_next_frame(
    stage: Stage, cleanup: ExitStack
) -> None:
    camera = SimulatedCamera(stage.options | {"fps": 0.1}, FakeClock())
    cleanup.callback(camera.close)
    stage.admit_while(camera.open)
    order = stage.tell(CAMERA, View(9.0, PHONE))
    frame = camera.grab(5.0)

    assert frame is not None
    order.join(UNANSWERED_S)
    assert order.is_alive()
    camera.grab(0.001)
    order.join(5.0)
    assert not order.is_alive()


def test_a_camera_goes_on_seeing_what_it_saw_last(stage: Stage, cleanup: ExitStack) -> None:
    camera = SimulatedCamera(stage.options | {"fps": 1000}, FakeClock())
    cleanup.callback(camera.close)
    stage.admit_while(camera.open)

    def brightness_after(view: View) -> float:
        order = stage.tell(CAMERA, view)
        until(lambda: camera.grab(1.0) is not None and not order.is_alive(), "it took the picture")
        seen = camera.grab(1.0)
        assert seen is not None
        return float(np.mean(seen[300:420, 600:680]))

    with_phone, without = brightness_after(View(9.0, PHONE)), brightness_after(View(9.1))
    assert abs(with_phone - without) > 10


@pytest.mark.parametrize("options", [{}, {"stage": "nowhere"}, {"stage": "localhost:x"}])
def test_a_wrong_address_is_the_operators_mistake(options: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="host:port"):
        SimulatedClock(options, None)


def test_without_a_stage_there_is_no_simulated_hardware() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        nobody = {"stage": f"127.0.0.1:{server.getsockname()[1]}", "kiosk": "quay-1"}

    with pytest.raises(UnavailableError, match="hien demo"):
        SimulatedClock(nobody, None)
    with pytest.raises(UnavailableError):
        SimulatedRadio(nobody, lambda _: None, FakeClock()).start()


def test_who_comes_back_takes_their_own_place(stage: Stage, cleanup: ExitStack) -> None:
    """As a kiosk does that was killed: the stage forgets the dead one without waiting for it."""
    first = joined_clock(stage, cleanup)
    first.close()
    stage.adapters.tell({CLOCK: Beat(8.0)})
    assert CLOCK not in stage.adapters.seats
    stage.t_s = 9.0
    second = joined_clock(stage, cleanup)
    stage.adapters.tell({CLOCK: Beat(9.5)})

    assert second.monotonic_s() == 9.5


def test_a_clock_finds_its_stage_again(stage: Stage, cleanup: ExitStack) -> None:
    clock = joined_clock(stage, cleanup)
    stage.adapters._drop(CLOCK, os.getpid())  # a cable was pulled
    stage.t_s = 20.0
    stage.admit(CLOCK)
    stage.adapters.tell({CLOCK: Beat(21.0)})

    assert clock.monotonic_s() == 21.0


def test_two_processes_of_a_gateway_have_a_clock_each(stage: Stage, cleanup: ExitStack) -> None:
    ours = joined_clock(stage, cleanup)
    host, _, port = stage.adapters.address.rpartition(":")
    other = cleanup.enter_context(socket.create_connection((host, int(port))))
    other.sendall(json.encode(Join("quay-1", "clock", os.getpid() + 1)) + b"\n")
    until(lambda: stage.adapters.admit(stage.t_s), "the other joined")
    beat = stage.tell(CLOCK, Beat(9.0))
    reader = cleanup.enter_context(other.makefile("rb"))
    lines = [reader.readline(), reader.readline()]
    other.sendall(json.encode(Ack()) + b"\n")
    beat.join(5.0)

    assert json.decode(lines[1]) == {"type": "beat", "t_s": 9.0}
    assert not beat.is_alive()
    assert ours.monotonic_s() == 9.0


def test_strangers_at_the_stages_door_are_sent_away(stage: Stage) -> None:
    host, _, port = stage.adapters.address.rpartition(":")
    for greeting in (b"GET / HTTP/1.1\r\n", json.encode({"type": "join"}) + b"\n", b""):
        with socket.create_connection((host, int(port))) as caller:
            caller.sendall(greeting)
            caller.shutdown(socket.SHUT_WR)
            assert caller.recv(1) == b""

    assert not stage.adapters.admit(0.0)
