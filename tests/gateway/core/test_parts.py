"""Several intakes take each shard once."""

from __future__ import annotations

import pytest

from contract.identifiers import SHARDS
from gateway.core.parts import WHOLE, Part

EVERY = [f"{number:02}" for number in range(SHARDS)]


@pytest.mark.parametrize("of", [1, 2, 3, 7, SHARDS])
def test_every_shard_is_taken_by_exactly_one_part_and_the_parts_are_alike(of: int) -> None:
    parts = [Part.read(f"{number}/{of}") for number in range(1, of + 1)]
    taken = [sum(part.takes(shard) for part in parts) for shard in EVERY]
    shares = [sum(part.takes(shard) for shard in EVERY) for part in parts]

    assert taken == [1] * SHARDS
    assert max(shares) - min(shares) <= 1


def test_the_only_part_is_the_whole() -> None:
    assert Part.read("1/1") == WHOLE
    assert all(WHOLE.takes(shard) for shard in EVERY)


@pytest.mark.parametrize(
    "text", ["", "2", "/2", "0/2", "3/2", "1/65", "a/b", "1/²", "-1/2", "1/2/3"]
)
def test_what_is_no_part_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="part"):
        Part.read(text)
