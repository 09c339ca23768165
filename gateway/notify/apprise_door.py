"""Notices and codes through whatever apprise knows: Telegram, ntfy, senders of text messages.

The one file that imports apprise. An address holds a secret, so it stands in a file and never in a
log. Where it leads the operator decided: apprise connects by itself, without `runtime.outbound`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from apprise import Apprise, NotifyFormat
from msgspec import Struct

from gateway.core.notices import Notice
from gateway.core.one_time_codes import Letter
from gateway.notify import code_senders, port
from runtime.errors import SettingsError, UnavailableError

NUMBER = "{number}"  # stands in an address where a letter's telephone number belongs


class AppriseOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the addresses are, one a line."""

    urls_file: str


@dataclass(frozen=True)
class AppriseDoor:
    """Some addresses that are all told."""

    apprise: Apprise = field(repr=False)

    def tell(self, notice: Notice) -> None:
        """Tell all of them; apprise itself says in the log which one failed."""
        title = f"{notice.title.vi} / {notice.title.en}"
        if not self.apprise.notify(notice.lines, title, body_format=NotifyFormat.TEXT):
            raise UnavailableError("apprise: not everybody could be told")


def apprise(options: Mapping[str, object], _inbox: object) -> AppriseDoor:
    """The driver `apprise` for notices."""
    read = port.read(AppriseOptions, "apprise", options)
    return AppriseDoor(_made(_addresses(read, port.TABLE), f"{port.TABLE} {read.urls_file}"))


@dataclass(frozen=True)
class AppriseCodes:
    """Addresses with a place for a number; all of them are tried."""

    urls: tuple[str, ...] = field(repr=False)

    def send(self, letter: Letter) -> None:
        """Send it there. What apprise logs of it names the service, not the number."""
        urls = [url.replace(NUMBER, letter.number.removeprefix("+")) for url in self.urls]
        made = _made(urls, code_senders.TABLE)
        if not made.notify(letter.text, body_format=NotifyFormat.TEXT):
            raise UnavailableError("apprise: a code could not be sent")


def codes(options: Mapping[str, object], _inbox: object) -> AppriseCodes:
    """The driver `apprise` for codes."""
    read = port.read(AppriseOptions, "apprise", options, code_senders.TABLE)
    urls = _addresses(read, code_senders.TABLE)
    where = f"{code_senders.TABLE} {read.urls_file}"
    _made([url.replace(NUMBER, "84900000000") for url in urls], where)
    if not urls or any(NUMBER not in url for url in urls):
        raise SettingsError(f"{where}: each line needs {NUMBER}, where the number belongs")
    return AppriseCodes(tuple(urls))


def _addresses(read: AppriseOptions, table: str) -> list[str]:
    lines = port.secret(read.urls_file, "apprise", table).split("\n")
    return [line.strip() for line in lines if line.strip()]


def _made(urls: Sequence[str], where: str) -> Apprise:
    """Ready to tell; SettingsError says which address is none, by its number and without it."""
    made = Apprise()
    for number, url in enumerate(urls, 1):
        if not made.add(url):
            raise SettingsError(f"{where}: address {number} is none that apprise knows")
    return made
