"""The owner: what they let out stands on the glass, and every page of theirs opens."""

from __future__ import annotations

from tests.living import Living
from tests.stories.journeys.acts import Keep, own_page, seen, with_order
from tests.stories.shop import StoryShop


def test_j13_what_the_owner_lets_out_stands_on_the_glass(
    shop: StoryShop, demo: Living, keep: Keep
) -> None:
    member, glass = with_order(shop, 3), shop.glass("quay-1")
    owner = shop.board("Minh Châu")
    owner.goto(f"{demo.url('web')}/console/offers/tra-gung-mua-mua")
    fresh = "Trà gừng mật ong mùa mưa, mua một tặng một"
    seen(owner.locator('[name="title_vi"]')).fill(fresh)
    owner.locator('[name="priority"]').fill("99")
    owner.locator('button[name="then"][value="ask"]').click()
    keep(owner)
    seen(owner.locator('form[action$="/publish"] button')).click()
    seen(owner.get_by_text("Đã phát hành"))
    keep(owner)

    guest = shop.comes_to("quay-1", member)
    shop.skip(3)  # the intake looks every two seconds
    shop.holds_up(guest, "quay-1")
    own_page(glass, member)
    seen(glass.get_by_text(fresh))
    keep(glass)
    shop.lowers("quay-1")


def test_j12_the_owner_looks_at_everything(shop: StoryShop, demo: Living, keep: Keep) -> None:
    board = shop.board("Minh Châu")
    for link in board.locator("nav a").evaluate_all("(all) => all.map((one) => one.href)"):
        board.goto(link)
        seen(board.locator("main"))
        keep(board)
