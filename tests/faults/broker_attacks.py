"""Fifty ways to misuse a shop's broker, each told as what must happen.

An attack raises AssertionError if the broker let it through. The last column is the alarm due.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from contract import codec, topics
from contract.events import Called
from contract.topics import KioskAddress, Leaf
from firmware_config import certificates
from firmware_config.broker_folder import BrokerFolder
from firmware_config.broker_watch import Attempt
from firmware_config.certificates import Authority
from firmware_config.mosquitto import HOUSE_AUTHORITY
from tests.faults.hostile import CONNECT, PUBLISH, V5, V31, V311, Hostile, RefusedError, Said
from tests.gateway.shop import Outbox

STORE, OTHER_STORE = "hue-1", "hue-2"
VICTIM = KioskAddress(STORE, "victim")
FAR = KioskAddress(OTHER_STORE, "victim")  # the same name in another store
FORGED = b"forged"
SECRET = b"for the victim alone"
NOT_AUTHORIZED = 0x87
A_CLIENT = Said()
NOW = datetime.now(UTC)  # OpenSSL goes by the machine's clock


@dataclass
class Stage:
    """A broker, who attacks it now, and what the gateway hears."""

    files: BrokerFolder
    folder: Path
    gateway: Hostile  # hears every kiosk's events and states
    revoke: Callable[[KioskAddress, int], object]  # a kiosk and its certificate's serial
    number: int = 0  # of the attack
    connections: list[Hostile] = field(default_factory=list)

    @property
    def attacker(self) -> KioskAddress:
        """Who attacks: another kiosk each time, so that each alarm is its own."""
        return KioskAddress(STORE, f"attacker-{self.number}")

    @property
    def address(self) -> str:
        """Where it comes from; on loopback all of them are ours."""
        return f"127.0.7.{self.number + 1}"

    @property
    def port(self) -> int:
        return self.files.plan.port

    @property
    def gateway_port(self) -> int:
        return self.files.plan.gateway_port

    def identity(
        self,
        user: str,
        authority: Authority | None = None,
        life: timedelta = certificates.KIOSK_LIFE,
        born: datetime = NOW,
    ) -> Path:
        """Key and certificate of that name, from the kiosks' authority or another."""
        key = certificates.new_key()
        signer = authority or self.files.kiosks_authority()
        signed = certificates.issue_client(signer, user, key.public_key(), born, life)
        return self.keep(key, signed)

    def keep(self, key: EllipticCurvePrivateKey, *chain: x509.Certificate) -> Path:
        path = self.folder / f"{chain[0].serial_number:x}.pem"
        path.write_text(
            certificates.key_pem(key) + "".join(map(certificates.certificate_pem, chain))
        )
        return path

    def tls(self, identity: Path | None, key: Path | None = None) -> ssl.SSLContext:
        """What an attacker opens connections with: our authority, and no scruples."""
        context = ssl.create_default_context(cafile=str(self.files.path / HOUSE_AUTHORITY))
        if identity is not None:
            context.load_cert_chain(identity, key)
        return context

    def connect(self, port: int, said: Said) -> Hostile:
        self.connections.append(Hostile(port, said))
        return self.connections[-1]

    def end(self) -> None:
        """All who attacked are gone."""
        while self.connections:
            self.connections.pop().vanish()

    def come(self, said: Said = A_CLIENT, kiosk: KioskAddress | None = None) -> Hostile:
        """The attacker, or another kiosk, with a good certificate."""
        identity = self.identity((kiosk or self.attacker).user)
        address = self.address if kiosk is None else "127.0.0.1"
        return self.connect(self.port, replace(said, tls=self.tls(identity), address=address))

    def is_refused(self, port: int, tls: ssl.SSLContext | None) -> None:
        try:
            self.connect(port, Said(tls=tls, address=self.address))
        except (RefusedError, OSError):
            return
        raise AssertionError("came in")

    def nothing_reached_the_gateway(self, attacker: Hostile | None = None) -> None:
        """The attacker's ping is answered after all it said before was dealt with; then ours."""
        if attacker is not None:
            attacker.hears()
        assert self.gateway.hears() == []

    def tell(self, topic: str) -> None:
        """The gateway says something to the victim, retained."""
        self.gateway.publish(topic, SECRET, retain=True)


Attack = Callable[[Stage], None]
Disguise = Callable[[Stage], ssl.SSLContext | None]


def at_kiosks(change: Disguise) -> tuple[Attack, Attempt]:
    """Coming to the kiosks' door like this, nobody gets in."""
    return lambda stage: stage.is_refused(stage.port, change(stage)), Attempt.STRANGER


def at_gateways(change: Disguise) -> tuple[Attack, Attempt]:
    """Nor at the gateway's."""
    return lambda stage: stage.is_refused(stage.gateway_port, change(stage)), Attempt.STRANGER


def plain(_stage: Stage) -> None:
    """No TLS at all."""


def nobody(stage: Stage) -> ssl.SSLContext:
    return stage.tls(None)


def a_kiosk(stage: Stage) -> ssl.SSLContext:
    return stage.tls(stage.identity(stage.attacker.user))


def own_authority(stage: Stage) -> ssl.SSLContext:
    forged = certificates.new_authority("hien kiosks", NOW)
    return stage.tls(stage.identity(VICTIM.user, forged))


def ended(stage: Stage) -> ssl.SSLContext:
    return stage.tls(stage.identity(stage.attacker.user, life=timedelta(seconds=-1)))


def not_begun(stage: Stage) -> ssl.SSLContext:
    return stage.tls(stage.identity(stage.attacker.user, born=NOW + 2 * certificates.BACK_DATED))


def old_tls(stage: Stage) -> ssl.SSLContext:
    context = stage.tls(stage.identity(stage.attacker.user))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


def signed_by_a_kiosk(stage: Stage) -> ssl.SSLContext:
    """A kiosk plays authority, and sends its own certificate along."""
    key, kiosk_key = certificates.new_key(), certificates.new_key()
    kiosk = certificates.issue_client(
        stage.files.kiosks_authority(), stage.attacker.user, kiosk_key.public_key(), NOW
    )
    child = certificates.issue_client(
        Authority(kiosk, kiosk_key), VICTIM.user, key.public_key(), NOW
    )
    return stage.tls(stage.keep(key, child, kiosk))


def servers_own(stage: Stage) -> ssl.SSLContext:
    return stage.tls(stage.files.path / "server.pem", stage.files.path / "server.key")


def gateways_own(stage: Stage) -> ssl.SSLContext:
    return stage.tls(stage.files.path / "gateway.pem", stage.files.path / "gateway.key")


def forged(topic: str, *, version: int = V5, retain: bool = False, qos: int = 1) -> Attack:
    """What is said there reaches nobody; MQTT 5 is told so."""

    def attack(stage: Stage) -> None:
        attacker = stage.come(Said(version=version))
        named = topic.replace("/attacker/", f"/{stage.attacker.kiosk}/")
        reason = attacker.publish(named, FORGED, retain=retain, qos=qos)
        assert reason == (NOT_AUTHORIZED if version == V5 else 0)
        stage.nothing_reached_the_gateway(attacker)
        late = stage.connect(stage.gateway_port, Said(client_id="late", tls=gateways_own(stage)))
        late.subscribe(named)
        # On the pages' own topic the broker's word about the attack may be on its way.
        assert (named, FORGED) not in late.hears(), "kept for later"
        late.vanish()

    return attack


def wild(stage: Stage) -> None:
    """A topic with a wildcard ends the connection."""
    attacker = stage.come()
    try:
        attacker.publish(f"{HUE}/+/up")
    except RefusedError:
        stage.nothing_reached_the_gateway()
        return
    raise AssertionError("taken")


def deaf(filter_: str, said_on: str) -> tuple[Attack, Attempt]:
    """Whatever the broker grants, nothing of others is delivered, old or new."""

    def attack(stage: Stage) -> None:
        stage.tell(said_on)
        for version in (V5, V311):
            attacker = stage.come(Said(version=version))
            attacker.subscribe(filter_)
            stage.tell(said_on)
            assert SECRET not in [payload for _, payload in attacker.hears()]
            assert not [topic for topic, _ in attacker.delivered if topic.startswith("$SYS")]
            attacker.vanish()
        stage.gateway.publish(said_on, b"", retain=True)  # forgotten again
        stage.gateway.hears()
        stage.gateway.delivered.clear()  # its own words, if it asked for them

    return attack, Attempt.HEARD


def foreign_will(version: int) -> Attack:
    def attack(stage: Stage) -> None:
        said = Said(version=version, will=VICTIM.topic(Leaf.STATE))
        try:
            stage.come(said).vanish()
        except RefusedError:
            return
        # The gateway's own session has the name of no kiosk; it waits until the broker noticed.
        stage.come(Said(version=version)).hears()
        stage.nothing_reached_the_gateway()

    return attack


def by_alias(stage: Stage) -> None:
    """A number that stood for an own topic is made to stand for another's, and used alone."""
    attacker = stage.come()
    attacker.publish_by_alias(stage.attacker.topic(Leaf.STATE))
    stage.gateway.hears()
    stage.gateway.delivered.clear()
    assert attacker.publish_by_alias(VICTIM.topic(Leaf.UP)) == NOT_AUTHORIZED
    assert attacker.publish_by_alias("") == NOT_AUTHORIZED
    stage.nothing_reached_the_gateway(attacker)


def as_session(client_id: str) -> Attack:
    """A session of that name goes on as if nobody had asked for it."""

    def attack(stage: Stage) -> None:
        victim = stage.come(Said(client_id=VICTIM.user), kiosk=VICTIM)
        stage.come(Said(client_id=client_id)).hears()
        victim.hears()
        stage.gateway.hears()  # RefusedError if it was taken over

    return attack


def as_user(stage: Stage) -> None:
    """A user name beside the certificate counts for nothing."""
    attacker = stage.come(Said(user="gateway"))
    assert attacker.publish(topics.trust(STORE), retain=True) == NOT_AUTHORIZED
    stage.nothing_reached_the_gateway(attacker)


def too_large(stage: Stage) -> None:
    attacker = stage.come(Said(version=V311))
    attacker.publish(stage.attacker.topic(Leaf.UP), bytes(stage.files.plan.message_max_bytes + 1))
    stage.nothing_reached_the_gateway(attacker)


def huge(stage: Stage) -> None:
    """A packet that says it has 200 MB is not waited for."""
    attacker = stage.come()
    attacker.socket.sendall(bytes([PUBLISH << 4]) + b"\xff\xff\xff\x5f")
    assert attacker.is_thrown_out()


def babble(stage: Stage) -> None:
    """Who begins twice is hung up on."""
    attacker = stage.come()
    attacker.send(CONNECT << 4, b"\x00\x04MQTT\x05\x02\x00\x1e\x00\x00\x01a")
    assert attacker.is_thrown_out()


def copied(stage: Stage) -> None:
    """Two with one certificate: never both at once."""
    tls = stage.tls(stage.identity(stage.attacker.user))
    first = stage.connect(stage.port, Said(tls=tls))
    second = stage.connect(stage.port, Said(tls=tls, address=stage.address))
    assert first.is_thrown_out()
    second.hears()


def in_anothers_name(stage: Stage) -> None:
    """On its own topic, an event of the victim: the broker cannot see that, the intake does."""
    received = Outbox(VICTIM.kiosk).says(Called("0000000000000001"))
    envelope = codec.encode_envelope(received.event, received.body)
    stage.come().publish(stage.attacker.topic(Leaf.UP), envelope)


def revoked(stage: Stage) -> None:
    """Who is revoked while connected is thrown out, and does not come back."""
    identity = stage.identity(stage.attacker.user)
    attacker = stage.connect(stage.port, Said(tls=stage.tls(identity)))
    assert attacker.publish(stage.attacker.topic(Leaf.SHOW)) == NOT_AUTHORIZED
    serial = x509.load_pem_x509_certificate(identity.read_bytes()).serial_number

    stage.revoke(stage.attacker, serial)

    assert attacker.is_thrown_out()
    stage.is_refused(stage.port, stage.tls(identity))


UP, STATE, RECEIPT = VICTIM.topic(Leaf.UP), VICTIM.topic(Leaf.STATE), VICTIM.topic(Leaf.RECEIPT)
HUE = UP.removesuffix("/victim/up")

ATTACKS: dict[str, tuple[Attack, Attempt | None]] = {
    # first of all: what follows meets a broker that has read its files again
    "a revoked certificate, new and live": (revoked, Attempt.SAID),
    # who comes in
    "plaintext at the kiosks' door": at_kiosks(plain),
    "plaintext at the gateway's door": at_gateways(plain),
    "no certificate": at_kiosks(nobody),
    "no certificate at the gateway's door": at_gateways(nobody),
    "an authority of one's own": at_kiosks(own_authority),
    "a kiosk as authority": at_kiosks(signed_by_a_kiosk),
    "an ended certificate": at_kiosks(ended),
    "a certificate of next year": at_kiosks(not_begun),
    "TLS 1.2": at_kiosks(old_tls),
    "the server's certificate": at_kiosks(servers_own),
    "the server's at the gateway's door": at_gateways(servers_own),
    "the gateway's at the kiosks' door": at_kiosks(gateways_own),
    "a kiosk's at the gateway's door": at_gateways(a_kiosk),
    "one certificate, two kiosks": (copied, Attempt.TWICE),
    # under whose name
    "the session of a shard": (as_session("hien-shard-58"), None),
    "the session of another kiosk": (as_session(VICTIM.user), None),
    "the gateway's user name": (as_user, Attempt.SAID),
    # what is said
    "another kiosk's event": (forged(UP), Attempt.SAID),
    "another kiosk's event in 3.1.1": (forged(UP, version=V311), Attempt.SAID),
    "another kiosk's event in 3.1": (forged(UP, version=V31), Attempt.SAID),
    "another store's event": (forged(FAR.topic(Leaf.UP)), Attempt.SAID),
    "another kiosk's state, kept": (forged(STATE, retain=True), Attempt.SAID),
    "a receipt for another": (forged(RECEIPT), Attempt.SAID),
    "a receipt for oneself": (forged(f"{HUE}/attacker/receipt"), Attempt.SAID),
    "another store's receipt": (forged(FAR.topic(Leaf.RECEIPT)), Attempt.SAID),
    "an order to open a door": (forged(VICTIM.topic(Leaf.COMMAND)), Attempt.SAID),
    "whom to trust, kept": (forged(topics.trust(STORE), retain=True), Attempt.SAID),
    "who is denied, kept": (forged(topics.denial(STORE), retain=True), Attempt.SAID),
    "who may enter, kept": (forged(topics.keyring(STORE), retain=True), Attempt.SAID),
    "news for the pages": (forged(topics.live(STORE)), Attempt.SAID),
    "a statistic of the broker": (forged("$SYS/broker/forged"), Attempt.SAID),
    "an own topic with a tail": (forged(f"{HUE}/attacker/up/"), Attempt.SAID),
    "an own topic in another shard": (forged("hien/1/59/hue-1/attacker/up"), Attempt.SAID),
    "another kiosk's event at QoS 2": (forged(UP, qos=2), Attempt.SAID),
    "a topic with a wildcard": (wild, None),
    "a topic by its alias": (by_alias, Attempt.SAID),
    "a will on another's topic": (foreign_will(V5), Attempt.WILLED),
    "a will on another's topic in 3.1.1": (foreign_will(V311), Attempt.WILLED),
    "a message that is too large": (too_large, Attempt.TOO_LARGE),
    "a packet of 200 MB": (huge, None),
    "a second beginning": (babble, None),
    # what is heard
    "everything": deaf("#", RECEIPT),
    "everything about the broker": deaf("$SYS/#", RECEIPT),
    "everybody's receipts": deaf("hien/1/+/+/+/receipt", RECEIPT),
    "everybody's state": deaf("hien/1/+/+/+/state", STATE),
    "everybody's orders": deaf(f"{HUE}/+/command", VICTIM.topic(Leaf.COMMAND)),
    "another kiosk's screen": deaf(VICTIM.topic(Leaf.SHOW), VICTIM.topic(Leaf.SHOW)),
    "another store's trust": deaf(topics.trust(OTHER_STORE), topics.trust(OTHER_STORE)),
    "a share of everything": deaf("$share/g/hien/1/#", RECEIPT),
    # what only the intake can see
    "an event in another's name": (in_anothers_name, None),
}
