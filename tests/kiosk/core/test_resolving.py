from msgspec import structs

from contract import identities
from contract.messages import Trust, TrustedEid, TrustedIrk, TrustedTag
from kiosk.core.inputs import Advertisement
from kiosk.core.recognition import Recognition, deny, learn
from kiosk.core.resolving import Resolver
from tests.contract.denying import denial_of
from tests.kiosk.core.test_private_addresses import PlainRing

IBEACON = bytes.fromhex("0215426c7565436861726d426561636f6e730efe1355c5")
FOB = "ibeacon:426c7565-4368-6172-6d42-6561636f6e73:3838:4949"
KEY = bytes(range(16))
NOW_S, UNIX_S = 1_000.0, 1_790_000_500.0
COUNTER_S = 300_000
STARTED_S = int(UNIX_S) - COUNTER_S
BLOCK = COUNTER_S // identities.BLOCK_S

TRUST = Trust(
    "hue-1",
    1,
    not_after_ms=1_800_000_000_000,
    tags=(TrustedTag("t-fob", FOB),),
    eids=(
        TrustedEid("t-eid", 10, STARTED_S, 0, BLOCK, (identities.temporary_key(KEY, BLOCK).hex(),)),
    ),
    irks=(TrustedIrk("t-phone", KEY.hex()), TrustedIrk("t-fob", "ff" * 16)),
)
EID_FRAME = b"\x30\xee" + identities.eid(KEY, 10, COUNTER_S)
LATE_FRAME = b"\x30\xee" + identities.eid(KEY, 10, COUNTER_S - 1024)


def resolver(known: Recognition | None = None) -> Resolver:
    made = Resolver(PlainRing())
    made.know(known or learn(Recognition(), TRUST))
    made.tick(NOW_S, UNIX_S)
    return made


def heard(
    ibeacon: bytes | None = None, eddystone: bytes | None = None, address: bytes | None = None
) -> Advertisement:
    return Advertisement(
        {} if ibeacon is None else {0x004C: ibeacon},
        {} if eddystone is None else {0xFEAA: eddystone},
        -60,
        address,
    )


def phone_address(number: int) -> bytes:
    upper = (0x400000 | number).to_bytes(3)
    return upper + identities.address_hash(KEY, upper)


def test_a_static_identity_is_known_at_once() -> None:
    assert resolver().tags(heard(ibeacon=IBEACON), NOW_S) == ["t-fob"]


def test_a_rotating_identity_is_known_by_the_time_of_day() -> None:
    known = resolver()

    assert known.tags(heard(eddystone=EID_FRAME), NOW_S) == ["t-eid"]
    assert known.ahead_s("t-eid") == 0
    assert known.tags(heard(eddystone=EID_FRAME), NOW_S + 5_000) == []


def test_the_clock_of_a_tag_that_shows_none_is_unknown() -> None:
    known = resolver()
    known.tags(heard(ibeacon=IBEACON), NOW_S)

    assert known.ahead_s("t-fob") is None


def test_a_late_clock_is_noticed() -> None:
    known = resolver()

    assert known.tags(heard(eddystone=LATE_FRAME), NOW_S) == ["t-eid"]
    assert known.ahead_s("t-eid") == -(COUNTER_S % 1024 + 1)


def test_a_phone_is_known_by_its_second_address() -> None:
    known = resolver()
    for number in (1, 2):
        assert known.tags(heard(address=phone_address(number)), NOW_S) == []
        known.tick(NOW_S + number, UNIX_S + number)

    assert known.tags(heard(address=phone_address(2)), NOW_S + 2) == ["t-phone"]


def test_phones_are_looked_at_once_a_second_however_often_time_ticks() -> None:
    known = resolver()
    for number in (1, 2):
        known.tags(heard(address=phone_address(number)), NOW_S)
    known.tick(NOW_S + 0.9, UNIX_S)
    assert known.tags(heard(address=phone_address(2)), NOW_S + 0.9) == []

    known.tick(NOW_S + 1, UNIX_S)
    assert known.tags(heard(address=phone_address(2)), NOW_S + 1) == ["t-phone"]


def test_one_advertisement_may_come_from_several_tags_but_names_each_once() -> None:
    everything = heard(IBEACON, EID_FRAME)

    assert resolver().tags(everything, NOW_S) == ["t-fob", "t-eid"]


def test_a_stranger_and_a_frame_without_identity_are_nobody() -> None:
    known = resolver()

    assert known.tags(heard(ibeacon=IBEACON[:-1]), NOW_S) == []
    assert known.tags(heard(eddystone=bytes.fromhex("10ee0268756507")), NOW_S) == []
    assert known.tags(heard(address=b"\x40\0\0\0\0\0"), NOW_S) == []


def test_who_is_denied_is_nobody_by_any_identity() -> None:
    denial = denial_of(1, "t-fob", "t-eid", "t-phone")
    known = resolver(deny(learn(Recognition(), TRUST), denial))
    for number in (1, 2):
        known.tags(heard(address=phone_address(number)), NOW_S)
        known.tick(NOW_S + number, UNIX_S + number)

    assert known.tags(heard(IBEACON, EID_FRAME, phone_address(2)), NOW_S + 2) == []


def test_a_new_word_takes_the_place_of_the_old() -> None:
    known = resolver()
    known.know(learn(Recognition(), structs.replace(TRUST, epoch=2, tags=(), eids=())))
    known.tick(NOW_S, UNIX_S)

    assert known.tags(heard(IBEACON, EID_FRAME), NOW_S) == []


def test_bytes_met_before_are_known_again_and_no_stranger_is_kept() -> None:
    known = resolver()
    stranger = IBEACON[:-2] + b"\x07\xc5"
    for _ in range(2):
        assert known.tags(heard(ibeacon=IBEACON), NOW_S) == ["t-fob"]
        assert known.tags(heard(ibeacon=stranger), NOW_S) == []
        assert known.tags(Advertisement({0x15: IBEACON}, {}, -60), NOW_S) == []

    assert list(known._met) == [(0x004C, IBEACON)]


def test_bytes_met_before_help_nobody_who_is_denied_now() -> None:
    known = resolver()
    known.tags(heard(ibeacon=IBEACON), NOW_S)
    known.know(deny(learn(Recognition(), TRUST), denial_of(1, "t-fob")))

    assert known.tags(heard(ibeacon=IBEACON), NOW_S) == []
