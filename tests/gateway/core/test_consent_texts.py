"""What members are asked with: in both languages, and never changed once somebody agreed to it."""

from __future__ import annotations

import pytest

from gateway.core.consent import TEXT_VERSION, Purpose
from gateway.core.consent_texts import PRESENT, VERSIONS, digest

# Somebody may have agreed to these words: other words are a new version, with lines of its own.
PROVEN = {
    (1, Purpose.PRESENCE): "d4cc85b68dcbd1f0",
    (1, Purpose.PERSONAL_OFFERS): "78a76e34be26070f",
    (1, Purpose.STAFF_CONTEXT): "fd1d69386b1198a9",
    (1, Purpose.PROFILING): "8a44b80d948cc3b6",
    (1, Purpose.EMAIL): "bd4a4014cb066333",
    (1, Purpose.SMS): "4c9f3fba63442281",
    (1, Purpose.ZALO): "f3d528885eec1b7e",
}


@pytest.mark.parametrize("version", VERSIONS)
def test_every_purpose_has_its_words_in_both_languages(version: int) -> None:
    assert set(VERSIONS[version]) == set(Purpose)
    for wording in VERSIONS[version].values():
        assert wording.title.vi != wording.title.en
        assert wording.says.vi != wording.says.en


def test_words_that_somebody_agreed_to_are_as_they_were() -> None:
    said = {(version, one): digest(one, version)[:16] for version in VERSIONS for one in Purpose}

    assert said == PROVEN


def test_words_that_were_never_ours_have_no_hash() -> None:
    assert digest(Purpose.SMS, TEXT_VERSION + 1) == ""


def test_a_channel_says_how_many_messages_come_at_most() -> None:
    for purpose in (Purpose.EMAIL, Purpose.SMS, Purpose.ZALO):
        promise = PRESENT[purpose].promise
        assert promise is not None
        assert f"Nhiều nhất {promise.most} tin trong {promise.days}" in PRESENT[purpose].says.vi
        assert f"At most {promise.most} in {promise.days} days" in PRESENT[purpose].says.en
