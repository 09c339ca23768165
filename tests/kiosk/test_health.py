from kiosk.health import Health
from tests.fakes import FakeClock, FakeUplink


def test_a_kiosk_says_what_it_advertises() -> None:
    uplink = FakeUplink()

    Health("quay-1", "0.1.0", uplink, FakeClock(), "ibeacon:a:7:1").tick(0)
    Health("quay-2", "0.1.0", uplink, FakeClock()).tick(0)

    assert [state.beacon for state in uplink.states] == ["ibeacon:a:7:1", ""]
