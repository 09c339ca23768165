import pytest

from kiosk.core.calibration import ImplausibleError, calibrate, calibrated, level_dbm
from kiosk.core.presence import PresenceRules, Receiver


def test_receivers_that_read_alike_need_no_offset() -> None:
    assert calibrate({"a": -61, "b": -61}).offsets_db == {"a": 0, "b": 0}


def test_about_a_third_of_a_deviation_is_the_receivers_own() -> None:
    found = calibrate({"a": -61, "b": -61, "deaf": -71})

    assert found.offsets_db["deaf"] == pytest.approx(-3.6)


@pytest.mark.parametrize(("receivers", "power_dbm"), [(1, -64.05), (3, -66.7), (30, -71.036)])
def test_the_more_receivers_the_less_the_fitted_power_counts(
    receivers: int, power_dbm: float
) -> None:
    found = calibrate({str(number): -72 for number in range(receivers)})

    assert found.power_at_1m_dbm == pytest.approx(power_dbm, abs=0.001)


def test_a_single_receiver_has_no_one_to_differ_from() -> None:
    assert calibrate({"only": -70.0}).offsets_db == {"only": 0}


def test_a_hand_before_the_tag_for_a_moment_changes_nothing() -> None:
    assert level_dbm([-61] * 30 + [-69] * 20) == -61


@pytest.mark.parametrize(
    ("readings", "words"),
    [
        pytest.param([-61] * 19, "19 times", id="heard too seldom"),
        pytest.param([], "0 times", id="not heard"),
        pytest.param([-82] * 20, "too faint", id="far away, or an empty battery"),
        pytest.param([-41] * 20, "too loud", id="held to the screen"),
        pytest.param([-61] * 25 + [-75] * 5, "varied by 14 dB", id="carried about"),
    ],
)
def test_what_cannot_be_one_metre_is_refused_with_what_to_do(
    readings: list[float], words: str
) -> None:
    with pytest.raises(ImplausibleError, match=words):
        level_dbm(readings)


@pytest.mark.parametrize("level", [-81.4, -41.4])
def test_the_bounds_themselves_are_plausible(level: float) -> None:
    assert level_dbm([level] * 20) == pytest.approx(level)


RULES = PresenceRules(
    receivers={
        "quay-1": Receiver("quay-1"),
        "board": Receiver("ke-tra", -1.0),
        "gate": Receiver("cua", 2.5),
    }
)


def test_rules_take_over_what_was_measured_and_keep_the_rest() -> None:
    rules = calibrated(RULES, {"quay-1": -60.0, "board": -70.0, "removed": -20.0})

    assert rules.power_at_1m_dbm == pytest.approx(-61.4 + 0.4 * (-65.0 + 61.4))
    offsets_db = {name: known.offset_db for name, known in rules.receivers.items()}
    assert offsets_db == {
        "quay-1": pytest.approx(1.8),
        "board": pytest.approx(-1.8),
        "gate": 2.5,
    }
    assert [known.zone for known in rules.receivers.values()] == ["quay-1", "ke-tra", "cua"]
    assert rules.enter_dbm == pytest.approx(rules.power_at_1m_dbm - 4.4)


@pytest.mark.parametrize("levels", [{}, {"removed": -60.0}], ids=["nothing", "another's"])
def test_rules_stay_as_they_are_without_measurements(levels: dict[str, float]) -> None:
    assert calibrated(RULES, levels) is RULES
