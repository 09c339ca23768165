"""Garbage is looked for rarely, and still found."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from runtime.collector import YOUNG, collect_rarely


@pytest.fixture
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


class Knot:
    """Holds itself, so that no reference count ever frees it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.mark.usefixtures("_as_before")
def test_garbage_is_looked_for_after_many_new_things_and_not_before() -> None:
    collect_rarely()
    knot = weakref.ref(Knot())
    few = [[number] for number in range(YOUNG // 2)]
    assert knot() is not None
    many = [[number] for number in range(YOUNG)]
    assert knot() is None
    assert gc.get_freeze_count() > 0
    assert len(few) < len(many)
