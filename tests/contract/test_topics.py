"""Topics are built and read in one place, and strangers' topics are refused."""

import pytest

from contract import topics
from contract.errors import ContractError
from contract.topics import KioskAddress, Leaf

QUAY = KioskAddress("hue-1", "quay-1")


@pytest.mark.parametrize("leaf", list(Leaf))
def test_a_topic_names_its_sender(leaf: Leaf) -> None:
    assert topics.sender(QUAY.topic(leaf)) == (QUAY, leaf)


def test_topics_look_as_documented() -> None:
    assert QUAY.topic(Leaf.UP) == "hien/1/58/hue-1/quay-1/up"
    assert topics.trust("hue-1") == "hien/1/58/hue-1/trust"
    assert topics.denial("hue-1") == "hien/1/58/hue-1/denial"
    assert topics.live("hue-1") == "hien/1/58/hue-1/live"
    assert topics.every("58", Leaf.UP) == "hien/1/58/+/+/up"


@pytest.mark.parametrize(
    "topic",
    [
        pytest.param("", id="empty"),
        pytest.param("hien/1/58/hue-1/up", id="too short"),
        pytest.param("hien/1/58/hue-1/quay-1/up/more", id="too long"),
        pytest.param("hien/2/58/hue-1/quay-1/up", id="another topic tree"),
        pytest.param("hien/1/59/hue-1/quay-1/up", id="not the store's shard"),
        pytest.param("hien/1/58/hue-1/Quay 1/up", id="not a name"),
        pytest.param("hien/1/58/hue-1/quay-1/down", id="unknown stream"),
    ],
)
def test_a_foreign_topic_is_refused_by_name(topic: str) -> None:
    with pytest.raises(ContractError) as caught:
        topics.sender(topic)
    assert caught.value.field == "topic"


def test_a_kiosk_is_known_to_brokers_by_its_name_and_its_stores() -> None:
    assert QUAY.user == "quay-1@hue-1"
    assert topics.user(QUAY.user) == QUAY


@pytest.mark.parametrize("name", ["", "gateway", "quay-1", "@hue-1", "quay-1@", "a@b@c", "#@hue-1"])
def test_who_is_no_kiosk_has_no_kiosks_address(name: str) -> None:
    with pytest.raises(ContractError) as caught:
        topics.user(name)
    assert caught.value.field == "user"
