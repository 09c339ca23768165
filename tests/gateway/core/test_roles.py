"""Who may do what, and who may let out what somebody wrote."""

from __future__ import annotations

import pytest

from gateway.core.roles import MAY, Approval, Right, Role, Worker, approval

LAN, MAI = Worker("lan", Role.OWNER), Worker("mai", Role.OWNER)
MINH, BINH = Worker("minh", Role.MANAGER), Worker("binh", Role.MANAGER)
HANH = Worker("hanh", Role.STAFF)


@pytest.mark.parametrize(
    ("asker", "approver", "everybody", "answer"),
    [
        pytest.param(MINH, LAN, (LAN, MINH), Approval.GRANTED, id="manager asks, owner approves"),
        pytest.param(LAN, MINH, (LAN, MINH), Approval.GRANTED, id="owner asks, manager approves"),
        pytest.param(LAN, LAN, (LAN, MINH), Approval.OTHER_ROLE, id="own, with a manager there"),
        pytest.param(MINH, BINH, (LAN, MINH, BINH), Approval.OTHER_ROLE, id="two managers"),
        pytest.param(LAN, LAN, (LAN, HANH), Approval.ALONE, id="an owner alone is not stuck"),
        pytest.param(LAN, LAN, (LAN, MAI), Approval.OTHER_PERSON, id="own, with another owner"),
        pytest.param(LAN, MAI, (LAN, MAI), Approval.GRANTED, id="two owners and no manager"),
        pytest.param(MINH, HANH, (LAN, MINH, HANH), Approval.NOT_THEIRS, id="staff approve none"),
    ],
)
def test_two_pairs_of_eyes_of_two_roles_where_there_are_two(
    asker: Worker, approver: Worker, everybody: tuple[Worker, ...], answer: Approval
) -> None:
    assert approval(asker, approver, everybody) is answer


def test_each_role_may_all_that_the_one_below_may() -> None:
    assert MAY[Role.STAFF] < MAY[Role.MANAGER] < MAY[Role.OWNER] == frozenset(Right)
