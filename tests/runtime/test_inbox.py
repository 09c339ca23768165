"""The inbox keeps order, bounds memory, and never holds up a process that wants to stop."""

from __future__ import annotations

import threading

from runtime.inbox import Inbox
from tests.waiting import until


def test_items_come_out_in_the_order_they_were_put() -> None:
    inbox = Inbox[int](10)
    for number in range(3):
        inbox.put(number)

    assert [inbox.take(1), inbox.take(1), inbox.take(1), inbox.take(0)] == [0, 1, 2, None]


def test_a_full_inbox_refuses_an_offer_and_makes_a_sender_wait() -> None:
    inbox = Inbox[int](1)
    inbox.put(1)
    assert not inbox.offer(2)

    sender = threading.Thread(target=inbox.put, args=(3,), name="sender")
    sender.start()

    assert inbox.take(1) == 1
    assert inbox.take(5) == 3
    sender.join()


def test_closing_frees_whoever_waits_to_put() -> None:
    inbox = Inbox[int](1)
    inbox.put(1)
    sender = threading.Thread(target=inbox.put, args=(2,), name="sender")
    sender.start()

    inbox.close()

    until(lambda: not sender.is_alive(), "the sender goes on")


def test_join_waits_until_everything_is_done() -> None:
    inbox = Inbox[int](5)
    inbox.put(1)
    joined = threading.Event()

    def wait() -> None:
        inbox.join()
        joined.set()

    waiter = threading.Thread(target=wait, name="waiter")
    waiter.start()

    inbox.take(1)
    assert not joined.is_set()
    inbox.done()

    until(joined.is_set, "join returns")
    waiter.join()
