"""Stories of what comes: again, out of order, changed on its way, from a new outbox."""

from __future__ import annotations

import pytest
from msgspec import structs

from contract import codec
from contract.events import (
    Called,
    Left,
    Touch,
    Touched,
)
from gateway.core.offers.reasons import Reason
from gateway.store.events import EventRow, Received
from tests.gateway.shop import (
    NGOC,
    NOON_MS,
    S1,
    S2,
    Outbox,
    Shop,
    near,
    pass_of,
    scan,
    shown,
)


def test_duplicates_change_nothing_and_get_their_receipt_again(shop: Shop) -> None:
    shop.member()
    outbox = Outbox()
    first, second = outbox.says(near()), outbox.says(Left(f"t-{NGOC}", "quay-1", 4.0))
    shop.handle(first, second, first)

    outcome = shop.handle(first, second)

    assert shop.count(EventRow) == 2
    assert [receipt.upto for _, receipt in outcome.receipts] == [2]
    assert (outcome.live, outcome.shows) == ([], [])


def test_nothing_is_committed_past_a_gap(shop: Shop) -> None:
    outbox = Outbox()
    first, second, third = (outbox.says(Called(S1)) for _ in range(3))

    outcome = shop.handle(first, third)
    assert [receipt.upto for _, receipt in outcome.receipts] == [1]
    outcome = shop.handle(second, third)

    assert [receipt.upto for _, receipt in outcome.receipts] == [3]
    assert shop.count(EventRow) == 3


def test_a_changed_row_breaks_the_chain_and_stops_there(shop: Shop) -> None:
    outbox, twin = Outbox(), Outbox()
    good = outbox.says(Called(S1))
    twin.says(Called(S2))  # another history for number 1
    wrong = twin.says(Called(S1))

    outcome = shop.handle(good, wrong)

    assert [receipt.upto for _, receipt in outcome.receipts] == [1]


def test_a_new_outbox_begins_at_one_again(shop: Shop) -> None:
    shop.handle(Outbox().says(Called(S1)))
    outcome = shop.handle(Outbox(epoch="f" * 16).says(Called(S2)))

    assert [receipt.upto for _, receipt in outcome.receipts] == [1]
    assert shop.count(EventRow) == 2


def test_what_comes_again_is_answered_again_and_decided_once(shop: Shop) -> None:
    shop.member()
    shop.offer()
    asked = Outbox().says(scan(pass_of(NGOC)))
    first, again = shop.handle(asked), shop.handle(asked)

    assert shown(again) == shown(first)
    assert [offer.id for offer in shown(again)[0].offers] == ["tea"]
    assert shop.reasons() == [Reason.GRANTED]


def test_what_was_answered_long_ago_is_not_said_again_after_something_else(shop: Shop) -> None:
    shop.member()
    outbox = Outbox()
    question = outbox.says(Touched(S1, Touch.HELLO))
    shop.handle(question, outbox.says(Touched(S1, Touch.CONFIRM)))

    assert shown(shop.handle(question)) == []


def test_one_id_given_twice_stops_nobody(shop: Shop) -> None:
    here, there = Outbox("quay-1"), Outbox("quay-2")
    one = here.says(Called(S1))
    there.chain = codec.GENESIS
    other = there.says(Called(S1))
    chain = codec.link(codec.GENESIS, one.event.id, 1, NOON_MS, other.body)
    twin = Received(structs.replace(other.event, id=one.event.id, chain=chain), other.body)

    outcome = shop.handle(one, twin)

    assert [receipt.upto for _, receipt in outcome.receipts] == [1, 1]


def test_a_gap_and_a_broken_chain_are_reported_as_what_they_are(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = Outbox()
    first, _, third = (outbox.says(Called(S1)) for _ in range(3))
    shop.handle(first, third)
    assert "gap, have 1, got 3" in caplog.text

    shop.handle(Received(structs.replace(third.event, seq=2), third.body))
    assert "the chain is broken at 2" in caplog.text
