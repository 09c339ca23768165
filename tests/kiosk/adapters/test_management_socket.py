"""The adapter on a pair of sockets: what the kernel would say is written by the test."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from collections.abc import Awaitable, Callable

import pytest

from kiosk.adapters.management_socket import ManagementSocket
from kiosk.core import mgmt
from kiosk.core.mgmt import Found
from runtime.errors import DeviceError
from tests import loops
from tests.waiting import PATIENCE_S

FOUND = bytes.fromhex("1200 0000 1100 5544332211 4a 02 c3 00000000 0300 020106")
ADDED = bytes.fromhex("0100 0000 0500 5200 00 0700")
DENIED = bytes.fromhex("0200 0000 0300 5200 14")
REFUSED = bytes.fromhex("0100 0000 0300 5200 0d")

Story = Callable[[socket.socket, ManagementSocket, list[Found]], Awaitable[None]]


def play(story: Story) -> list[Found]:
    """Run a story between a kernel and us; what we heard."""
    heard: list[Found] = []

    async def run() -> None:
        kernel, ours = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        kernel.settimeout(PATIENCE_S)
        channel = ManagementSocket(0, heard.append, lambda: ours)
        with kernel:
            await story(kernel, channel, heard)
            channel.close()
            channel.close()

    loops.run(run())
    return heard


async def until(happened: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not happened():  # noqa: ASYNC110
            await asyncio.sleep(0.001)


def test_it_asks_for_beacons_and_takes_that_back_at_the_end() -> None:
    async def story(kernel: socket.socket, channel: ManagementSocket, heard: list[Found]) -> None:
        assert kernel.recv(1_000) == mgmt.add_patterns(0, mgmt.BEACONS)
        kernel.send(ADDED)
        kernel.send(FOUND)
        await until(lambda: heard)
        channel.close()
        assert kernel.recv(1_000) == mgmt.remove_monitor(0, 7)

    play(story)


def test_it_hears_its_controller_and_no_other() -> None:
    async def story(kernel: socket.socket, channel: ManagementSocket, heard: list[Found]) -> None:
        kernel.send(FOUND[:2] + b"\x01\x00" + FOUND[4:])
        kernel.send(b"\xff")
        kernel.send(FOUND)
        await until(lambda: heard)

    expected = Found(0, bytes.fromhex("4a1122334455"), True, -61, bytes.fromhex("020106"))
    assert play(story) == [expected]


def test_without_the_right_it_says_so_once_and_goes(caplog: pytest.LogCaptureFixture) -> None:
    async def story(kernel: socket.socket, channel: ManagementSocket, heard: list[Found]) -> None:
        kernel.recv(1_000)
        kernel.send(DENIED)
        assert await asyncio.to_thread(kernel.recv, 1) == b""  # it has hung up

    with caplog.at_level(logging.INFO):
        play(story)

    [words] = caplog.messages
    assert words.startswith("no management socket (it needs CAP_NET_ADMIN): bleak alone")


def test_without_patterns_it_listens_on(caplog: pytest.LogCaptureFixture) -> None:
    async def story(kernel: socket.socket, channel: ManagementSocket, heard: list[Found]) -> None:
        kernel.send(REFUSED)
        kernel.send(FOUND)
        await until(lambda: heard)

    with caplog.at_level(logging.INFO):
        assert len(play(story)) == 1

    assert "takes no advertisement patterns (status 0x0d)" in caplog.text


def test_a_kernel_that_hangs_up_is_left(caplog: pytest.LogCaptureFixture) -> None:
    async def story(kernel: socket.socket, channel: ManagementSocket, heard: list[Found]) -> None:
        kernel.close()
        await until(lambda: "the management socket broke" in caplog.text)

    play(story)


def test_where_there_is_none_one_sentence_says_so() -> None:
    def refused() -> socket.socket:
        raise OSError(errno.EPERM, "Operation not permitted")

    async def run() -> None:
        with pytest.raises(DeviceError) as said:
            ManagementSocket(0, list[Found]().append, refused)
        assert str(said.value).startswith(
            "no management socket (Operation not permitted): bleak alone listens"
        )

    loops.run(run())
