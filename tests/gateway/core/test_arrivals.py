import pytest
from msgspec import structs

from contract.arrivals import Arrival
from gateway.core import arrivals
from gateway.core.arrivals import EARLIEST_MS, OLDEST_MS, Answer, Facts, Nonces, judge
from gateway.core.consent import Purpose

NOW_MS = 1_785_000_000_000
ARRIVAL = Arrival("00a1b2c3d4e5", 1, "ibeacon:a:7:1", NOW_MS, "0f" * 16, "00" * 64)
WELL = Facts(True, {Purpose.PRESENCE}, True)
UNASKED = Facts(True, set(Purpose) - {Purpose.PRESENCE}, True)
ELSEWHERE = Facts(True, {Purpose.PRESENCE}, False)
UNSIGNED = Facts(False, {Purpose.PRESENCE}, True)
ALL_WRONG = Facts(False, set(), False)


@pytest.mark.parametrize(
    ("heard_ms", "facts", "answer"),
    [
        pytest.param(0, WELL, Answer.ACCEPTED, id="now"),
        pytest.param(-OLDEST_MS, WELL, Answer.ACCEPTED, id="just in time"),
        pytest.param(-OLDEST_MS - 1, WELL, Answer.OLD, id="too old"),
        pytest.param(EARLIEST_MS, WELL, Answer.ACCEPTED, id="a clock that is ahead"),
        pytest.param(EARLIEST_MS + 1, WELL, Answer.EARLY, id="from the future"),
        pytest.param(0, UNASKED, Answer.CONSENT_MISSING, id="no consent"),
        pytest.param(0, ELSEWHERE, Answer.UNKNOWN_BEACON, id="a strange beacon"),
        pytest.param(0, UNSIGNED, Answer.REFUSED, id="not signed"),
        pytest.param(-OLDEST_MS - 1, ALL_WRONG, Answer.REFUSED, id="nothing is right"),
    ],
)
def test_the_answer(heard_ms: int, facts: Facts, answer: Answer) -> None:
    assert judge(structs.replace(ARRIVAL, heard_ms=NOW_MS + heard_ms), facts, NOW_MS) is answer


def test_an_arrival_counts_once_while_it_could_count_again() -> None:
    nonces, again = Nonces(), structs.replace(ARRIVAL, heard_ms=NOW_MS + EARLIEST_MS)

    assert nonces.claim(again, NOW_MS)
    last_ms = again.heard_ms + OLDEST_MS  # from then on it is old
    assert judge(again, WELL, last_ms) is Answer.ACCEPTED
    assert not nonces.claim(again, last_ms)
    assert nonces.claim(again, last_ms + 1)


def test_a_nonce_is_one_phones_own() -> None:
    nonces = Nonces()

    for other in ({}, {"member": "00a1b2c3d4e6"}, {"key_id": 2}, {"nonce": "0e" * 16}):
        assert nonces.claim(structs.replace(ARRIVAL, **other), NOW_MS)


def test_what_did_not_count_may_come_again() -> None:
    nonces = Nonces()
    nonces.claim(ARRIVAL, NOW_MS)

    nonces.release(ARRIVAL)

    assert nonces.claim(ARRIVAL, NOW_MS)


def test_a_flood_does_not_grow_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "NONCES", 3)
    nonces = Nonces()
    for number in range(10):
        assert nonces.claim(structs.replace(ARRIVAL, nonce=f"{number:032x}"), NOW_MS)

    assert len(nonces._until_ms) == 3
