"""Who tends the shop is told of trouble once, in both languages, in every way there is."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_string, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from gateway.core.connector_health import Trouble
from gateway.core.notices import TOLD_OF, News, Notice, notice
from gateway.notify import port
from gateway.notify.mail import Mail
from gateway.notify.zalo import Zalo, ZaloOptions
from gateway.store.connectors import PollRow
from gateway.watching import Watch
from runtime.errors import SettingsError, UnavailableError
from runtime.outbound import Request, Response
from runtime.settings import Driver, DriverOptions
from tests.gateway.porch import MINUTE_MS, Web
from tests.gateway.shop import NOON_MS, Shop

SILENT = notice(News("web-shop", Trouble.SILENT))


class Way:
    """A way to reach people, or not."""

    def __init__(self) -> None:
        self.told: list[Notice] = []
        self.is_broken = False

    def tell(self, notice: Notice) -> None:
        if self.is_broken:
            raise UnavailableError("nobody answers")
        self.told.append(notice)


def test_every_trouble_that_is_told_has_words_in_both_languages() -> None:
    for trouble in TOLD_OF:
        said = notice(News("web-shop", trouble))
        assert "web-shop" in said.title.vi
        assert "web-shop" in said.title.en
        assert said.body.vi != said.body.en
        assert said.lines == f"{said.body.vi}\n{said.body.en}"


def test_a_trouble_is_told_once_again_if_nobody_took_it_and_again_when_it_comes_back(
    shop: Shop,
) -> None:
    web = Web(shop)
    known = [web.connections["shopify"].identity]
    broken, works = Way(), Way()
    broken.is_broken = works.is_broken = True
    watch = Watch(shop.readers, lambda: web.now_ms, known, (broken, works))
    watch.look()
    assert watch.told == set(), "that it never delivered is on the page, and wakes nobody"

    silence(shop, NOON_MS)
    watch.look()
    works.is_broken = False
    for _ in range(3):
        web.now_ms += MINUTE_MS
        watch.look()
    assert works.told == [notice(News("shopify", Trouble.SILENT))]

    silence(shop, None)
    watch.look()
    silence(shop, NOON_MS)
    watch.look()
    assert len(works.told) == 2


def silence(shop: Shop, since_ms: int | None) -> None:
    with shop.writers.begin() as db:
        row = PollRow(connector="shopify", noun="order", cursor_ms=0, asked_at_ms=NOON_MS, missed=1)
        row.answered_at_ms, row.problem, row.silent_since_ms = NOON_MS, "", since_ms
        db.merge(row)


def test_a_mail_server_takes_a_notice_as_a_machines_in_both_languages() -> None:
    with mail_server() as (at, said):
        [mail] = port.notifiers([Driver(driver="mail", options=options(at))])
        mail.tell(SILENT)

    assert {"rcpt TO:<lan@shop.example>", "rcpt TO:<tu@shop.example>"} < set(said)
    letter = message_from_string("\n".join(said[said.index("data") + 1 :]), policy=policy.default)
    assert letter["Subject"] == f"{SILENT.title.vi} / {SILENT.title.en}"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content().startswith(SILENT.lines)


def test_a_mail_server_that_speaks_no_tls_or_refuses_gets_no_notice(tmp_path: Path) -> None:
    with mail_server() as (at, _):
        [mail] = port.notifiers([Driver(driver="mail", options=options(at) | {"tls": True})])
        with pytest.raises(UnavailableError, match="NotSupported"):
            mail.tell(SILENT)
    with mail_server(refuses=True) as (at, _):
        [mail] = port.notifiers([Driver(driver="mail", options=options(at))])
        with pytest.raises(UnavailableError, match="Refused"):
            mail.tell(SILENT)
    assert isinstance(mail, Mail)
    assert "s3cret" not in repr(Mail(mail.options, "s3cret"))


@pytest.mark.parametrize(
    ("driver", "given", "mistake"),
    [
        ("mail", {"host": "mail.example", "sender": "a@b", "to": ["c@d"], "tls": False}, "tls"),
        ("mail", {"host": "mail.example", "sender": "a@b"}, "to"),
        ("mail", {"host": "localhost", "sender": "a@b\r\nBcc: x@y", "to": ["c@d"]}, "sender"),
        ("zalo", {"user": "x", "token_file": "t"}, "user"),
        ("apprise", {"urls_file": "/nowhere"}, "cannot be read"),
        ("pigeon", {}, "pigeon"),
    ],
)
def test_a_wrong_option_is_named(driver: str, given: DriverOptions, mistake: str) -> None:
    with pytest.raises(SettingsError, match=mistake):
        port.notifiers([Driver(driver=driver, options=given)])


def test_zalo_is_told_as_its_page_describes_and_its_errors_come_with_200(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("t0ken\n")
    sent: list[Request] = []
    answers = iter([b'{"error":0,"message":"Success"}', b'{"error":-216}', b"<html>"])

    class Post:
        def send(self, request: Request) -> Response:
            sent.append(request)
            return Response(200, {}, next(answers))

    zalo = Zalo(ZaloOptions("2512523625412515", str(token)), Post())
    zalo.tell(SILENT)
    for said in ("error -216", "not as described"):
        with pytest.raises(UnavailableError, match=said):
            zalo.tell(SILENT)

    body = json.loads(sent[0].body)
    assert body["recipient"] == {"user_id": "2512523625412515"}
    assert SILENT.body.vi in body["message"]["text"]
    assert sent[0].headers["access_token"] == "t0ken"
    assert sent[0].url == "https://openapi.zalo.me/v3.0/oa/message/cs"


def test_apprise_tells_every_address_in_its_file_or_says_that_it_could_not(tmp_path: Path) -> None:
    told: list[dict[str, str]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200 if len(told) < 3 else 500)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    server = HTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        file = tmp_path / "urls"
        file.write_text(f"json://127.0.0.1:{server.server_port}/a\n" * 2)
        [way] = port.notifiers([Driver(driver="apprise", options={"urls_file": str(file)})])
        way.tell(SILENT)
        with pytest.raises(UnavailableError):
            way.tell(SILENT)
        assert str(server.server_port) not in repr(way)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

    assert told[0]["title"] == f"{SILENT.title.vi} / {SILENT.title.en}"
    assert told[0]["message"] == SILENT.lines


def test_an_address_that_apprise_does_not_know_is_named_by_its_number(tmp_path: Path) -> None:
    file = tmp_path / "urls"
    file.write_text("json://localhost\nnonsense://secret@x\n")

    with pytest.raises(SettingsError, match="address 2") as caught:
        port.notifiers([Driver(driver="apprise", options={"urls_file": str(file)})])
    assert "secret" not in str(caught.value)


def options(at: int) -> DriverOptions:
    to = ["lan@shop.example", "tu@shop.example"]
    sender = "hien@shop.example"
    return {"host": "127.0.0.1", "port": at, "tls": False, "sender": sender, "to": to}


@contextmanager
def mail_server(*, refuses: bool = False) -> Iterator[tuple[int, list[str]]]:
    """One conversation with a mail server (RFC 5321), which keeps what it heard."""
    listener = socket.create_server(("127.0.0.1", 0))
    said: list[str] = []
    thread = threading.Thread(target=converse, args=(listener, said, refuses))
    thread.start()
    try:
        yield listener.getsockname()[1], said
    finally:
        thread.join(10)
        listener.close()


def converse(listener: socket.socket, said: list[str], refuses: bool) -> None:
    connection, _ = listener.accept()
    with connection, connection.makefile("rwb") as line:

        def answer(text: str) -> None:
            line.write(f"{text}\r\n".encode())
            line.flush()

        answer("220 mail.example")
        is_text = False
        while heard := line.readline():
            text = heard.decode().rstrip("\r\n")
            said.append(text)
            if is_text:
                is_text = text != "."
                if not is_text:
                    answer("250 taken")
                continue
            verb = text[:4].upper()
            is_text = verb == "DATA"
            bad = refuses and verb == "RCPT"
            if verb == "QUIT":
                answer("221 bye")
                return
            answer("354 go on" if is_text else "550 no" if bad else "250 fine")
