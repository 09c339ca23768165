from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.freshness import Freshness, Parts, Told

TAG = "C2:00:00:00:00:07"
IBEACON = bytes.fromhex("0215426c7565436861726d426561636f6e730efe1355c5")
UID = bytes.fromhex("00ee000102030405060708090a0b0c0d0e0f0000")
EID = bytes.fromhex("30ee0102030405060708")
TLM = bytes.fromhex("20000bb88000000000070000000a")
FEAA = "0000feaa-0000-1000-8000-00805f9b34fb"


def test_what_is_told_first_is_new() -> None:
    parts = Freshness().sift(TAG, Told({0x4C: IBEACON}, {FEAA: EID}, -60))

    assert parts == Parts({0x4C: IBEACON}, {0xFEAA: EID})


def test_only_what_is_told_anew_was_sent() -> None:
    fresh, apple = Freshness(), {0x4C: IBEACON}
    fresh.sift(TAG, Told(apple, None, -60))

    assert fresh.sift(TAG, Told(apple, {FEAA: EID}, -60)) == Parts({}, {0xFEAA: EID})


def test_the_same_bytes_told_anew_were_sent_again() -> None:
    fresh = Freshness()
    fresh.sift(TAG, Told({0x4C: IBEACON}, None, -60))

    again = fresh.sift(TAG, Told({0x4C: IBEACON}, None, -60))
    assert again == Parts({0x4C: IBEACON}, {})

    fresh.sift(TAG, Told(None, {FEAA: EID}, -60))
    assert fresh.sift(TAG, Told(None, {FEAA: EID}, -60)) == Parts({}, {0xFEAA: EID})


def test_a_long_uuid_is_not_mistaken_for_a_short_one() -> None:
    long = {"0000feaa-1111-1000-8000-00805f9b34fb": EID, "1234feaa" + FEAA[8:]: EID}

    assert Freshness().sift(TAG, Told(None, long, -60)) == Parts({}, {})


def test_a_new_level_counts_for_who_it_is_and_repeats_nothing_that_moves_on() -> None:
    fresh, apple = Freshness(), {0x4C: IBEACON}
    fresh.sift(TAG, Told(apple, None, -60))
    for frame in (EID, TLM):
        service = {FEAA: frame}
        fresh.sift(TAG, Told(apple, service, -60))
        assert fresh.sift(TAG, Told(apple, service, -61)) == Parts({}, {})

    both = {0x4C: IBEACON}, {FEAA: UID}
    fresh.sift(TAG, Told(*both, -60))
    assert fresh.sift(TAG, Told(*both, -61)) == Parts({0x4C: IBEACON}, {0xFEAA: UID})
    assert fresh.sift(TAG, Told(*both, -62)) == Parts({0x4C: IBEACON}, {0xFEAA: UID})


def test_an_identity_that_was_left_behind_is_not_repeated() -> None:
    fresh, apple, eddystone = Freshness(), {0x4C: IBEACON}, {FEAA: UID}
    fresh.sift(TAG, Told(apple, None, -60))
    fresh.sift(TAG, Told(apple, eddystone, -60))

    assert fresh.sift(TAG, Told(apple, eddystone, -61)) == Parts({}, {0xFEAA: UID})


def test_where_neither_data_nor_level_is_new_nothing_was_sent() -> None:
    fresh, apple = Freshness(), {0x4C: IBEACON}
    fresh.sift(TAG, Told(apple, None, -60))

    assert fresh.sift(TAG, Told(apple, None, -60)) is None


def test_devices_are_not_mistaken_for_each_other() -> None:
    fresh, apple = Freshness(), {0x4C: IBEACON}
    fresh.sift(TAG, Told(apple, None, -60))

    assert fresh.sift("another", Told(apple, None, -60)) == Parts({0x4C: IBEACON}, {})


def test_of_a_flood_only_the_latest_are_remembered() -> None:
    fresh, apple = Freshness(3), {0x4C: IBEACON}
    for device in ("a", "b", "c", "a", "d"):
        fresh.sift(device, Told(apple, None, -60))

    assert len(fresh) == 3
    assert fresh.sift("a", Told(apple, None, -60)) is None  # spoke again, so b was the oldest
    assert fresh.sift("b", Told(apple, None, -60)) == Parts({0x4C: IBEACON}, {})


frames = st.sampled_from([IBEACON, UID, EID, TLM, b"", b"\x02\x15", b"\x30"]) | st.binary()
uuids = st.sampled_from([FEAA, "0000fcd2-0000-1000-8000-00805f9b34fb", "12345678-0", ""])
told = st.tuples(
    st.none() | st.dictionaries(st.integers(0, 0xFFFF) | st.just(0x4C), frames, max_size=3),
    st.none() | st.dictionaries(uuids, frames, max_size=3),
    st.integers(-127, 20),
)


@given(st.lists(st.tuples(st.sampled_from("abcde"), told), max_size=12))
def test_whatever_is_told_is_sifted(stories: list[tuple[str, tuple[object, object, int]]]) -> None:
    fresh = Freshness(4)
    for device, one in stories:
        fresh.sift(device, Told(*one))  # type: ignore[arg-type]  # that is what is drawn
        assert len(fresh) <= 4
