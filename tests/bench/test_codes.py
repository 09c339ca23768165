"""The yardstick for the reader: the same pictures every time, and a count that is right."""

from __future__ import annotations

import numpy as np
import pytest

from bench.code_pictures import CATEGORIES, EMPTY, Picture, empties, pictures
from bench.codes import Tally, tallies
from kiosk.adapters.code_reader import read_by_zxing, read_still
from kiosk.eye.ports import Luma

SMALL = ((640, 480),)


@pytest.fixture(scope="module")
def some() -> list[Picture]:
    return list(pictures(1, seed=5, sizes=SMALL))


def test_there_is_a_picture_of_every_category_and_it_says_what_is_in_it(
    some: list[Picture],
) -> None:
    assert [one.category for one in some] == list(CATEGORIES)
    assert {one.frame.shape for one in some} == {(480, 640)}
    assert all(len(one.texts) == 1 for one in some if one.category != "several")
    assert len({one.category: one for one in some}["several"].texts) >= 2


def test_a_seed_gives_the_same_pictures_again_and_another_others(some: list[Picture]) -> None:
    again = list(pictures(1, seed=5, sizes=SMALL))
    other = list(pictures(1, seed=6, sizes=SMALL))

    assert all(np.array_equal(a.frame, b.frame) for a, b in zip(some, again, strict=True))
    assert not any(np.array_equal(a.frame, b.frame) for a, b in zip(some, other, strict=True))


def test_our_reader_reads_all_that_zxing_reads_and_nothing_wrong(some: list[Picture]) -> None:
    table = tallies(some)

    assert all(
        row["ours"].read >= max(row["zxing"].read, row["zbar"].read) for row in table.values()
    )
    assert all(row["ours"].wrong == 0 for row in table.values())
    for easy in ("clean", "kiosk", "tilt", "rotate", "dim", "inverted", "small", "filling"):
        assert table[easy]["ours"].read == 1, easy


def test_nothing_is_read_where_no_code_is() -> None:
    shops = list(empties(1, sizes=SMALL))

    assert [one.category for one in shops] == list(EMPTY)
    assert [read_still(one.frame) for one in shops] == [[]] * len(EMPTY)


def test_a_tally_knows_a_wrong_text_from_a_missing_one() -> None:
    blank: Luma = np.zeros((30, 30), np.uint8)
    tally = Tally()

    tally.add(Picture("x", blank, ("A", "B")), lambda _: ["A", "B"])
    tally.add(Picture("x", blank, ("A",)), lambda _: ["A", "C"])
    tally.add(Picture("x", blank, ("A",)), read_by_zxing)

    assert (tally.of, tally.read, tally.wrong, len(tally.times_s)) == (3, 2, 1, 3)
