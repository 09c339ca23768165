from msgspec import structs

from contract.messages import Trust, TrustedEid, TrustedIrk, TrustedKey, TrustedTag
from kiosk.core.recognition import Recognition, deny, expire, learn
from tests.contract.denying import denial_of

FOB = "ibeacon:426c7565-4368-6172-6d42-6561636f6e73:1:2"
TRUST = Trust(
    "hue-1",
    7,
    not_after_ms=1_800_000_000_000,
    tags=(TrustedTag("t-1", FOB),),
    keys=(TrustedKey("0a0b0c0d0e0f", 1, "11" * 32),),
    eids=(TrustedEid("t-2", 10, 0, 13, 0, ("22" * 16,)),),
    irks=(TrustedIrk("t-3", "33" * 16),),
)
NOBODY = Trust("hue-1", 8, not_after_ms=1_800_000_000_000)


def test_a_trusted_identity_becomes_a_tag_id() -> None:
    assert learn(Recognition(), TRUST).tag(FOB) == "t-1"


def test_every_kind_of_tag_is_recognised_by_its_id() -> None:
    known = learn(Recognition(), TRUST)

    assert [known.recognises(tag) for tag in ("t-1", "t-2", "t-3", "t-4")] == [True] * 3 + [False]


def test_a_stranger_is_nobody() -> None:
    known = learn(Recognition(), TRUST)

    assert known.tag("ibeacon:426c7565-4368-6172-6d42-6561636f6e73:1:3") is None
    assert known.tag(None) is None
    assert Recognition().tag(FOB) is None


def test_a_key_belongs_to_a_member_and_a_device() -> None:
    known = learn(Recognition(), TRUST)

    assert known.key("0a0b0c0d0e0f", 1) == b"\x11" * 32
    assert known.key("0a0b0c0d0e0f", 2) is None
    assert known.key("000000000000", 1) is None


def test_a_newer_trust_replaces_all_of_the_older() -> None:
    known = learn(learn(Recognition(), TRUST), NOBODY)

    assert known.epoch == 8
    assert known.tag(FOB) is None
    assert known.key("0a0b0c0d0e0f", 1) is None
    assert not known.recognises("t-2")
    assert not known.eids
    assert not known.irks


def test_an_older_or_repeated_trust_revives_nobody() -> None:
    newest = learn(Recognition(), NOBODY)

    assert learn(newest, TRUST) is newest
    assert learn(newest, structs.replace(TRUST, epoch=8)) is newest


def test_the_first_trust_counts_whatever_its_epoch() -> None:
    assert learn(Recognition(), structs.replace(TRUST, epoch=0)).tag(FOB) == "t-1"


def test_who_is_denied_is_a_stranger_also_to_a_newer_trust() -> None:
    denial = denial_of(1, "t-1", "t-3", members=("0a0b0c0d0e0f",))
    for known in (
        deny(learn(Recognition(), TRUST), denial),
        learn(deny(Recognition(), denial), structs.replace(TRUST, epoch=99)),
    ):
        assert known.tag(FOB) is None
        assert [known.recognises(tag) for tag in ("t-1", "t-2", "t-3")] == [False, True, False]
        assert known.key("0a0b0c0d0e0f", 1) is None


def test_only_a_newer_denial_lifts_a_denial() -> None:
    denied = deny(learn(Recognition(), TRUST), denial_of(5, "t-1"))

    assert deny(denied, denial_of(5)) is denied
    assert deny(denied, denial_of(4)) is denied
    assert deny(denied, denial_of(6)).tag(FOB) == "t-1"


def test_what_is_too_old_recognises_nobody_and_is_not_gone_back_to() -> None:
    known = deny(learn(Recognition(), TRUST), denial_of(5, "t-2"))

    assert expire(known, 1_800_000_000.0) is known
    expired = expire(known, 1_800_000_000.1)

    assert expired.tag(FOB) is None
    assert expired.key("0a0b0c0d0e0f", 1) is None
    assert learn(expired, TRUST) is expired
    assert learn(expired, structs.replace(TRUST, epoch=8)).recognises("t-1")
    assert not learn(expired, structs.replace(TRUST, epoch=8)).recognises("t-2")


def test_identities_do_not_show_in_logs() -> None:
    shown = repr(learn(Recognition(), TRUST))

    assert all(secret not in shown for secret in ("426c7565", "11111111", "22222222", "33333333"))
