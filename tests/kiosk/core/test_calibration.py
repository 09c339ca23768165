import pytest

from kiosk.core.calibration import calibrate


def test_receivers_that_read_alike_need_no_offset() -> None:
    assert calibrate({"a": [-60, -61, -62], "b": [-61, -61]}).offsets_db == {"a": 0, "b": 0}


def test_about_a_third_of_a_deviation_is_the_receivers_own() -> None:
    found = calibrate({"a": [-61], "b": [-61], "deaf": [-71]})

    assert found.offsets_db["deaf"] == pytest.approx(-3.6)


@pytest.mark.parametrize(("receivers", "power_dbm"), [(1, -64.05), (3, -66.7), (30, -71.036)])
def test_the_more_receivers_the_less_the_fitted_power_counts(
    receivers: int, power_dbm: float
) -> None:
    found = calibrate({str(number): [-72] for number in range(receivers)})

    assert found.power_at_1m_dbm == pytest.approx(power_dbm, abs=0.001)


def test_a_hand_before_the_tag_for_a_moment_changes_nothing() -> None:
    assert calibrate({"a": [-61] * 5 + [-75] * 4}) == calibrate({"a": [-61]})


def test_a_single_receiver_has_no_one_to_differ_from() -> None:
    assert calibrate({"only": [-70.0]}).offsets_db == {"only": 0}
