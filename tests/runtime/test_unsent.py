from __future__ import annotations

import pytest

from runtime import unsent


def test_what_is_said_is_read() -> None:
    assert [unsent.read(unsent.said(count)) for count in (0, 7, 100_000)] == [0, 7, 100_000]


@pytest.mark.parametrize("status", ["", "running", "7 unsent events", "-1 unsent"])
def test_another_status_says_nothing_of_it(status: str) -> None:
    assert unsent.read(status) is None
