from contract.messages import Trust, TrustedKey, TrustedTag
from kiosk.core.recognition import Recognition, learn

FOB = "ibeacon:426c7565-4368-6172-6d42-6561636f6e73:1:2"
TRUST = Trust(
    epoch=7,
    tags=(TrustedTag("t-1", FOB),),
    keys=(TrustedKey("0a0b0c0d0e0f", 1, "11" * 32),),
)


def test_a_trusted_identity_becomes_a_tag_id() -> None:
    assert learn(Recognition(), TRUST).tag(FOB) == "t-1"


def test_a_stranger_is_nobody() -> None:
    known = learn(Recognition(), TRUST)

    assert known.tag("ibeacon:426c7565-4368-6172-6d42-6561636f6e73:1:3") is None
    assert Recognition().tag(FOB) is None


def test_a_key_belongs_to_a_member_and_a_device() -> None:
    known = learn(Recognition(), TRUST)

    assert known.key("0a0b0c0d0e0f", 1) == b"\x11" * 32
    assert known.key("0a0b0c0d0e0f", 2) is None
    assert known.key("000000000000", 1) is None


def test_a_newer_trust_replaces_all_of_the_older() -> None:
    known = learn(learn(Recognition(), TRUST), Trust(epoch=8))

    assert known.epoch == 8
    assert known.tag(FOB) is None
    assert known.key("0a0b0c0d0e0f", 1) is None


def test_an_older_or_repeated_trust_revives_nobody() -> None:
    newest = learn(Recognition(), Trust(epoch=8))

    assert learn(newest, TRUST) is newest
    assert learn(newest, Trust(epoch=8, tags=TRUST.tags)) is newest


def test_the_first_trust_counts_whatever_its_epoch() -> None:
    assert learn(Recognition(), Trust(epoch=0, tags=TRUST.tags)).tag(FOB) == "t-1"


def test_identities_do_not_show_in_logs() -> None:
    assert "426c7565" not in repr(learn(Recognition(), TRUST))
