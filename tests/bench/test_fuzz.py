"""The fuzzer finds what is there to be found, and nothing in what we ship."""

from collections import Counter
from random import Random

from bench.fuzz import all_of_it, fuzz, generated
from kiosk.core.advertisement import decode_raw

DOSE = 100_000  # a second; `hien bench fuzz` gives ten million


def without_its_bound(data: bytes) -> None:
    """The planted bug: one frame of Eddystone is read before its length is looked at."""
    found = decode_raw(data)
    if not found and b"\xaa\xfe\x30" in data:
        frame = data[data.index(b"\xaa\xfe\x30") + 2 :]
        _ = frame[9]


def test_no_made_up_advertisement_breaks_the_decoder() -> None:
    assert fuzz(all_of_it, DOSE, seed=7) is None


def test_a_planted_bug_is_found_by_the_same_fuzzer() -> None:
    for seed in range(5):
        finding = fuzz(without_its_bound, DOSE, seed)

        assert finding is not None
        assert finding.error == "IndexError: index out of range"
        assert b"\xaa\xfe\x30" in finding.data


def test_the_same_seed_makes_the_same_inputs() -> None:
    assert [*generated(500, Random(3))] == [*generated(500, Random(3))]
    assert [*generated(500, Random(3))] != [*generated(500, Random(4))]


def test_the_inputs_reach_every_format_and_beyond() -> None:
    """A fuzzer that breaks everything at once tests only the first `if`."""
    formats = Counter(
        found.format for data in generated(20_000, Random(1)) for found in decode_raw(data)
    )

    assert set(formats) == {
        "altbeacon",
        "bthome-v2",
        "eddystone-eid",
        "eddystone-tlm",
        "eddystone-uid",
        "eddystone-url",
        "ibeacon",
    }
    assert min(formats.values()) > 100
    assert sum(formats.values()) < 18_000
