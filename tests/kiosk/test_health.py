from kiosk.health import Health, Nameplate
from tests.fakes import FakeClock, FakeTime, FakeUplink


def test_a_kiosk_says_what_it_advertises() -> None:
    uplink = FakeUplink()

    clock = FakeClock()
    time = FakeTime(clock)

    Health(Nameplate("quay-1", "0.1.0", "ibeacon:a:7:1"), uplink, clock, time).tick(0, tuple)
    Health(Nameplate("quay-2", "0.1.0"), uplink, clock, time).tick(0, tuple)

    assert [state.beacon for state in uplink.states] == ["ibeacon:a:7:1", ""]
