"""What the owner's file has to say of this gateway's settings. It asks nobody."""

from __future__ import annotations

from urllib.parse import urlsplit

from contract.messages import Text
from gateway.core.changes import ConnectorKind
from gateway.core.owners_file import Recipient, Setup
from gateway.core.pushes import SERVICES
from gateway.core.retention import table
from gateway.settings import GatewaySettings

BRINGS = {
    ConnectorKind.PAYOS: Text("báo tiền đã nhận cho đơn hàng", "tells of money for an order"),
}
SHOP = Text(
    "đưa tên, số điện thoại, đơn hàng; được báo khi ai đó muốn xoá",
    "brings names, telephone numbers, orders; is told who wants to be erased",
)
TOLD = Text(
    "nhận mã thành viên của người đã đồng ý, đơn đã giao, ai muốn xoá; không nhận tên, số",
    "gets member numbers of who agreed, orders handed over, who wants to be erased; no names",
)
PUSHED = Text(
    "chuyển lời báo đã mã hoá đến máy của nhân viên; không đọc được, không có gì về khách",
    "carries encrypted words to staff's own devices; cannot read them, nothing about shoppers",
)
HOME = ".vn"  # as far as an address can tell


def setup(settings: GatewaySettings) -> Setup:
    """The file's part of the settings."""
    found = [
        Recipient(
            name,
            BRINGS.get(one.kind, SHOP),
            _host(one.url) or str(one.kind),
            one.kind is not ConnectorKind.PAYOS and _may_be_abroad(one.url, one.allow_private),
        )
        for name, one in settings.connectors.items()
    ]
    found += [
        Recipient(name, TOLD, _host(one.url), _may_be_abroad(one.url, one.allow_private))
        for name, one in settings.outgoing.items()
    ]
    if settings.push is not None:
        found.append(Recipient("push", PUSHED, ", ".join(SERVICES), is_abroad=True))
    return Setup(table(settings.retention_days()), tuple(found))


def _host(url: str | None) -> str:
    return (urlsplit(url).hostname or "") if url else ""


def _may_be_abroad(url: str | None, is_near: bool) -> bool:
    return not is_near and not _host(url).endswith(HOME)
