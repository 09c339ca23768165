"""What mosquitto 2.0.11 wrote, line by line, and what we make of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_config.broker_watch import (
    AGAIN_S,
    BEGINNINGS,
    REMEMBERED,
    TAKEN_OVER_WITHIN_S,
    Alarm,
    Attempt,
    Watch,
)

QUAY = "quay-1@hue-1"
COMES = "New connection from 192.168.7.31:40331 on port 8883."
WILL = "Will message specified (4 bytes) (r1, q1)."
SUBSCRIBES = f"Received SUBSCRIBE from {QUAY}"


def connected(address: str = "192.168.7.31", client: str = QUAY, user: str = QUAY) -> str:
    return f"New client connected from {address}:40331 as {client} (p5, c1, k30, u'{user}')."


def taken_over(client: str = QUAY) -> str:
    return f"Client {client} already connected, closing old connection."


def alarms(watch: Watch, *lines: str, at_s: float = 0.0) -> list[Alarm]:
    return [alarm for line in lines if (alarm := watch.read(line, at_s)) is not None]


STORIES = [
    pytest.param(
        [
            COMES,
            connected(),
            WILL,
            "\thien/1/58/hue-1/quay-1/state",
            f"Sending CONNACK to {QUAY} (0, 0)",
            SUBSCRIBES,
            "\thien/1/58/hue-1/quay-1/receipt (QoS 1)",
            "\thien/1/58/hue-1/trust (QoS 1)",
            f"Sending SUBACK to {QUAY}",
            f"Received PUBLISH from {QUAY} (d0, q1, r0, m1, 'hien/1/58/hue-1/quay-1/up', ... )",
            f"Sending PUBACK to {QUAY} (m1, rc0)",
            f"Client {QUAY} closed its connection.",
            f"Client {QUAY} disconnected.",
            "OpenSSL Error[0]: error:0A000126:SSL routines::unexpected eof while reading",
        ],
        [],
        id="a kiosk's day",
    ),
    pytest.param(
        [f"Denied PUBLISH from {QUAY} (d0, q1, r1, m2, 'hien/1/58/hue-1/trust', ... (3 bytes))"],
        [(Attempt.SAID, "hien/1/58/hue-1/trust")],
        id="says what it may not",
    ),
    pytest.param(
        [f"Dropped too large PUBLISH from {QUAY} (d0, q1, r0, m5, 'a/b', ... (20000 bytes))"],
        [(Attempt.TOO_LARGE, "a/b")],
        id="too large",
    ),
    pytest.param(
        [connected(), SUBSCRIBES, "\t# (QoS 1)", "\t$SYS/# (QoS 1)"],
        [(Attempt.HEARD, "#")],
        id="hears what it may not, said once",
    ),
    pytest.param(
        [connected(), WILL, "\thien/1/58/hue-1/quay-2/state"],
        [(Attempt.WILLED, "hien/1/58/hue-1/quay-2/state")],
        id="leaves a will in another's name",
    ),
    pytest.param(
        [
            connected(),
            connected(client="hien-shard-58", user="gateway"),
            WILL,
            "\tanything",
            "Received SUBSCRIBE from hien-shard-58",
            "\thien/1/58/+/+/up (QoS 1)",
        ],
        [],
        id="the gateway hears everything",
    ),
    pytest.param([taken_over(), connected()], [], id="a kiosk that lost the network is back"),
    pytest.param(
        [taken_over(), connected(), taken_over(), connected()],
        [(Attempt.TWICE, "192.168.7.31")],
        id="two take turns",
    ),
    pytest.param(
        [connected(), taken_over(), connected("192.168.7.66")],
        [(Attempt.TWICE, "192.168.7.66")],
        id="one comes from elsewhere",
    ),
    pytest.param([connected(), connected("192.168.7.66")], [], id="a new address, no old session"),
    pytest.param(
        [connected(), taken_over(), connected("127.0.0.1", user="gateway")],
        [],
        id="the gateway throws a kiosk out",
    ),
    pytest.param(
        [
            taken_over("hien-shard-07"),
            connected(client="hien-shard-07", user="gateway"),
            taken_over("hien-shard-07"),
            connected(client="hien-shard-07", user="gateway"),
        ],
        [],
        id="a shard goes from worker to worker",
    ),
]


@pytest.mark.parametrize(("lines", "found"), STORIES)
def test_what_is_an_alarm_and_what_is_not(
    lines: list[str], found: list[tuple[Attempt, str]]
) -> None:
    assert [(alarm.attempt, alarm.detail) for alarm in alarms(Watch(), *lines)] == found
    assert {alarm.user for alarm in alarms(Watch(), *lines)} <= {QUAY}


@pytest.mark.parametrize(
    "trouble",
    [
        "certificate verify failed",
        "peer did not return a certificate",
        "unsupported protocol",
        "wrong version number",
    ],
)
def test_whoever_has_no_certificate_of_ours_is_a_stranger(trouble: str) -> None:
    late = f"OpenSSL Error[0]: error:0A000086:SSL routines::{trouble}"
    early = f"Client connection from 192.168.7.32 failed: error:0A000086:SSL routines::{trouble}."

    assert alarms(Watch(), COMES, late, early) == [
        Alarm(Attempt.STRANGER, "", "192.168.7.31"),
        Alarm(Attempt.STRANGER, "", "192.168.7.32"),
    ]


def test_the_same_attempt_is_said_again_after_ten_minutes() -> None:
    line = f"Denied PUBLISH from {QUAY} (d0, q1, r0, m2, 'a', ... (3 bytes))"
    watch = Watch()

    assert len(alarms(watch, line, line, at_s=0)) == 1
    assert len(alarms(watch, line, at_s=AGAIN_S - 1)) == 0
    assert len(alarms(watch, line, at_s=AGAIN_S)) == 1


def test_a_kiosk_that_loses_its_network_twice_a_day_is_no_alarm() -> None:
    watch = Watch()

    assert not alarms(watch, taken_over(), connected(), at_s=0)
    assert not alarms(watch, taken_over(), connected(), at_s=TAKEN_OVER_WITHIN_S)


def test_a_flood_of_strangers_is_remembered_no_longer_than_others() -> None:
    watch = Watch()
    for number in range(REMEMBERED + 10):
        alarms(watch, f"Client connection from 10.{number} failed: wrong version number.")
        alarms(watch, connected(client=f"quay-{number}@hue-1", user=f"quay-{number}@hue-1"))

    assert len(watch._raised_s) == REMEMBERED
    assert len(watch._addresses) == REMEMBERED


@given(st.lists(st.one_of(st.text(), st.sampled_from([COMES, WILL, SUBSCRIBES, "\t# (QoS 1)"]))))
def test_no_line_breaks_it(lines: list[str]) -> None:
    alarms(Watch(), *lines)


def test_who_reads_bytes_misses_nothing() -> None:
    lines = [line for story in STORIES for line in story.values[0] if alarms(Watch(), line)]  # type: ignore[union-attr]

    assert lines
    assert all(line.encode().startswith(BEGINNINGS) for line in lines)
    assert all(line.encode().startswith(BEGINNINGS) for line in (COMES, WILL, SUBSCRIBES, "\t#"))
    assert connected().encode().startswith(BEGINNINGS)
    assert taken_over().encode().startswith(BEGINNINGS)
    assert b"Sending PUBLISH".startswith(BEGINNINGS) is False
