"""Reads what mosquitto 2.0.11 writes about itself, and says who tried what they may not.

Sans IO. It judges lines and counts; a line it does not know is nothing. mosquitto escapes nothing,
but lets no control characters into topics and names, so a line is one thing that happened.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from contract import topics
from contract.errors import ContractError
from firmware_config import mosquitto
from firmware_config.mosquitto import GATEWAY

K = TypeVar("K")
V = TypeVar("V")

AGAIN_S = 600.0  # the same attempt by the same user is one alarm in ten minutes
TAKEN_OVER_WITHIN_S = 60.0
TAKEN_OVER_MAX = 2  # once is a lost network; two copies take turns every second
REMEMBERED = 2_000  # users and what they tried, the oldest is forgotten first; a shop has 20 kiosks


class Attempt(StrEnum):
    """What somebody tried who may not."""

    SAID = "said"  # published on a topic that is not theirs
    HEARD = "heard"  # subscribed to what is not for them; granted, and nothing is delivered
    WILLED = "willed"  # left a last will on a topic that is not theirs; it is not published
    TOO_LARGE = "too_large"
    TWICE = "twice"  # two come by one certificate
    STRANGER = "stranger"  # no certificate, a foreign, an ended or a revoked one


@dataclass(frozen=True, slots=True)
class Alarm:
    """Somebody tried what they may not."""

    attempt: Attempt
    user: str  # as the certificate says; empty for a stranger
    detail: str  # the topic, or the address


_PUBLISH = r" PUBLISH from (.+) \(d\d, q\d, r\d, m\d+, '(.*)', \.\.\. "
_SAID = re.compile("Denied" + _PUBLISH)
_TOO_LARGE = re.compile("Dropped too large" + _PUBLISH)
_TAKEN_OVER = re.compile(r"Client (.+) already connected, closing old connection\.")
_CONNECTED = re.compile(r"New client connected from (.+):\d+ as (.+) \(p\d, c\d, k\d+, u'(.*)'\)\.")
_SUBSCRIBES = re.compile(r"Received SUBSCRIBE from (.+)")
_FILTER = re.compile(r"\t(.*) \(QoS \d\)")
_ARRIVES = re.compile(r"New connection from (.+):\d+ on port \d+\.")
# A peer that goes without a word is "unexpected eof"; any other trouble with TLS is a stranger's.
_UNTRUSTED = re.compile(r"OpenSSL Error\[\d+\]: (?!.*unexpected eof)")
_FAILED = re.compile(r"Client connection from (.+) failed: (?!.*unexpected eof)")
BEGINNINGS = (  # of the lines that matter, for whoever has many and reads bytes
    b"Denied PUBLISH",
    b"Dropped too large",
    b"Client ",
    b"New c",
    b"Received SUBSCRIBE",
    b"Will message",
    b"No will",
    b"\t",
    b"OpenSSL Error",
)


@dataclass
class Watch:
    """The story so far."""

    _address: str = ""  # of the connection that opened last
    _user: str = ""  # whom indented lines are about
    _is_will: bool = False
    _taken_over: str = ""  # whose session ends because of the connection that comes next
    _addresses: OrderedDict[str, str] = field(default_factory=OrderedDict)
    _turns_s: OrderedDict[str, list[float]] = field(default_factory=OrderedDict)
    _raised_s: OrderedDict[tuple[Attempt, str], float] = field(default_factory=OrderedDict)

    def read(self, line: str, now_s: float) -> Alarm | None:
        """Take the next line, without its end; an alarm if it is worth one."""
        alarm = self._indented(line) if line.startswith("\t") else self._plain(line, now_s)
        return alarm if alarm is not None and self._is_news(alarm, now_s) else None

    def _plain(self, line: str, now_s: float) -> Alarm | None:
        if found := _SAID.match(line):
            return Alarm(Attempt.SAID, found[1], found[2])
        if found := _TOO_LARGE.match(line):
            return Alarm(Attempt.TOO_LARGE, found[1], found[2])
        if found := _TAKEN_OVER.match(line):
            self._taken_over = found[1]
        elif found := _CONNECTED.match(line):
            return self._connected(found[1], found[2], found[3], now_s)
        elif line.startswith("Will message specified"):
            self._is_will = True
        elif found := _SUBSCRIBES.match(line):
            self._user, self._is_will = found[1], False
        elif found := _ARRIVES.match(line):
            self._address = found[1]
        elif _UNTRUSTED.match(line):
            return Alarm(Attempt.STRANGER, "", self._address)
        elif found := _FAILED.match(line):
            return Alarm(Attempt.STRANGER, "", found[1])
        return None

    def _connected(self, address: str, client: str, user: str, now_s: float) -> Alarm | None:
        self._user, self._is_will = client, False
        was_taken_over, self._taken_over = self._taken_over == client, ""
        if user == GATEWAY:
            return None  # it throws out who is revoked, and its shards go from worker to worker
        before = self._addresses.get(client, address)
        _remember(self._addresses, client, address)
        if not was_taken_over:
            return None
        turns_s = [at for at in self._turns_s.get(client, ()) if now_s - at < TAKEN_OVER_WITHIN_S]
        turns_s.append(now_s)
        _remember(self._turns_s, client, turns_s[-TAKEN_OVER_MAX:])
        if address == before and len(turns_s) < TAKEN_OVER_MAX:
            return None
        return Alarm(Attempt.TWICE, client, address)

    def _indented(self, line: str) -> Alarm | None:
        """A will's topic, or one filter of a subscription; the gateway's are its own affair."""
        try:
            kiosk = topics.user(self._user)
        except ContractError:
            return None
        if self._is_will:
            self._is_will = False
            topic = line.removeprefix("\t")
            is_own = topic in mosquitto.may_say(kiosk)
            return None if is_own else Alarm(Attempt.WILLED, self._user, topic)
        found = _FILTER.fullmatch(line)
        if found is None or found[1] in mosquitto.may_hear(kiosk):
            return None
        return Alarm(Attempt.HEARD, self._user, found[1])

    def _is_news(self, alarm: Alarm, now_s: float) -> bool:
        who = alarm.user or alarm.detail
        raised_s = self._raised_s.get((alarm.attempt, who))
        if raised_s is not None and now_s - raised_s < AGAIN_S:
            return False
        _remember(self._raised_s, (alarm.attempt, who), now_s)
        return True


def _remember(table: OrderedDict[K, V], key: K, value: V) -> None:
    """Bounded: whoever is new pushes out who was set longest ago."""
    table[key] = value
    table.move_to_end(key)
    if len(table) > REMEMBERED:
        table.popitem(last=False)
