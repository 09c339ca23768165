"""Names, shards and event ids."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.identifiers import is_name, shard_of, uuid7

MS = st.integers(min_value=0, max_value=2**48 - 1)
ENTROPY = st.binary(min_size=10, max_size=10)


def test_the_rfc_example_comes_out() -> None:
    # RFC 9562, appendix A.6: rand_a = 0xCC3, rand_b = 0x18C4DC0C0C07398F
    entropy = (0xCC3 << 68 | 0x18C4DC0C0C07398F).to_bytes(10)
    assert UUID(uuid7(0x017F22E279B0, entropy)) == UUID("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")


@given(MS, ENTROPY)
def test_every_id_is_a_version_7_uuid_that_carries_its_time(at_ms: int, entropy: bytes) -> None:
    made = UUID(uuid7(at_ms, entropy))
    assert (made.version, made.int >> 80) == (7, at_ms)


@given(MS, MS, ENTROPY)
def test_ids_sort_by_time(one_ms: int, other_ms: int, entropy: bytes) -> None:
    if one_ms < other_ms:
        assert uuid7(one_ms, entropy) < uuid7(other_ms, entropy)


def test_too_little_entropy_is_refused() -> None:
    with pytest.raises(ValueError, match="10 bytes"):
        uuid7(0, b"short")


# Literals, not computed: a store that changed its shard would leave its session behind.
@pytest.mark.parametrize(("store", "shard"), [("hue-1", "58"), ("saigon-12", "11")])
def test_a_store_keeps_its_shard_for_ever(store: str, shard: str) -> None:
    assert shard_of(store) == shard


@pytest.mark.parametrize("text", ["", "a" * 33, "Huế", "a.b", "a/b", "a b", "A", "a\n", "+", "#"])
def test_what_breaks_a_topic_is_no_name(text: str) -> None:
    assert not is_name(text)
