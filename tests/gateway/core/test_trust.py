from contract.messages import Trust, TrustedEid, TrustedIrk, TrustedKey, TrustedTag
from gateway.core.trust import denial, first
from tests.contract.denying import SALT, denial_of

FOB, EID = TrustedTag("t-1", "ibeacon:x:1:1"), TrustedEid("t-2", 10, 0, 0, 0, ())
PHONE, KEY = TrustedIrk("t-3", "00" * 16), TrustedKey("0a0b0c0d0e0f", 1, "11" * 32)
ALL = Trust("hue-1", 5, 0, (FOB,), (KEY,), (EID,), (PHONE,))


def later(*, epoch: int, tags: tuple[TrustedTag, ...] = ()) -> Trust:
    return Trust("hue-1", epoch, 0, tags)


def test_the_first_trust_denies_nobody() -> None:
    assert first(ALL, SALT) == denial_of(5)


def test_whoever_is_trusted_no_more_is_denied_by_every_kind_of_tag() -> None:
    assert denial(ALL, later(epoch=6), first(ALL, SALT)) == denial_of(
        6, "t-1", "t-2", "t-3", members=("0a0b0c0d0e0f",)
    )


def test_a_denial_lasts_until_a_trust_names_them_again() -> None:
    one = denial(ALL, later(epoch=6), first(ALL, SALT))
    second = denial(later(epoch=6), later(epoch=7), one)
    third = denial(later(epoch=7), later(epoch=8, tags=(FOB,)), second)

    assert second.tags == denial_of(7, "t-1", "t-2", "t-3").tags
    assert third == denial_of(8, "t-2", "t-3", members=("0a0b0c0d0e0f",))
