from contract.identifiers import shard_of
from contract.topics import KioskAddress
from firmware_config import mosquitto
from firmware_config.mosquitto import BrokerPlan

QUAY_1, QUAY_2 = KioskAddress("hue-1", "quay-1"), KioskAddress("hue-1", "quay-2")
HUE = f"hien/1/{shard_of('hue-1')}/hue-1"


def rights(text: str) -> dict[str, list[str]]:
    """By user, as the file says them."""
    users = [block.splitlines() for block in text.split("user ")[1:]]
    return {name: [line for line in lines if line] for name, *lines in users}


def test_a_kiosk_says_its_own_events_and_hears_what_is_for_it() -> None:
    text = mosquitto.access([QUAY_1])

    assert rights(text)["quay-1@hue-1"] == [
        f"topic write {HUE}/quay-1/up",
        f"topic write {HUE}/quay-1/state",
        f"topic write {HUE}/quay-1/ask",
        f"topic write {HUE}/quay-1/picture",
        f"topic read {HUE}/quay-1/receipt",
        f"topic read {HUE}/quay-1/show",
        f"topic read {HUE}/quay-1/command",
        f"topic read {HUE}/quay-1/settings",
        f"topic read {HUE}/trust",
        f"topic read {HUE}/denial",
        f"topic read {HUE}/keyring",
        f"topic read {HUE}/revocations",
        f"topic read {HUE}/look",
        f"topic read {HUE}/catalogue",
    ]


def test_only_the_gateway_has_wildcards_and_hears_how_the_broker_is() -> None:
    text = mosquitto.access([QUAY_1, QUAY_2])

    assert [user for user, lines in rights(text).items() if "#" in "".join(lines)] == ["gateway"]
    assert [user for user, lines in rights(text).items() if "$SYS" in "".join(lines)] == ["gateway"]
    assert "topic readwrite hien/1/#" in rights(text)["gateway"]
    assert not text.startswith("topic")  # that would be everybody's


def test_both_doors_ask_for_a_certificate_and_speak_tls_13_only() -> None:
    _, kiosks, gateway = mosquitto.configuration(BrokerPlan("/srv/broker")).split("\nlistener ")

    for door in (kiosks, gateway):
        assert "\nrequire_certificate true\n" in door
        assert "\nuse_identity_as_username true\n" in door
        assert "\ntls_version tlsv1.3\n" in door
    assert "\ncafile /srv/broker/kiosks-ca.pem\n" in kiosks
    assert "\ncrlfile /srv/broker/kiosks.crl\n" in kiosks
    assert "\nuse_username_as_clientid true\n" in kiosks
    assert gateway.startswith("8884 127.0.0.1\n")
    assert "\ncafile /srv/broker/house-ca.pem\n" in gateway


def test_what_is_not_asked_for_is_not_said() -> None:
    text = mosquitto.configuration(BrokerPlan("/srv/broker", is_watched=False))

    assert "log_type debug" not in text
    assert "\nuser " not in text
    assert "\nuser hien\n" in mosquitto.configuration(BrokerPlan("/srv/broker", user="hien"))
