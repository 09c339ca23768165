"""An empty shop costs one look a second; a hand that moves opens the gate for two seconds."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from kiosk.adapters.motion_gate import MotionGate
from kiosk.ports import Luma

FPS = 15


@cache
def noise(seed: int) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(0, 2.5, (360, 640)).astype(np.float32)


def noisy(level: float = 90, seed: int = 0) -> Luma:
    return (level + noise(seed % 8)).astype(np.uint8)


def with_hand(frame: Luma) -> Luma:
    changed = frame.copy()
    changed[100:240, 250:390] = 200
    return changed


def looks(gate: MotionGate, frames: list[Luma], from_s: float) -> int:
    """How many of these frames are worth reading, at 15 frames a second."""
    return sum(
        gate.is_worth_reading(frame, from_s + number / FPS) for number, frame in enumerate(frames)
    )


def settled() -> MotionGate:
    gate = MotionGate()
    looks(gate, [noisy(seed=seed) for seed in range(4 * FPS)], from_s=0)
    return gate


def test_an_empty_shop_is_looked_at_once_a_second() -> None:
    gate = settled()
    still = [noisy(seed=seed) for seed in range(10 * FPS)]

    assert 9 <= looks(gate, still, from_s=10) <= 11


def test_a_hand_opens_the_gate_at_once_and_for_two_seconds_after_it_is_gone() -> None:
    gate = settled()
    gate.is_worth_reading(noisy(), 10.0)

    assert gate.is_worth_reading(with_hand(noisy()), 10.1)
    after = [noisy(seed=seed) for seed in range(FPS)]
    assert looks(gate, after, from_s=10.2) == FPS


def test_slow_daylight_does_not_open_the_gate() -> None:
    gate = settled()
    dawn = [noisy(level=90 + n / FPS, seed=n) for n in range(8 * FPS)]  # a level a second

    assert looks(gate, dawn, from_s=10) <= 9


def test_another_frame_size_starts_afresh() -> None:
    gate = settled()

    assert gate.is_worth_reading(np.zeros((480, 640), np.uint8), 10)
