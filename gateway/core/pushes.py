"""What staff's own devices are told of a card, and where such words may go. Names no shopper."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from contract.messages import Text
from gateway.core.alerts import AlertKind

# Where browsers have their messages kept, and all below these names: Chrome and Edge on Android,
# Firefox, Safari, Edge on Windows. Anything else a browser names could be a machine of ours.
SERVICES = (
    *("fcm.googleapis.com", "jmt17.google.com"),
    "push.services.mozilla.com",
    "push.apple.com",
    "notify.windows.com",
)
ENDPOINT_MAX = 1024  # letters; the longest, Windows', have some 500
HTTPS_PORT = 443
OF_THINGS = {
    AlertKind.DOOR: Text("Cửa ở %s cần được kiểm tra", "The door at %s needs a look"),
    AlertKind.CASE: Text("Có người mở vỏ máy ở %s", "Somebody opened the case at %s"),
    AlertKind.IMPOSTOR: Text("Máy ở %s cần được kiểm tra", "The kiosk at %s needs a look"),
}
SOMEBODY_AT = Text("Có khách cần hỗ trợ ở %s", "A shopper needs you at %s")
SOMEBODY = Text("Có khách cần hỗ trợ", "A shopper needs you")


def words(kind: AlertKind, place: str) -> Text:
    """One sentence for a locked screen, which others read too: where, and never who."""
    if not place:
        return SOMEBODY
    said = OF_THINGS.get(kind, SOMEBODY_AT)
    return Text(said.vi % place, said.en % place)


def may_send_to(endpoint: str, others: Collection[str] = (), *, is_near: bool = False) -> bool:
    """Whether an address that a browser named is a push service's: a known one, or of `others`.

    With `is_near`, a service of the shop's own, also without TLS and on any port.
    """
    if len(endpoint) > ENDPOINT_MAX:
        return False
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    schemes = {"http", "https"} if is_near else {"https"}
    if parts.scheme not in schemes or "@" in parts.netloc:
        return False
    if not is_near and port not in {None, HTTPS_PORT}:
        return False
    return any(host == one or host.endswith(f".{one}") for one in (*SERVICES, *others))
