"""The radio model has the statistics it names; an hour of samples from a fixed seed."""

from __future__ import annotations

from itertools import pairwise
from math import log10, pi
from random import Random
from statistics import fmean, pstdev

import pytest

from simulator import radio_waves
from simulator.floor import Spot
from simulator.radio_waves import Receiver, Shadow

KIOSK = Spot(0.0, 0.0)
TOWARDS = pi  # somebody east of the kiosk who faces west
AWAY = 0.0


class NoShadow(Shadow):
    def __init__(self) -> None:
        super().__init__(Random(1))

    def at_db(self, spot: Spot) -> float:
        return 0.0


@pytest.fixture
def receiver() -> Receiver:
    return Receiver(KIOSK, NoShadow(), Random(7))


@pytest.mark.parametrize(("far_m", "mean_dbm"), [(1.0, -61.0), (2.0, -66.7), (10.0, -80.0)])
def test_the_mean_falls_with_the_distance(
    receiver: Receiver, far_m: float, mean_dbm: float
) -> None:
    assert receiver.mean_dbm(Spot(far_m, 0.0), TOWARDS) == pytest.approx(mean_dbm, abs=0.05)


def test_a_body_in_between_costs_eight_decibels(receiver: Receiver) -> None:
    front = receiver.mean_dbm(Spot(2.0, 0.0), TOWARDS)
    back = receiver.mean_dbm(Spot(2.0, 0.0), AWAY)
    side = receiver.mean_dbm(Spot(2.0, 0.0), pi / 2)

    assert front - back == pytest.approx(8.0)
    assert front - side == pytest.approx(0.0, abs=1e-9)


def test_samples_fade_drown_and_get_lost_as_often_as_measured(receiver: Receiver) -> None:
    heard = [receiver.hear("tag", Spot(1.0, 0.0), TOWARDS) for _ in range(20_000)]
    levels = [level for level in heard if level is not None]
    shallow = [level for level in levels if level >= -61 - 2.5 * radio_waves.FADING_DB]

    assert 1 - len(levels) / len(heard) == pytest.approx(radio_waves.LOST_SHARE, abs=0.01)
    assert fmean(shallow) == pytest.approx(-61.3, abs=0.3)  # the deep fades pull it down a little
    assert pstdev(shallow) == pytest.approx(2.9, abs=0.3)
    # Fading alone is deeper than 2.5 sigma in 0.6 % of samples; half the nulls are that deep.
    assert 0.08 < 1 - len(shallow) / len(levels) < 0.13


def test_neighbouring_samples_correlate_by_a_fifth(receiver: Receiver) -> None:
    fading_db = []
    for _ in range(20_000):
        receiver.hear("tag", Spot(1.0, 0.0), TOWARDS)
        fading_db.append(receiver._fading_db["tag"])
    products = [one * other for one, other in pairwise(fading_db)]

    assert fmean(products) / pstdev(fading_db) ** 2 == pytest.approx(0.19, abs=0.03)


def test_shadows_have_four_decibels_and_stay_where_they_are() -> None:
    rng = Random(3)
    fields = [Shadow(rng) for _ in range(40)]
    spots = [Spot(rng.uniform(0, 20), rng.uniform(0, 15)) for _ in range(100)]
    dark = [field.at_db(spot) for field in fields for spot in spots]

    assert fmean(dark) == pytest.approx(0.0, abs=0.5)
    assert pstdev(dark) == pytest.approx(4.0, abs=0.4)
    assert fields[0].at_db(spots[0]) == fields[0].at_db(spots[0])


def test_shadows_change_slowly_along_a_walk() -> None:
    rng = Random(3)
    step, aisle = [], []
    for _ in range(300):
        field, spot = Shadow(rng), Spot(rng.uniform(0, 20), rng.uniform(0, 15))
        here_db = field.at_db(spot)
        step.append(here_db * field.at_db(Spot(spot.x_m + 0.3, spot.y_m)))
        aisle.append(here_db * field.at_db(Spot(spot.x_m + 6.0, spot.y_m)))

    assert fmean(step) / 16 > 0.8
    assert abs(fmean(aisle)) / 16 < 0.35


def test_a_forgotten_tag_fades_anew(receiver: Receiver) -> None:
    receiver.hear("tag", KIOSK, AWAY)
    receiver.forget("tag")
    receiver.forget("tag")

    assert not receiver._fading_db


def test_far_tags_are_not_heard_at_all(receiver: Receiver) -> None:
    far_m = 10 ** ((-61 + 98 + 20) / 19)  # 20 dB below what a controller reports

    assert log10(far_m) > 2
    assert receiver.hear("tag", Spot(far_m, 0.0), AWAY) is None
