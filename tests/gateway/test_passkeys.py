from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.passkeys import NewKey, Refusal, Shown, Site
from gateway.passkeys import Known, Passkeys
from tests.security_key import SecurityKey, text

ORIGIN = "https://shop.example"
DOOR = Passkeys(Site(ORIGIN, "shop.example"))


def enrolled(key: SecurityKey, staff: str = "hanh") -> Known:
    """What is kept of a passkey that somebody added."""
    question = DOOR.invite(staff, "Hạnh", [])
    made = DOOR.made(question.challenge, key.make(question.options))
    assert isinstance(made, NewKey)
    assert made.credential == key.credential
    return Known(staff, made.public_key)


def show(key: SecurityKey, known: Known | None, challenge: str = "") -> Shown | Refusal:
    question = DOOR.ask()
    answer = key.sign(question.options)
    return DOOR.shown(challenge or question.challenge, answer, lambda _one: known)


def test_a_passkey_that_was_added_shows_who_it_is() -> None:
    key = SecurityKey(ORIGIN)
    known = enrolled(key)

    assert show(key, known) == Shown(key.credential, 1)
    assert show(key, known) == Shown(key.credential, 2)


def test_a_device_is_asked_for_a_key_it_finds_by_itself_and_opens_for_its_owner_only() -> None:
    made = DOOR.invite("hanh", "Hạnh", ["YWJj"]).options["publicKey"]
    asked = DOOR.ask().options["publicKey"]

    assert made["authenticatorSelection"]["residentKey"] == "required"
    assert made["authenticatorSelection"]["userVerification"] == "required"
    assert [one["id"] for one in made["excludeCredentials"]] == ["YWJj"]
    assert made["attestation"] == "none"
    assert asked["userVerification"] == "required"
    assert "allowCredentials" not in asked
    assert json.loads(json.dumps(asked)) == asked


def test_no_two_questions_are_the_same() -> None:
    assert len({DOOR.ask().challenge for _ in range(50)}) == 50


CHEATS: dict[str, dict[str, Any]] = {
    "another page": {"origin": "https://shop.example.evil.example"},
    "a page below ours": {"origin": "https://guest.shop.example"},
    "the same name without https": {"origin": "http://shop.example"},
    "another port": {"origin": "https://shop.example:8443"},
    "another shop's key": {"rp": "evil.example"},
    "in a frame of another page": {"cross_origin": True},
    "not opened by its owner": {"is_verified": False},
}


@pytest.mark.parametrize("cheat", CHEATS)
def test_an_answer_from_elsewhere_neither_adds_nor_lets_in(cheat: str) -> None:
    key = SecurityKey(ORIGIN)
    known = enrolled(key)
    cheating = replace(key, **CHEATS[cheat])
    question = DOOR.invite("hanh", "Hạnh", [])

    assert show(cheating, known) is Refusal.BAD_ANSWER
    assert DOOR.made(question.challenge, cheating.make(question.options)) is Refusal.BAD_ANSWER


def test_an_answer_to_another_question_lets_nobody_in() -> None:
    key = SecurityKey(ORIGIN)

    assert show(key, enrolled(key), DOOR.ask().challenge) is Refusal.BAD_ANSWER


def test_an_answer_that_makes_a_key_does_not_sign_in() -> None:
    key = SecurityKey(ORIGIN)
    known = enrolled(key)
    question = DOOR.invite("hanh", "Hạnh", [])
    answer = key.make(question.options)

    assert DOOR.shown(question.challenge, answer, lambda _one: known) is Refusal.BAD_ANSWER


def test_a_passkey_of_another_person_is_not_ones_own() -> None:
    hers, his = SecurityKey(ORIGIN, 1), SecurityKey(ORIGIN, 2)
    known = enrolled(hers)
    enrolled(his, "tu")
    as_hers = replace(his, handle=hers.handle)  # his signature under her name
    by_handle = replace(hers, handle=his.handle)  # her signature under his

    assert show(as_hers, known) is Refusal.BAD_ANSWER
    assert show(by_handle, known) is Refusal.BAD_ANSWER
    assert show(replace(hers, handle=""), known) is Refusal.BAD_ANSWER


def test_an_unknown_passkey_is_told_from_a_wrong_one() -> None:
    assert show(SecurityKey(ORIGIN), None) is Refusal.UNKNOWN


def test_a_key_of_a_sort_nobody_asked_for_is_not_kept() -> None:
    question = DOOR.invite("hanh", "Hạnh", [])
    strange = SecurityKey(ORIGIN, algorithm=-9)

    assert DOOR.made(question.challenge, strange.make(question.options)) is Refusal.BAD_ANSWER


def test_one_letter_changed_anywhere_in_the_signature_is_refused() -> None:
    key = SecurityKey(ORIGIN)
    known = enrolled(key)
    question = DOOR.ask()
    said = json.loads(key.sign(question.options))
    for part in ("authenticatorData", "clientDataJSON", "signature"):
        was = said["response"][part]
        changed = {
            **said["response"],
            part: ("A" if was[20] != "A" else "B").join((was[:20], was[21:])),
        }
        answer = json.dumps({**said, "response": changed})
        assert DOOR.shown(question.challenge, answer, lambda _one: known) is Refusal.BAD_ANSWER


NONSENSE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
BYTES = st.binary(max_size=80).map(text) | st.just(text(b"\x81" * 5_000))


@st.composite
def answers(draw: st.DrawFn) -> str:
    """Texts that are no answers, and answers whose parts are not what they should be."""
    names = ("clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle")
    parts = {name: draw(BYTES | NONSENSE) for name in names}
    whole = {"id": "AA", "rawId": "AA", "type": "public-key", "response": parts}
    return draw(
        st.one_of(
            st.just(json.dumps(whole)), NONSENSE.map(json.dumps), st.text(), st.just("[" * 50_000)
        )
    )


@pytest.mark.parametrize("part", ["authenticatorData", "attestationObject", "clientDataJSON"])
def test_a_number_is_not_taken_for_so_many_bytes(part: str) -> None:
    key = SecurityKey(ORIGIN)
    known = enrolled(key)
    question = DOOR.ask()
    said = json.loads(key.sign(question.options))
    answer = json.dumps({**said, "response": {**said["response"], part: 10**15}})

    assert DOOR.made(question.challenge, answer) is Refusal.BAD_ANSWER
    assert DOOR.shown(question.challenge, answer, lambda _one: known) is Refusal.BAD_ANSWER


def test_an_answer_of_empty_parts_is_none() -> None:
    client = b'{"type": "webauthn.create", "challenge": "AA", "origin": "https://shop.example"}'
    parts = {"clientDataJSON": text(client), "attestationObject": ""}
    answer = json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": parts})

    assert DOOR.made("AA", answer) is Refusal.BAD_ANSWER


@given(answers())
def test_whatever_somebody_sends_is_refused_and_breaks_nothing(answer: str) -> None:
    known = Known("hanh", b"\xa0")
    challenge = DOOR.ask().challenge

    assert isinstance(DOOR.made(challenge, answer), Refusal)
    assert isinstance(DOOR.shown(challenge, answer, lambda _one: known), Refusal)
