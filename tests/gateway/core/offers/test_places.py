"""Where in a typed text something stands."""

from __future__ import annotations

import pytest

from gateway.core.offers.conditions import TermsError
from gateway.core.offers.conditions import read as read_condition
from gateway.core.offers.places import JsonTextError, line_of, read

TYPED = """{
  "any": [
    {"fact": "profile.tier", "is": "gold"},
    {"not": {"all": [
      {"fact": "time.clock", "at_least": "09:30"},
      {"fact": "mood", "is": "good"},
      {"fact": "store", "one_of":
         []}
    ]}}
  ]
}"""


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("", 1),
        (".any", 2),
        (".any[0]", 3),
        (".any[1].not.all[0]", 5),
        (".any[1].not.all[1]", 6),
        (".any[1].not.all[2].one_of", 8),
        (".any[7]", 2),
        (".nobody", 1),
    ],
)
def test_a_place_has_its_line_and_what_is_not_there_that_of_its_neighbour(
    where: str, line: int
) -> None:
    assert line_of(TYPED, where) == line


def test_what_a_condition_complains_of_is_found_in_the_text() -> None:
    with pytest.raises(TermsError) as caught:
        read_condition(read(TYPED))

    assert line_of(TYPED, caught.value.where.removeprefix("when")) == 6


@pytest.mark.parametrize(
    ("text", "line"), [('{"a":\n 1,\n}', 3), ("", 1), ("[NaN]", 1), ("[" * 200_000, 1)]
)
def test_what_is_no_json_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(JsonTextError) as caught:
        read(text)

    assert caught.value.line == line
