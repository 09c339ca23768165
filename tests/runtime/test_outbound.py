"""One request goes to the address that was judged, and nowhere else."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from runtime.errors import UnavailableError
from runtime.outbound import Outbound, RefusedAddressError, Request, is_public


class Answers(BaseHTTPRequestHandler):
    """Says what the path asks it to."""

    def do_GET(self) -> None:
        if self.path == "/drip":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while True:
                self.wfile.write(b"x")  # ends with an error when the other side has gone
                self.wfile.flush()
                threading.Event().wait(0.02)
        status = {"/away": 302, "/no": 500}.get(self.path, 200)
        self.send_response(status)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()
        self.wfile.write(b"y" * 100 if self.path == "/long" else self.headers["Host"].encode())

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            return


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("address", "is_open"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),  # where clouds keep the secrets of a machine
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00:ec2::254", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::a00:1", False),
        ("2002:7f00:1::", False),
    ],
)
def test_which_addresses_are_of_the_open_internet(address: str, *, is_open: bool) -> None:
    assert is_public(address) is is_open


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://crm.example/", ["10.0.0.7"]),
        ("https://crm.example/", ["8.8.8.8", "127.0.0.1"]),
        ("https://metadata.example/", ["169.254.169.254"]),
        ("http://crm.example/", ["8.8.8.8"]),
        ("https://crm.example@10.0.0.7/", ["8.8.8.8"]),
        ("ftp://crm.example/", ["8.8.8.8"]),
        ("https:///nowhere", ["8.8.8.8"]),
    ],
)
def test_an_address_that_is_not_ours_to_go_to_is_refused(url: str, found: list[str]) -> None:
    with pytest.raises(RefusedAddressError):
        Outbound(resolve=lambda *_: found).send(Request("POST", url))


def test_a_name_is_asked_for_once_and_the_answer_is_where_we_go(port: int) -> None:
    """A name that changes its answer between question and connection gains nothing."""
    asked: list[str] = []

    def changing(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    answer = inside(changing).send(Request("GET", f"http://shop.example:{port}/x?y=1"))

    assert (answer.status, answer.body) == (200, f"shop.example:{port}".encode())
    assert asked == ["shop.example"]


def test_a_redirect_is_an_answer_and_is_not_followed(port: int) -> None:
    answer = inside().send(Request("GET", f"http://shop.example:{port}/away"))

    assert (answer.status, answer.headers["location"]) == (302, "http://127.0.0.1:1/")


def test_who_answers_too_much_too_slowly_or_not_at_all_is_unavailable(port: int) -> None:
    there = f"http://shop.example:{port}"
    with pytest.raises(UnavailableError, match="more than was asked for"):
        inside().send(Request("GET", f"{there}/long", answer_max_bytes=99))
    assert len(inside().send(Request("GET", f"{there}/long", answer_max_bytes=100)).body) == 100
    with pytest.raises(UnavailableError, match="shop"):
        inside(whole_s=0.2).send(Request("GET", f"{there}/drip"))
    with pytest.raises(UnavailableError, match="no such name"):
        inside(missing).send(Request("GET", there))
    with pytest.raises(UnavailableError, match="no address"):
        inside(lambda *_: []).send(Request("GET", there))
    with pytest.raises(UnavailableError):
        inside().send(Request("GET", "http://shop.example:1/"))


def test_a_request_does_not_show_its_secrets() -> None:
    said = repr(Request("POST", "https://a.example", {"Authorization": "Basic xyz"}, b"secret"))

    assert "xyz" not in said
    assert "secret" not in said


def missing(_host: str, _port: int) -> list[str]:
    raise socket.gaierror(socket.EAI_NONAME, "unknown")


def here(_host: str, _port: int) -> list[str]:
    return ["127.0.0.1"]


def inside(resolve: Callable[[str, int], list[str]] = here, whole_s: float = 30.0) -> Outbound:
    return Outbound(allow_private=True, resolve=resolve, whole_s=whole_s)
