"""Weather between two Ethernet interfaces: delay, loss, doubles, disorder, flipped bits, cuts.

Netem in user space, for kernels without it: relays whole frames with AF_PACKET, which needs root.
Its weather comes as JSON lines on the standard input; it ends with that.
"""

from __future__ import annotations

import array
import fcntl
import heapq
import os
import select
import socket
import struct
import sys
import time
from itertools import count
from random import Random

from msgspec import Struct, json

ETH_P_ALL = 3  # linux/if_ether.h
PACKET_OUTGOING = 4  # linux/if_packet.h: what we sent ourselves
SIOCETHTOOL, ETHTOOL_STXCSUM = 0x8946, 0x17  # linux/sockios.h, linux/ethtool.h
FRAME_MAX_BYTES = 65_535
AT_ONCE = 64
SAID_MAX_BYTES = 4_096  # fewer than a pipe's, so that a line comes whole
HEADER_BYTES = 14  # Ethernet's own; a flip there is a frame for nobody, which is a loss
LOOKS_S = 0.05


class Weather(Struct, frozen=True):
    """What becomes of a frame, the same in both directions; shares are 0 to 1."""

    delay_s: float = 0.0
    jitter_s: float = 0.0
    lost: float = 0.0
    doubled: float = 0.0
    hurried: float = 0.0  # sent at once, before those that wait: disorder
    flipped: float = 0.0
    is_cut: bool = False
    is_deaf: bool = False  # nothing comes back from the far end


class Counts(Struct):
    """What became of all frames."""

    relayed: int = 0
    lost: int = 0
    doubled: int = 0
    flipped: int = 0


def fates(
    frame: bytes, weather: Weather, random: Random, counts: Counts
) -> list[tuple[float, bytes]]:
    """When, from now, the frame comes out and how; nothing if it is lost."""
    counts.relayed += 1
    if weather.is_cut or random.random() < weather.lost:
        counts.lost += 1
        return []
    out = []
    copies = 1 + (random.random() < weather.doubled)
    counts.doubled += copies - 1
    for _ in range(copies):
        late_s = weather.delay_s + random.uniform(-1, 1) * weather.jitter_s
        if random.random() < weather.hurried:
            late_s = 0.0
        whole = frame
        if random.random() < weather.flipped and len(frame) > HEADER_BYTES:
            counts.flipped += 1
            whole = flipped(frame, random)
        out.append((max(late_s, 0.0), whole))
    return out


def flipped(frame: bytes, random: Random) -> bytes:
    """The frame with one bit wrong."""
    bits = bytearray(frame)
    bits[random.randrange(HEADER_BYTES, len(frame))] ^= 1 << random.randrange(8)
    return bytes(bits)


def plain(*interfaces: str) -> None:
    """Let the kernel finish every checksum itself and cut no large frames later: no offloading."""
    value = array.array("B", struct.pack("II", ETHTOOL_STXCSUM, 0))
    with socket.socket() as any_socket:
        for name in interfaces:
            request = struct.pack("16sP", name.encode(), value.buffer_info()[0])
            fcntl.ioctl(any_socket, SIOCETHTOOL, request)


def relay(near: str, far: str, seed: int) -> Counts:
    """Relay until the standard input ends."""
    ends = [_end(near), _end(far)]
    across = {ends[0]: ends[1], ends[1]: ends[0]}
    random, counts, weather = Random(seed), Counts(), Weather()
    waiting: list[tuple[float, int, socket.socket, bytes]] = []
    number = count()
    while True:
        now_s = time.monotonic()
        while waiting and waiting[0][0] <= now_s:
            _, _, end, frame = heapq.heappop(waiting)
            try:
                end.send(frame)
            except OSError:  # its queue is full, as a real one's can be
                counts.lost += 1
        wait_s = min(LOOKS_S, max(waiting[0][0] - now_s, 0.0)) if waiting else LOOKS_S
        ready = select.select([*ends, sys.stdin], [], [], wait_s)[0]
        if sys.stdin in ready:
            said = os.read(sys.stdin.fileno(), SAID_MAX_BYTES).splitlines()
            if not said:
                return counts
            weather = json.decode(said[-1], type=Weather)
        for end in ends:
            for frame in _frames(end) if end in ready else ():
                if weather.is_deaf and end is ends[1]:
                    counts.lost += 1
                    continue
                for late_s, whole in fates(frame, weather, random, counts):
                    due = (time.monotonic() + late_s, next(number), across[end], whole)
                    heapq.heappush(waiting, due)


def _end(interface: str) -> socket.socket:
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    end.bind((interface, 0))
    end.setblocking(False)
    return end


def _frames(end: socket.socket) -> list[bytes]:
    frames = []
    for _ in range(AT_ONCE):
        try:
            frame, address = end.recvfrom(FRAME_MAX_BYTES)
        except BlockingIOError:
            break
        if address[2] != PACKET_OUTGOING:
            frames.append(frame)
    return frames


def main(near: str, far: str, seed: str) -> None:
    """The process; says at its end what it did."""
    counts = relay(near, far, int(seed))
    sys.stdout.write(json.encode(counts).decode() + "\n")
