from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.messages import Receipt
from kiosk.core.delivery import (
    BEHIND_MAX,
    WINDOW,
    Delivery,
    Rift,
    appended,
    due,
    is_heard,
    linked,
    opened,
    receipted,
)

EPOCH = "0123456789abcdef"
OURS, THEIRS = "a" * 32, "b" * 32


def online(last: int, depth: int) -> Delivery:
    return linked(opened(EPOCH, last, depth), online=True, now_s=0)


def committed(was: Delivery, upto: int, now_s: float) -> Delivery:
    """After a receipt of a gateway that remembers the same past."""
    now, rift = receipted(was, Receipt(EPOCH, upto, OURS), OURS, now_s)
    assert rift is None
    return now


def sent_at(was: Delivery, now_s: float) -> tuple[Delivery, list[int]]:
    now, numbers = due(was, now_s)
    return now, list(numbers)


def test_nothing_is_sent_before_the_link_is_there() -> None:
    assert sent_at(opened(EPOCH, last=5, depth=5), 0)[1] == []


def test_what_an_outbox_still_holds_is_sent_in_order() -> None:
    delivery, numbers = sent_at(online(last=12, depth=3), 0)

    assert numbers == [10, 11, 12]
    assert sent_at(delivery, 0)[1] == []


def test_a_new_event_goes_out_at_once() -> None:
    delivery, _ = sent_at(online(last=3, depth=0), 0)

    assert sent_at(appended(delivery, 4, 1), 1)[1] == [4]


def test_at_most_a_window_is_on_its_way() -> None:
    delivery, numbers = sent_at(online(last=250, depth=250), 0)
    assert numbers == list(range(1, 101))
    assert WINDOW == 100

    delivery, numbers = sent_at(committed(delivery, 30, 1), 1)
    assert numbers == list(range(101, 131))


def test_a_new_link_sends_everything_without_receipt_again() -> None:
    delivery, _ = sent_at(online(last=5, depth=5), 0)
    delivery = committed(delivery, 2, 0.5)

    delivery = linked(delivery, online=False, now_s=1)
    assert sent_at(delivery, 1)[1] == []
    assert sent_at(linked(delivery, online=True, now_s=2), 2)[1] == [3, 4, 5]


def test_three_seconds_without_progress_send_it_all_again() -> None:
    delivery, _ = sent_at(online(last=5, depth=5), 10)

    assert sent_at(delivery, 12.9)[1] == []
    delivery, numbers = sent_at(delivery, 13)
    assert numbers == [1, 2, 3, 4, 5]
    assert sent_at(delivery, 15.9)[1] == []
    assert sent_at(delivery, 16)[1] == [1, 2, 3, 4, 5]


def test_progress_is_patience_for_the_rest() -> None:
    delivery, _ = sent_at(online(last=5, depth=5), 0)
    delivery = committed(delivery, 4, 2.9)

    assert sent_at(delivery, 5.8)[1] == []
    assert sent_at(delivery, 5.9)[1] == [5]


def test_sending_after_a_quiet_hour_is_not_late_at_once() -> None:
    delivery, _ = sent_at(online(last=1, depth=0), 0)
    delivery, numbers = sent_at(appended(delivery, 2, 3600), 3600)

    assert numbers == [2]
    assert sent_at(delivery, 3602.9)[1] == []
    assert sent_at(delivery, 3603)[1] == [2]


@pytest.mark.parametrize(
    ("epoch", "upto", "chain"),
    [
        pytest.param("f" * 16, 4, OURS, id="of another outbox"),
        pytest.param("f" * 16, 9, None, id="of another outbox that was longer"),
        pytest.param(EPOCH, 3, OURS, id="the one before, again"),
    ],
)
def test_no_news(epoch: str, upto: int, chain: str | None) -> None:
    delivery = committed(online(last=5, depth=5), 3, 0)

    assert receipted(delivery, Receipt(epoch, upto, OURS), chain, 1) == (delivery, None)


@pytest.mark.parametrize(
    ("upto", "chain"),
    [
        pytest.param(6, None, id="events that do not exist"),
        pytest.param(4, OURS, id="other events under the same numbers"),
        pytest.param(3, OURS, id="another past, and nothing new since"),
    ],
)
def test_a_gateway_that_knows_what_we_do_not_shows_that_we_were_restored(
    upto: int, chain: str | None
) -> None:
    delivery = committed(online(last=5, depth=5), 3, 0)

    now, rift = receipted(delivery, Receipt(EPOCH, upto, THEIRS), chain, 1)

    assert rift is Rift.OUTBOX_RESTORED
    assert now.receipted == 3  # nothing may be forgotten on this word


def test_a_gateway_that_forgot_is_believed_when_it_says_so_thrice() -> None:
    delivery = committed(online(last=5, depth=5), 3, 0)
    rifts = list[Rift | None]()
    for _ in range(BEHIND_MAX):
        delivery, rift = receipted(delivery, Receipt(EPOCH, 1, OURS), None, 1)
        rifts.append(rift)

    assert rifts == [None, None, Rift.GATEWAY_RESTORED]


def test_late_receipts_between_new_ones_are_no_rift() -> None:
    delivery = online(last=9, depth=9)
    for upto in range(2, 9):
        delivery = committed(delivery, upto, 1)
        delivery, rift = receipted(delivery, Receipt(EPOCH, 1, OURS), None, 1)
        assert rift is None
        delivery = committed(delivery, upto, 1)


def test_a_receipt_may_come_for_what_was_sent_before_going_back() -> None:
    delivery, _ = sent_at(online(last=5, depth=5), 0)
    delivery = linked(delivery, online=True, now_s=1)

    delivery = committed(delivery, 4, 2)

    assert sent_at(delivery, 2)[1] == [5]


@pytest.mark.parametrize(
    ("happens", "asked_s", "heard"),
    [
        pytest.param(lambda one: one, 3600, True, id="nothing to say"),
        pytest.param(lambda one: appended(one, 4, 10), 18.9, True, id="a moment late"),
        pytest.param(lambda one: appended(one, 4, 10), 19, False, id="silence"),
        pytest.param(
            lambda one: appended(appended(one, 4, 10), 5, 18), 19, False, id="saying more helps not"
        ),
        pytest.param(
            lambda one: committed(sent_at(appended(one, 4, 10), 10)[0], 4, 60), 99, True, id="back"
        ),
        pytest.param(
            lambda one: committed(sent_at(appended(appended(one, 4, 10), 5, 10), 10)[0], 4, 60),
            68.9,
            True,
            id="half of it, and time for the rest",
        ),
        pytest.param(
            lambda one: linked(appended(one, 4, 10), online=True, now_s=60),
            68.9,
            True,
            id="new way",
        ),
        pytest.param(
            lambda one: linked(one, online=False, now_s=10), 10, False, id="no way at all"
        ),
    ],
)
def test_nobody_listens_when_no_receipt_comes_for_long(
    happens: Callable[[Delivery], Delivery], asked_s: float, heard: bool
) -> None:
    assert is_heard(happens(online(last=3, depth=0)), asked_s) is heard


class Gateway:
    """Commits what comes next in order; every answer says how far it got."""

    def __init__(self) -> None:
        self.committed = 0

    def hear(self, seq: int) -> Receipt:
        if seq == self.committed + 1:
            self.committed = seq
        return Receipt(EPOCH, self.committed, OURS)


@given(st.data())
def test_everything_arrives_over_a_way_that_loses_doubles_and_reorders(data: st.DataObject) -> None:
    backlog = data.draw(st.integers(0, 250), label="backlog")
    delivery, gateway, now_s = opened(EPOCH, backlog, backlog), Gateway(), 0.0
    up, down = list[int](), list[Receipt]()

    for _ in range(data.draw(st.integers(0, 40), label="steps")):
        now_s += data.draw(st.floats(0, 2), label="seconds")
        match data.draw(st.sampled_from(["append", "link", "unlink", "up", "down"])):
            case "append":
                delivery = appended(delivery, delivery.last + 1, now_s)
            case "link":
                delivery = linked(delivery, online=True, now_s=now_s)
            case "unlink":
                delivery = linked(delivery, online=False, now_s=now_s)
                up.clear()
            case "up" if up:
                seq = up[data.draw(st.integers(0, len(up) - 1))]  # stays: may come again
                down.append(gateway.hear(seq))
            case "down" if down:
                receipt = down[data.draw(st.integers(0, len(down) - 1))]
                delivery, _ = receipted(delivery, receipt, OURS, now_s)
        delivery, numbers = due(delivery, now_s)
        up.extend(numbers)
        assert all(delivery.receipted < seq <= delivery.receipted + 100 for seq in numbers)
        assert delivery.receipted <= gateway.committed  # nothing may be forgotten too early

    delivery = linked(delivery, online=True, now_s=now_s)
    for _ in range(10):  # a healthy way from now on
        delivery, numbers = due(delivery, now_s)
        for seq in numbers:
            delivery, rift = receipted(delivery, gateway.hear(seq), OURS, now_s)
            assert rift is None
    assert delivery.receipted == gateway.committed == delivery.last
