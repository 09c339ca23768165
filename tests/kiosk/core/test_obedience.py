"""Which orders from the console a kiosk obeys."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract import commands
from contract.commands import LIFE_MS, Command, Deed
from contract.events import ClockTrust
from contract.topics import KioskAddress
from contract.vitals import Outcome
from kiosk.core.clock_trust import Belief
from kiosk.core.obedience import Memory, judge

KEY, STRANGER = (
    Ed25519PrivateKey.from_private_bytes(bytes(31) + one) for one in (b"\x07", b"\x08")
)
KEYS = {5: KEY.public_key().public_bytes_raw()}
HERE = KioskAddress("hue-1", "quay-1")
AT_S = 1_785_000_000.0
NONCE = "0123456789abcdef0123456789abcdef"
LONG_UP = Memory(up_s=86_400)


def sealed(
    deed: Deed = Deed.IDENTIFY,
    at: KioskAddress = HERE,
    key: Ed25519PrivateKey = KEY,
) -> bytes:
    at_ms = int(AT_S * 1_000)
    order = Command(deed, at.store, at.kiosk, NONCE, at_ms, at_ms + LIFE_MS, "lan")
    return commands.make(key, 5, order)


def now(
    late_s: float = 1.0, error_s: float = 0.5, trust: ClockTrust = ClockTrust.TRUSTED
) -> Belief:
    return Belief(trust, AT_S + late_s, error_s)


@pytest.mark.parametrize(
    ("memory", "time", "outcome"),
    [
        pytest.param(LONG_UP, now(), Outcome.DONE, id="in time"),
        pytest.param(LONG_UP, now(5.4), Outcome.DONE, id="just in time, as far as it knows"),
        pytest.param(LONG_UP, now(5.6), Outcome.EXPIRED, id="too late"),
        pytest.param(LONG_UP, now(-0.6), Outcome.EARLY, id="from the future"),
        pytest.param(LONG_UP, now(error_s=11), Outcome.CLOCK_UNKNOWN, id="who knows when"),
        pytest.param(LONG_UP, now(trust=ClockTrust.FLOOR), Outcome.CLOCK_UNKNOWN, id="no clock"),
        pytest.param(Memory(up_s=0.9), now(), Outcome.BEFORE_START, id="restarted since"),
        pytest.param(Memory(up_s=1.6), now(), Outcome.DONE, id="restarted before"),
    ],
)
def test_time_decides_what_becomes_of_a_genuine_order(
    memory: Memory, time: Belief, outcome: Outcome
) -> None:
    judged = judge(KEYS, sealed(), HERE, memory, time)

    assert judged is not None
    assert judged.outcome is outcome
    assert (judged.order.staff, judged.order.deed) == ("lan", Deed.IDENTIFY)


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(sealed(key=STRANGER), id="forged"),
        pytest.param(sealed()[:-1] + b" ", id="changed"),
        pytest.param(sealed(at=KioskAddress("hue-1", "quay-2")), id="another kiosk's"),
        pytest.param(sealed(at=KioskAddress("hue-2", "quay-1")), id="another store's"),
        pytest.param(sealed(Deed.OPEN_DOOR), id="the door's, though it names the kiosk"),
    ],
)
def test_what_is_not_for_it_is_nothing_to_a_kiosk(order: bytes) -> None:
    assert judge(KEYS, order, HERE, LONG_UP, now()) is None


def test_an_order_is_obeyed_once() -> None:
    assert judge(KEYS, sealed(), HERE, Memory(86_400, [NONCE]), now()) is None
