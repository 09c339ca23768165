from __future__ import annotations

from web_ui.shared.hub import BACKLOG, Hub


def test_a_room_hears_only_its_own_changes() -> None:
    hub = Hub[int]()
    with hub.listen("hue-1") as here, hub.listen("hanoi-1") as there:
        hub.publish("hue-1", 7)

        assert here.get_nowait() == 7
        assert there.empty()


def test_a_slow_browser_is_told_to_read_everything_again() -> None:
    hub = Hub[int]()
    with hub.listen("hue-1") as slow:
        for number in range(BACKLOG + 1):
            hub.publish("hue-1", number)

        assert slow.get_nowait() is None
        hub.publish("hue-1", 1)
        assert slow.get_nowait() == 1


def test_who_left_is_forgotten() -> None:
    hub = Hub[int]()
    with hub.listen("hue-1") as gone:
        pass
    hub.publish("hue-1", 7)

    assert gone.empty()


def test_closing_wakes_everybody() -> None:
    hub = Hub[int]()
    with hub.listen("hue-1") as here:
        hub.close()

        assert here.get_nowait() is None
        assert hub.closed
