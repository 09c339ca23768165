from __future__ import annotations

import pytest

from contract.messages import KioskState, ShownCode
from gateway.core.screen_codes import CLAIMS, MEMBERS, WITHIN_MS, Pace, is_shown
from tests.gateway.shop import HUY, NGOC, NOON_MS

CODE, OTHER = "0a" * 16, "0b" * 16
STATE = KioskState("quay-1", True, codes=(ShownCode(CODE, 90_000), ShownCode(OTHER, 30_000)))


@pytest.mark.parametrize(
    ("digest", "after_ms", "expected"),
    [
        pytest.param(CODE, 0, True, id="just said"),
        pytest.param(CODE, 89_999, True, id="at the end of its time"),
        pytest.param(CODE, 90_000, False, id="after it"),
        pytest.param(OTHER, 29_999, True, id="the one before"),
        pytest.param(OTHER, 30_000, False, id="the one before, too late"),
        pytest.param("0c" * 16, 0, False, id="never shown"),
        pytest.param(CODE, -1, False, id="said in the future: the gateway's clock went back"),
    ],
)
def test_how_long_a_code_is_good_counts_from_when_its_kiosk_said_it(
    digest: str, after_ms: int, expected: bool
) -> None:
    assert is_shown(STATE, NOON_MS, digest, NOON_MS + after_ms) is expected


def test_a_member_may_claim_a_few_times_in_ten_minutes_and_nobody_pays_for_another() -> None:
    pace = Pace()

    assert all(pace.allows(NGOC, NOON_MS + n) for n in range(CLAIMS))
    assert not pace.allows(NGOC, NOON_MS + CLAIMS)
    assert pace.allows(HUY, NOON_MS + CLAIMS)
    assert not pace.allows(NGOC, NOON_MS + WITHIN_MS - 1)
    assert pace.allows(NGOC, NOON_MS + WITHIN_MS)


def test_a_flood_of_members_fills_no_memory_and_forgets_the_oldest_first() -> None:
    pace = Pace()
    for number in range(MEMBERS + 1):
        pace.allows(f"{number:012x}", NOON_MS)

    assert len(pace._claims_ms) == MEMBERS
    assert f"{0:012x}" not in pace._claims_ms
