"""A shop without staff: a pass opens its door, and a bank's app pays at its glass."""

from __future__ import annotations

import json
import os
import signal
import urllib.request
from datetime import UTC, datetime

from playwright.sync_api import expect

from contract import vietqr
from gateway.core import standard_webhooks
from gateway.store import base
from gateway.store.orders import OrderRow
from tests.living import Living
from tests.stories.journeys.acts import SLOW_MS, Keep, own_page, read_from, seen
from tests.stories.shop import StoryShop
from tests.stories.test_day import agrees_to_all, by_name, names_nobody


def test_j8_a_pass_opens_a_shop_without_staff_also_while_the_broker_hangs(
    shop: StoryShop, demo: Living, keep: Keep
) -> None:
    guests = [one for one in demo.get("stage/members") if one["has_pass"]][:3]
    glass, owner = shop.glass("cua-1"), shop.board("Minh Châu")
    seen(glass.locator("main.attract"))
    keep(glass)
    first, friend, late = (shop.comes_in(one) for one in guests)
    shop.holds_up(first, "cua-1")
    seen(glass.get_by_role("heading", name="Mời bạn vào"))
    names_nobody(glass, guests[0])
    keep(glass)
    shop.lowers("cua-1")
    passes(shop)
    shop.holds_up(friend, "cua-1", "screenshot")
    seen(glass.locator("main.kept_out"))
    keep(glass)
    shop.lowers("cua-1")
    glass.get_by_role("button", name="Thử lại").click()

    broker = by_name(demo)["broker"]
    os.kill(broker, signal.SIGSTOP)
    try:
        seen(glass.get_by_text("Đang mất kết nối"))
        shop.holds_up(late, "cua-1")
        seen(glass.get_by_role("heading", name="Mời bạn vào"))
        keep(glass)
        shop.lowers("cua-1")
        passes(shop)
        passes(shop, handle=True)  # and out again: no software holds anybody back
    finally:
        os.kill(broker, signal.SIGCONT)
    expect(glass.get_by_text("Đang mất kết nối")).to_be_hidden(timeout=SLOW_MS)
    owner.goto(f"{demo.url('web')}/console/doors/")
    seen(owner.get_by_role("heading", name="cua-truoc"))
    keep(owner)


def passes(shop: StoryShop, *, handle: bool = False) -> None:
    """Somebody goes through the door, and it falls shut."""
    for wires in ({"handle": handle}, {"contact": True}, {"contact": True, "beam": True}, {}):
        shop.demo.post("pull", wires)
        shop.skip(0.5)
    shop.skip(8)  # the lock is released for 5 s


def test_j8_an_unpaid_order_is_paid_at_the_glass_and_the_banks_word_turns_it(
    shop: StoryShop, demo: Living, keep: Keep
) -> None:
    database = base.opened(f"sqlite:///{demo.folder / 'gateway.db'}")
    with database as engine, base.readers(engine)() as db:
        ready = db.query(OrderRow).filter_by(state="ready").all()
    owing = {one.member: one for one in ready if one.unpaid_vnd}
    member = shop.member(lambda one: agrees_to_all(one) and one["member"] in owing)
    order, glass, board = owing[member["member"]], shop.glass("quay-2"), shop.board("Hạnh")
    guest = shop.comes_to("quay-2", member)
    shop.holds_up(guest, "quay-2")
    own_page(glass, member)
    shop.lowers("quay-2")
    glass.locator(f'[data-press=pick_up][data-subject="{order.order}"]').click()
    seen(glass.get_by_role("heading", name="Mời bạn thanh toán"))
    keep(glass)
    [code] = read_from(glass.locator(".pay .paper").screenshot())
    assert vietqr.read(code).amount_vnd == order.unpaid_vnd
    card = seen(board.locator(".ticket", has_text=str(member["name"])).first)
    expect(card).to_contain_text("còn phải trả")
    keep(board)

    pays(demo, vietqr.read(code).note, order.unpaid_vnd)

    seen(glass.get_by_role("heading", name="Đã thanh toán"))
    keep(glass)
    expect(card).to_contain_text("đã thanh toán", timeout=SLOW_MS)
    keep(board)
    glass.get_by_role("button", name="Kết thúc").click()


def pays(demo: Living, order: str, amount_vnd: int) -> None:
    """The bank says that somebody's money has come."""
    data = {"reference": f"FT-{order}", "order": order, "amount_vnd": amount_vnd}
    at_s = demo.get("phone/now", "web")["now_ms"] / 1_000  # of the shop, where time may be skipped
    stamp = datetime.fromtimestamp(at_s, UTC).isoformat()
    body = json.dumps({"type": "payment.confirmed", "timestamp": stamp, "data": data}).encode()
    key = standard_webhooks.key_of((demo.folder / "bank.secret").read_text())
    assert key is not None
    headers = {
        "webhook-id": f"msg-{order}",
        "webhook-timestamp": str(int(at_s)),
        "webhook-signature": standard_webhooks.sign(key, f"msg-{order}", int(at_s), body),
    }
    url = f"{demo.url('web')}/v1/webhooks/ngan-hang"
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=10) as answer:
        assert json.load(answer)["accepted"]
