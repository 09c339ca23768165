"""What whoever tends the shop is told when they look at no page. Names no shopper."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from contract.messages import Text
from gateway.core.connector_health import Trouble

TOLD_OF = (Trouble.SILENT, Trouble.UNANSWERED)  # what somebody must mend; the rest is on the page

_BODIES = {
    Trouble.SILENT: Text(
        vi="Bên đó có thay đổi mà không báo. Hệ thống đã tự lấy về; hãy kiểm tra webhook.",
        en="Things changed there and it did not tell. They were fetched; check its webhooks.",
    ),
    Trouble.UNANSWERED: Text(
        vi="Hỏi mà không có trả lời. Hãy kiểm tra địa chỉ và khoá truy cập.",
        en="It does not answer when asked. Check its address and token.",
    ),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to be told."""

    title: Text
    body: Text

    @property
    def lines(self) -> str:
        """Both languages, for ways that carry plain text only."""
        return f"{self.body.vi}\n{self.body.en}"


@dataclass(frozen=True, slots=True)
class News:
    """A trouble of a connector."""

    connector: str
    trouble: Trouble


def fresh(now: Collection[News], told: Collection[News]) -> list[News]:
    """What is to be told: what is wrong now and was not when somebody was last told."""
    return [one for one in now if one.trouble in TOLD_OF and one not in told]


def notice(news: News) -> Notice:
    """As people read it."""
    name = news.connector
    title = Text(vi=f"Hiên: kết nối {name} có trục trặc", en=f"Hiên: connector {name} has trouble")
    return Notice(title, _BODIES[news.trouble])
