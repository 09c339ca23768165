from __future__ import annotations

import threading

import pytest

from kiosk.core.screen import ScreenState
from web_ui.screen.feed import Feed


def test_a_slow_reader_sees_only_the_latest_state() -> None:
    feed = Feed()
    for revision in (1, 2, 3):
        feed.show(ScreenState(revision=revision))

    assert feed.next_after(0, timeout_s=0) == ScreenState(revision=3)


def test_nothing_new_is_none() -> None:
    feed = Feed()
    feed.show(ScreenState(revision=7))

    assert feed.next_after(7, timeout_s=0) is None


def test_a_kiosk_that_started_anew_is_seen_though_its_revisions_are_lower() -> None:
    feed = Feed()
    feed.show(ScreenState(revision=2))

    assert feed.next_after(57, timeout_s=0) == ScreenState(revision=2)


@pytest.mark.parametrize("seen_before", [0, 57])
def test_a_waiting_reader_wakes_at_another_state(seen_before: int) -> None:
    feed, seen = Feed(), []
    feed.show(ScreenState(revision=seen_before))
    reader = threading.Thread(target=lambda: seen.append(feed.next_after(seen_before, 30)))
    reader.start()
    feed.show(ScreenState(revision=1))
    reader.join(timeout=10)

    assert seen == [ScreenState(revision=1)]


def test_closing_ends_every_wait_at_once() -> None:
    feed, seen = Feed(), []
    reader = threading.Thread(target=lambda: seen.append(feed.next_after(0, timeout_s=30)))
    reader.start()
    feed.close()
    reader.join(timeout=10)

    assert seen == [None]
    assert feed.closed
