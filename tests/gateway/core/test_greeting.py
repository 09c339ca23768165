"""Names are shown short, and hidden until somebody says who they are."""

import pytest

from gateway.core.greeting import first_name, masked


@pytest.mark.parametrize(
    ("name", "called", "hidden"),
    [
        ("Trần Bảo Ngọc", "Ngọc", "N***"),
        ("Đặng Thị Ánh", "Ánh", "Á***"),
        ("  Lan ", "Lan", "L***"),
        ("", "", "***"),
    ],
)
def test_vietnamese_people_are_called_by_their_last_name_word(
    name: str, called: str, hidden: str
) -> None:
    assert (first_name(name), masked(name)) == (called, hidden)
