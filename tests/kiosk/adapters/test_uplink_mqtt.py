"""A kiosk's uplink against a real broker: what is on its way once, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contract.messages import KioskState
from contract.topics import KioskAddress
from kiosk.adapters.trust_gate import TrustGate
from kiosk.adapters.uplink_mqtt import MqttUplink
from kiosk.core.inputs import Input, LinkChanged
from kiosk.ports import Refused
from tests.broker import Broker
from tests.waiting import until

ALLOWED = "topic readwrite hien/1/+/hue-1/quay-1/#\n"
NOT_AUTHORIZED = "Not authorized"


@contextmanager
def uplink(broker: Broker, kiosk: str, folder: Path) -> Iterator[tuple[MqttUplink, list[Input]]]:
    told: list[Input] = []
    made = MqttUplink(KioskAddress("hue-1", kiosk), told.append, TrustGate("hue-1", {}, folder))
    made.open(broker.host, broker.port)
    until(lambda: LinkChanged(online=True) in told, "connected")
    try:
        yield made, told
    finally:
        made.close()


def is_quiet(made: MqttUplink) -> bool:
    """Whether the broker has answered everything."""
    return not made.refused() and not made._under_way


def test_an_uplink_hands_over_each_event_once_and_hears_what_is_refused(tmp_path: Path) -> None:
    broker = Broker(tmp_path)
    (tmp_path / "acl").write_text(ALLOWED)
    with broker._config.open("a") as config:
        config.write(f"acl_file {tmp_path}/acl\n")
    broker.start()

    with uplink(broker, "quay-2", tmp_path / "epochs-2") as (foreign, _):
        foreign.publish(b"not mine to say")
        foreign.publish_state(KioskState("quay-2", online=True))
        until(lambda: foreign._answers.qsize() == 2, "two answers")
        refused = foreign.refused()
        assert refused == [Refused(b"not mine to say", NOT_AUTHORIZED, is_for_good=False)]

    with uplink(broker, "quay-1", tmp_path / "epochs-1") as (mine, told):
        mine.publish(b"0")
        until(lambda: is_quiet(mine), "an answer")
        broker.kill()
        until(lambda: told[-1] == LinkChanged(online=False), "the loss is noticed")
        for _ in range(3):  # as after each of three links that did not last
            for number in range(5):
                mine.publish(b"%d" % number)
            mine.publish_state(KioskState("quay-1", online=True))
        assert len(mine._link._client._out_messages) == 5

        broker.start()
        until(lambda: is_quiet(mine), "answers")
        mine.publish(b"0")  # no receipt came for it: then it goes out again
        assert len(mine._under_way) == 1
    broker.kill()
