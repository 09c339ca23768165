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


def test_while_it_is_held_senders_wait_and_then_go_on_in_order() -> None:
    inbox = Inbox[int](5)
    with inbox.held():
        sender = threading.Thread(target=lambda: any(map(inbox.put, (1, 2))), name="sender")
        sender.start()
        assert inbox.take(0.1) is None

    assert [inbox.take(5), inbox.take(5)] == [1, 2]
    sender.join()


def test_an_inbox_that_is_held_can_still_be_closed() -> None:
    inbox = Inbox[int](5)
    with inbox.held():
        sender = threading.Thread(target=inbox.put, args=(1,), name="sender")
        sender.start()
        inbox.close()
        until(lambda: not sender.is_alive(), "the sender goes on")


def test_closing_frees_whoever_waits_to_put() -> None:
    inbox = Inbox[int](1)
    inbox.put(1)
    sender = threading.Thread(target=inbox.put, args=(2,), name="sender")
    sender.start()

    inbox.close()

    until(lambda: not sender.is_alive(), "the sender goes on")


def test_an_empty_inbox_is_done_at_once_whoever_takes() -> None:
    inbox = Inbox[int](5)
    inbox.join()
    inbox.put(1)
    inbox.take(1)
    inbox.done()
    inbox.join()

    assert inbox.take(0) is None


def test_nobody_waits_for_ever_on_an_inbox_that_is_closed() -> None:
    inbox = Inbox[int](5)
    inbox.put(1)
    waiter = threading.Thread(target=inbox.join, name="waiter")
    waiter.start()

    inbox.close()

    until(lambda: not waiter.is_alive(), "join gives up")


def test_a_join_waits_for_all_that_was_taken_together() -> None:
    inbox = Inbox[int](5)
    inbox.put(1)
    inbox.put(2)
    joined: list[bool] = []

    def wait() -> None:
        inbox.join()
        joined.append(True)

    waiter = threading.Thread(target=wait, name="waiter")
    waiter.start()
    assert [inbox.take(1), inbox.take(1)] == [1, 2]
    assert inbox.take(0.05) is None  # meets the join
    inbox.done()
    assert not joined
    inbox.put(3)
    inbox.done()

    until(lambda: joined, "join returns without the third")
    waiter.join()
    assert inbox.take(1) == 3


def test_many_senders_and_joins_lose_nothing_and_keep_each_senders_order() -> None:
    inbox = Inbox[tuple[int, int]](8)

    def send(sender: int) -> None:
        for number in range(200):
            inbox.put((sender, number))
            if number % 50 == 0:
                inbox.join()

    senders = [threading.Thread(target=send, args=(one,), name=f"sender-{one}") for one in range(4)]
    for sender in senders:
        sender.start()
    came: list[tuple[int, int]] = []
    while len(came) < 800:
        item = inbox.take(15)
        assert item is not None
        came.append(item)
        inbox.done()
    for sender in senders:
        sender.join()
    for one in range(4):
        assert [number for sender, number in came if sender == one] == list(range(200))


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
