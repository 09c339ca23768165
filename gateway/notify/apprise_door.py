"""Notices through whatever apprise knows: Telegram, Slack, Matrix, ntfy and a hundred others.

The one file that imports apprise. An address holds a secret, so it stands in a file and never in a
log. Where it leads the operator decided: apprise connects by itself, without `runtime.outbound`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from apprise import Apprise, NotifyFormat
from msgspec import Struct

from gateway.core.notices import Notice
from gateway.notify import port
from runtime.errors import SettingsError, UnavailableError


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
    """The driver `apprise`."""
    read = port.read(AppriseOptions, "apprise", options)
    made = Apprise()
    for number, url in enumerate(port.secret(read.urls_file, "apprise").split("\n"), 1):
        if url.strip() and not made.add(url.strip()):
            where = f"[[notify]] driver apprise: {read.urls_file} line {number}"
            raise SettingsError(f"{where}: is no address that apprise knows")
    return AppriseDoor(made)
