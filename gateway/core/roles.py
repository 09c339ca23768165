"""Who may do what at the desk: one table, which the pages check and the owner is shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is in the shop."""

    STAFF = "staff"
    MANAGER = "manager"
    OWNER = "owner"


class Right(StrEnum):
    """One thing somebody may do."""

    SERVE = "serve"  # the board, orders, appointments, redeeming
    SEE_SHOP = "see_shop"  # the overview, visits and their reasons, numbers
    CORRECT_SALES = "correct_sales"  # money that went back, whose sale it was
    CARE_FOR_KIOSKS = "care_for_kiosks"  # see and order kiosks
    WRITE_OFFERS = "write_offers"
    APPROVE_OFFERS = "approve_offers"  # of somebody else, see `approval`
    CARE_FOR_MEMBERS = "care_for_members"  # look one up, cards, merging; each look is written down
    OPEN_DOORS = "open_doors"
    RUN_SHOP = "run_shop"  # connectors, new kiosks, the owner's file, unread messages
    RUN_STAFF = "run_staff"
    SET_UP = "set_up"  # name, logo and colour of the shop, how screens behave
    READ_LOG = "read_log"  # who did what


# A manager runs the day and the offers; who works here, doors and how the shop is set up are the
# owner's.
MAY: Mapping[Role, frozenset[Right]] = {
    Role.STAFF: frozenset({Right.SERVE}),
    Role.MANAGER: frozenset(
        {Right.SERVE, Right.SEE_SHOP, Right.CORRECT_SALES, Right.CARE_FOR_KIOSKS}
        | {Right.WRITE_OFFERS, Right.APPROVE_OFFERS, Right.CARE_FOR_MEMBERS}
    ),
    Role.OWNER: frozenset(Right),
}


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who works here, by id."""

    staff: str
    role: Role


class Approval(StrEnum):
    """Whether somebody may let an offer out that another, or they themselves, wrote."""

    GRANTED = "granted"
    ALONE = "alone"  # granted: there is nobody else who could, and the log says so
    NOT_THEIRS = "not_theirs"  # their role approves nothing
    OTHER_ROLE = "other_role"  # somebody of another role has to
    OTHER_PERSON = "other_person"  # there is no other role, but somebody else


def approval(asker: Worker, approver: Worker, everybody: Collection[Worker]) -> Approval:
    """Two pairs of eyes, of two roles where the shop has two; an owner alone is not stuck."""
    if Right.APPROVE_OFFERS not in MAY[approver.role]:
        return Approval.NOT_THEIRS
    if approver.role is not asker.role:
        return Approval.GRANTED
    able = [one for one in everybody if Right.APPROVE_OFFERS in MAY[one.role]]
    if any(one.role is not asker.role for one in able):
        return Approval.OTHER_ROLE
    if approver.staff != asker.staff:
        return Approval.GRANTED
    if any(one.staff != asker.staff for one in able):
        return Approval.OTHER_PERSON
    return Approval.ALONE
