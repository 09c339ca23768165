from kiosk.core.screen import ScreenState
from kiosk.health import Health, Nameplate
from tests.fakes import FakeClock, FakeTime, FakeUplink


def test_a_kiosk_says_what_it_advertises() -> None:
    uplink = FakeUplink()

    clock = FakeClock()
    time = FakeTime(clock)

    Health(Nameplate("quay-1", "0.1.0", "ibeacon:a:7:1"), uplink, clock, time).tick(0, tuple)
    Health(Nameplate("quay-2", "0.1.0"), uplink, clock, time).tick(0, tuple)

    assert [state.beacon for state in uplink.states] == ["ibeacon:a:7:1", ""]


def test_where_no_browser_belongs_none_is_missed() -> None:
    uplink, clock = FakeUplink(), FakeClock()
    owed = []
    for has_browser in (True, False):
        name = Nameplate("quay-1", "0.1.0", has_browser=has_browser)
        health = Health(name, uplink, clock, FakeTime(clock))
        clock.advance(60)
        health.tick(0, tuple, ScreenState())
        glass = uplink.states[-1].glass
        assert glass is not None
        owed.append(glass.behind_s)

    assert owed == [60.0, 0.0]
