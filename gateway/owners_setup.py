"""What the owner's file has to say of this gateway's settings. It asks nobody."""

from __future__ import annotations

from urllib.parse import urlsplit

from contract.messages import Text
from gateway.core.changes import ConnectorKind
from gateway.core.owners_file import Recipient, Setup
from gateway.core.pushes import SERVICES
from gateway.core.retention import table
from gateway.settings import GatewaySettings
from runtime.settings import Driver

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
CODES = Text(
    "nhận số điện thoại và mã sáu chữ số để gửi tin nhắn khi chính khách yêu cầu",
    "gets a telephone number and six digits, to send a message its owner asked for",
)
HOME = ".vn"  # as far as an address can tell


def setup(settings: GatewaySettings) -> Setup:
    """The file's part of the settings."""
    found = [
        Recipient(
            name,
            BRINGS.get(one.kind, SHOP),
            _host(one.url) or str(one.kind),
            one.kind is not ConnectorKind.PAYOS
            and _may_be_abroad(_host(one.url), one.allow_private),
        )
        for name, one in settings.connectors.items()
    ]
    found += [
        Recipient(name, TOLD, _host(one.url), _may_be_abroad(_host(one.url), one.allow_private))
        for name, one in settings.outgoing.items()
    ]
    if settings.push is not None:
        found.append(Recipient("push", PUSHED, ", ".join(SERVICES), is_abroad=True))
    if settings.one_time_codes is not None:
        found.append(_sender(settings.one_time_codes))
    return Setup(table(settings.retention_days()), tuple(found))


def _sender(codes: Driver) -> Recipient:
    """Whoever sends codes; where a secret file says who that is, nobody can tell from where."""
    url = codes.options.get("url")
    host = _host(url if isinstance(url, str) else None)
    is_near = bool(codes.options.get("allow_private", False))
    return Recipient("one_time_codes", CODES, host or codes.driver, _may_be_abroad(host, is_near))


def _host(url: str | None) -> str:
    return (urlsplit(url).hostname or "") if url else ""


def _may_be_abroad(host: str, is_near: bool) -> bool:
    return not is_near and not host.endswith(HOME)
