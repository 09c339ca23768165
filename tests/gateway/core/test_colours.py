"""Which colours can carry words."""

from __future__ import annotations

import pytest

from gateway.core.colours import JADE, contrasts, ratio


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#767676", "#ffffff", 4.54),  # the palest grey that WCAG's AA takes
        ("#595959", "#ffffff", 7.0),  # and AAA's
        ("#0e5146", "#ffffff", 9.2),  # as the house's design says
        ("#3b4b48", "#fbf7ef", 8.6),
    ],
)
def test_contrast_is_as_wcag_computes_it(one: str, other: str, expected: float) -> None:
    assert ratio(one, other) == pytest.approx(expected, abs=0.05)
    assert ratio(other, one) == ratio(one, other)


@pytest.mark.parametrize(
    ("colour", "is_taken"),
    [(JADE, True), ("#8e1b16", True), ("#b3261e", False), ("#e5a823", False), ("#ffffff", False)],
)
def test_a_colour_that_is_too_pale_is_told_by_each_pair(colour: str, is_taken: bool) -> None:
    assert all(one.is_enough for one in contrasts(colour)) is is_taken


@pytest.mark.parametrize("word", ["", "red", "#fff", "#12345g", "#0E5146", "#0e5146;}"])
def test_what_is_no_colour_has_no_contrast(word: str) -> None:
    assert contrasts(word) == []
