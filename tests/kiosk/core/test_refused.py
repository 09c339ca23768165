"""A broker that refuses is asked again, seldom and with one event; nothing is given up for it."""

from __future__ import annotations

from contract.messages import Receipt
from kiosk.core.delivery import (
    REFUSED_MAX_S,
    WINDOW,
    Delivery,
    due,
    linked,
    opened,
    receipted,
    refused,
)

EPOCH, OURS = "0123456789abcdef", "a" * 32


def sent_at(was: Delivery, now_s: float) -> tuple[Delivery, list[int]]:
    now, numbers = due(was, now_s)
    return now, list(numbers)


def online(last: int) -> Delivery:
    return linked(opened(EPOCH, last, last), online=True, now_s=0)


def test_after_a_refusal_one_event_goes_out_and_not_before_three_seconds() -> None:
    delivery, numbers = sent_at(online(250), 1)
    assert numbers == list(range(1, WINDOW + 1))

    for _ in numbers:  # the broker says no to each
        delivery = refused(delivery, 1)

    assert sent_at(delivery, 3.9)[1] == []
    delivery, numbers = sent_at(delivery, 4)
    assert numbers == [1]
    assert sent_at(delivery, 5)[1] == []


def test_each_further_refusal_doubles_the_wait_up_to_five_minutes() -> None:
    delivery, now_s, waits = online(5), 0.0, list[float]()
    for _ in range(10):
        delivery, numbers = sent_at(delivery, now_s)
        assert numbers
        delivery = refused(delivery, now_s)
        waits.append(delivery.resumes_s - now_s)
        now_s = delivery.resumes_s

    assert waits == [3, 6, 12, 24, 48, 96, 192, *[REFUSED_MAX_S] * 3]


def test_a_receipt_after_it_opens_the_window_again() -> None:
    delivery = refused(sent_at(online(250), 0)[0], 0)
    delivery, _ = sent_at(delivery, 3)
    delivery, _ = receipted(delivery, Receipt(EPOCH, 1, OURS), OURS, 3.1)

    assert sent_at(delivery, 3.1)[1] == list(range(2, WINDOW + 2))


def test_a_new_link_tries_at_once() -> None:
    delivery = refused(sent_at(online(250), 0)[0], 0)
    delivery = linked(linked(delivery, online=False, now_s=1), online=True, now_s=2)

    assert sent_at(delivery, 2)[1] == list(range(1, WINDOW + 1))
