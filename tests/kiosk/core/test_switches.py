from __future__ import annotations

import pytest

from contract.events import Condition, Device
from kiosk.core.inputs import Approached, DeviceChanged, Input, Passed, Rang
from kiosk.core.switches import Role, meaning


@pytest.mark.parametrize(
    ("role", "is_on", "means"),
    [
        (Role.MOTION, True, Approached()),
        (Role.MOTION, False, None),
        (Role.CALL, True, Rang()),
        (Role.CALL, False, None),
        (Role.BEAM, True, Passed()),
        (Role.BEAM, False, None),
        (Role.TAMPER, True, DeviceChanged(Device.CASE, Condition.OUT, "somebody opened the case")),
        (Role.TAMPER, False, DeviceChanged(Device.CASE, Condition.OK)),
    ],
)
def test_what_a_switch_means(role: Role, is_on: bool, means: Input | None) -> None:
    assert meaning(role, is_on) == means
