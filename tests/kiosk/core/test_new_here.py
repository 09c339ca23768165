from __future__ import annotations

import pytest

from kiosk.core.new_here import AGAIN_AFTER_S, Step, is_asking


@pytest.mark.parametrize(
    ("step", "still_s", "is_touched", "expected"),
    [
        pytest.param(Step.SEARCHING, 0, False, True, id="looks on"),
        pytest.param(Step.WAITING, 900, True, False, id="a code is there"),
        pytest.param(Step.REFUSED, 9_000, False, False, id="no stays no"),
        pytest.param(Step.REFUSED, 1, True, True, id="until somebody asks again"),
        pytest.param(Step.EXPIRED, AGAIN_AFTER_S - 1, False, False, id="the sentence is read"),
        pytest.param(Step.EXPIRED, AGAIN_AFTER_S, False, True, id="then by itself"),
        pytest.param(Step.EXPIRED, 0, True, True, id="or by touch"),
        pytest.param(Step.UNFIT, AGAIN_AFTER_S, False, True, id="settings were mended"),
    ],
)
def test_when_a_new_machine_asks(
    step: Step, still_s: float, is_touched: bool, expected: bool
) -> None:
    assert is_asking(step, still_s, is_touched=is_touched) is expected
