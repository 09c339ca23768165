"""Trying 100,000 phones' keys on new addresses, beside one key and one address at a time."""

from __future__ import annotations

from random import Random

from bench.measure import Bench, Result, times
from contract.identities import resolves
from contract.messages import TrustedIrk
from kiosk.adapters.irk_ring import IrkRing
from kiosk.core.private_addresses import BATCH

KEYS = 100_000
PEER_KEYS = 1_000  # one by one 100,000 take 0.3 s an address; nothing there is shared between keys


def run() -> list[Result]:
    """The time an address costs; all of them strangers', so that every key is tried."""
    random = Random(5)
    keys = [random.randbytes(16) for _ in range(KEYS)]
    ring = IrkRing()
    ring.know([TrustedIrk(f"t-{number}", key.hex()) for number, key in enumerate(keys)])
    addresses = [(random.getrandbits(46) | 1 << 46).to_bytes(6) for _ in range(BATCH)]

    def ours() -> None:
        ring.match(addresses)

    def peer() -> None:
        for key in keys[:PEER_KEYS]:
            resolves(key, addresses[0])

    one = times("irk", "ms/address", 1_000 / BATCH, ours, peer)
    beside = float(f"{(one.peer or 0) * BATCH * KEYS / PEER_KEYS:.3g}")
    return [Result(one.name, one.value, one.unit, beside, round(beside / one.value, 1))]


BENCH = Bench(
    what="resolving a stranger's private address against 100,000 keys, 64 addresses at a time",
    peer="one key and one address at a time, as common libraries do",
    goal="at most 1 ms an address",
    run=run,
)
