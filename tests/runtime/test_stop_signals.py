"""A process that is asked to stop hears it, whatever it is doing at that instant."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from runtime.stop_signals import NUMBERS, stop_signals
from tests.waiting import PATIENCE_S

# Does nothing but wait, again and again for as short as can be.
RESTLESS = """
import time
from runtime.stop_signals import stop_signals

with stop_signals() as stopping:
    print("waits", flush=True)
    until_s = time.monotonic() + 1
    while time.monotonic() < until_s:
        stopping.clear()
        stopping.wait(1e-9)
    print("has waited", flush=True)
"""


@pytest.mark.parametrize("number", NUMBERS)
def test_a_signal_is_an_event_and_raises_nothing(number: signal.Signals) -> None:
    with stop_signals() as stopping:
        assert not stopping.is_set()
        os.kill(os.getpid(), number)
        assert stopping.wait(PATIENCE_S)


def test_afterwards_all_is_as_before() -> None:
    before = [signal.getsignal(number) for number in NUMBERS]
    threads = threading.active_count()

    with stop_signals():
        during = [signal.getsignal(number) for number in NUMBERS]

    assert during != before
    assert [signal.getsignal(number) for number in NUMBERS] == before
    assert threading.active_count() == threads


def test_who_is_asked_in_the_middle_of_waiting_does_not_wait_for_ever() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", RESTLESS], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "waits\n"
            until_s = time.monotonic() + PATIENCE_S
            while process.poll() is None and time.monotonic() < until_s:
                process.send_signal(signal.SIGTERM)
            assert process.poll() is not None
            assert process.stdout.read() == "has waited\n"
        finally:
            process.kill()
