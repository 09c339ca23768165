"""When staff are called."""

from __future__ import annotations

import pytest

from gateway.core.alerts import AlertKind, most_urgent, on_arrival
from gateway.core.consent import Purpose
from gateway.core.tiers import Tier

YES = {Purpose.STAFF_CONTEXT}


@pytest.mark.parametrize(
    ("consents", "tier", "has_order", "kind"),
    [
        pytest.param(set(Purpose) - YES, Tier.GOLD, True, None, id="never without consent"),
        pytest.param(YES, Tier.GOLD, True, AlertKind.PICK_UP, id="a task before an honour"),
        pytest.param(YES, Tier.GOLD, False, AlertKind.VIP, id="golden"),
        pytest.param(YES, Tier.SILVER, False, None, id="nobody is disturbed"),
    ],
)
def test_an_arrival_is_worth_a_card_or_not(
    consents: set[Purpose], tier: Tier, has_order: bool, kind: AlertKind | None
) -> None:
    assert on_arrival(consents, tier, has_order) is kind


def test_who_calls_for_help_comes_first() -> None:
    assert most_urgent(AlertKind.VIP, AlertKind.PICK_UP) is AlertKind.PICK_UP
    assert most_urgent(AlertKind.HELP, AlertKind.PICK_UP) is AlertKind.HELP
