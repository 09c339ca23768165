"""An empty shop costs one glance a second; a hand that moves opens the gate for two seconds."""

from __future__ import annotations

from collections import Counter
from functools import cache

import numpy as np
from numpy.typing import NDArray

from kiosk.adapters.motion_gate import Look, MotionGate
from kiosk.eye.ports import Luma

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


def looks(gate: MotionGate, frames: list[Luma], from_s: float) -> Counter[Look]:
    """How these frames are looked at, at 15 frames a second."""
    return Counter(gate.look(frame, from_s + number / FPS) for number, frame in enumerate(frames))


def settled() -> MotionGate:
    gate = MotionGate()
    looks(gate, [noisy(seed=seed) for seed in range(4 * FPS)], from_s=0)
    return gate


def test_an_empty_shop_gets_a_glance_a_second() -> None:
    gate = settled()
    still = [noisy(seed=seed) for seed in range(10 * FPS)]

    seen = looks(gate, still, from_s=10)
    assert 9 <= seen[Look.GLANCE] <= 11
    assert seen[Look.READ] == 0


def test_the_first_frame_of_all_gets_a_glance() -> None:
    assert MotionGate().look(noisy(), 0.0) is Look.GLANCE


def test_a_hand_opens_the_gate_at_once_and_for_two_seconds_after_it_is_gone() -> None:
    gate = settled()
    gate.look(noisy(), 10.0)

    assert gate.look(with_hand(noisy()), 10.1) is Look.READ
    after = [noisy(seed=seed) for seed in range(28)]
    assert looks(gate, after, from_s=10.2) == {Look.READ: 28}
    assert looks(gate, [noisy(seed=seed) for seed in range(FPS)], from_s=13)[Look.READ] == 0


def test_slow_daylight_does_not_open_the_gate() -> None:
    gate = settled()
    dawn = [noisy(level=90 + n / FPS, seed=n) for n in range(8 * FPS)]  # a level a second

    assert looks(gate, dawn, from_s=10)[Look.READ] == 0


def test_another_frame_size_starts_afresh() -> None:
    gate = settled()

    assert gate.look(np.zeros((480, 640), np.uint8), 10) is Look.GLANCE
    assert gate.look(np.full((480, 640), 99, np.uint8), 10.1) is Look.READ
