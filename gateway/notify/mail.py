"""Notices by e-mail, through the shop's own mail server. Takes no mail, asks for no receipt."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Annotated

from msgspec import Meta, Struct

from gateway.core.notices import Notice
from gateway.notify import port
from runtime.errors import SettingsError, UnavailableError

HERE = {"localhost", "127.0.0.1", "::1"}
TIMEOUT_S = 20.0  # mail servers make strangers wait on purpose

Address = Annotated[str, Meta(pattern="^[^@\\s,<>]+@[^@\\s,<>]+$", max_length=254)]


class MailOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """Where to, and through whom."""

    host: str
    sender: Address
    to: Annotated[list[Address], Meta(min_length=1, max_length=20)]
    port: Annotated[int, Meta(ge=1, le=65_535)] = 587
    user: str = ""
    password_file: str = ""
    tls: bool = True  # STARTTLS


@dataclass(frozen=True, slots=True)
class Letter:
    """More than a notice: a page, for those who read none as text, and files beside it."""

    subject: str
    text: str
    html: str
    files: Mapping[str, bytes] = field(default_factory=dict)  # PDF, by name


@dataclass(frozen=True)
class Mail:
    """A mail server that takes our notices."""

    options: MailOptions
    password: str = field(default="", repr=False)
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def tell(self, notice: Notice) -> None:
        """Hand it over; UnavailableError if one of those it is for was refused."""
        subject = f"{notice.title.vi} / {notice.title.en}"
        self._hand_over(self._message(subject, notice.lines))

    def send(self, letter: Letter) -> None:
        """The same, with a page and files."""
        message = self._message(letter.subject, letter.text)
        message.add_alternative(letter.html, subtype="html")
        for name, content in letter.files.items():
            message.add_attachment(content, maintype="application", subtype="pdf", filename=name)
        self._hand_over(message)

    def _hand_over(self, message: EmailMessage) -> None:
        said = self.options
        try:
            with smtplib.SMTP(said.host, said.port, timeout=TIMEOUT_S) as server:
                if said.tls:
                    server.starttls(context=self.tls)
                if said.user:
                    server.login(said.user, self.password)
                refused = server.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            raise UnavailableError(f"mail server {said.host}: {type(error).__name__}") from error
        if refused:
            raise UnavailableError(f"mail server {said.host}: refused {len(refused)} addresses")

    def _message(self, subject: str, text: str) -> EmailMessage:
        message = EmailMessage()
        message["Subject"] = subject
        message["From"], message["To"] = self.options.sender, ", ".join(self.options.to)
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday answers it
        message.set_content(text)
        return message


def mail(options: Mapping[str, object], _inbox: object) -> Mail:
    """The driver `mail`."""
    read = port.read(MailOptions, "mail", options)
    if not read.tls and read.host not in HERE:
        raise SettingsError("[[notify]] driver mail: tls = false only to a server on this machine")
    password = port.secret(read.password_file, "mail") if read.password_file else ""
    return Mail(read, password)
