"""What may become of an order picked up in a store, in one table; each no has a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from contract.messages import Text


class OrderState(StrEnum):
    """Where an order is on its way to the customer."""

    PLACED = "placed"
    PREPARING = "preparing"
    READY = "ready"
    ARRIVED = "arrived"  # the customer stands in the store
    HANDED_OVER = "handed_over"
    PARTLY = "partly"  # some of it was handed over, the rest will not be
    REFUSED = "refused"  # the customer did not want it
    EXPIRED = "expired"  # nobody came for it
    CANCELLED = "cancelled"  # called off online


class OrderStep(StrEnum):
    """What may be done with one."""

    PREPARE = "prepare"
    MAKE_READY = "make_ready"
    ARRIVE = "arrive"
    HAND_OVER = "hand_over"
    HAND_OVER_PARTLY = "hand_over_partly"
    REFUSE = "refuse"
    EXPIRE = "expire"
    CANCEL = "cancel"


class Stop(StrEnum):
    """Why a step cannot be taken: a closed list."""

    UNKNOWN = "unknown"
    NOT_READY = "not_ready"
    ALREADY = "already"  # it is there, or further
    HANDED_OVER = "handed_over"
    CANCELLED = "cancelled"
    OVER = "over"  # refused or expired
    UNPAID = "unpaid"
    ELSEWHERE = "elsewhere"
    CODE_UNKNOWN = "code_unknown"
    CODE_OF_ANOTHER = "code_of_another"  # order
    CODE_USED = "code_used"
    CODE_EXPIRED = "code_expired"


_P, _R, _A = OrderState.PREPARING, OrderState.READY, OrderState.ARRIVED
STEPS: Mapping[OrderStep, tuple[tuple[OrderState, ...], OrderState]] = {
    OrderStep.PREPARE: ((OrderState.PLACED,), _P),
    OrderStep.MAKE_READY: ((OrderState.PLACED, _P), _R),
    OrderStep.ARRIVE: ((_R,), _A),
    OrderStep.HAND_OVER: ((_R, _A), OrderState.HANDED_OVER),
    OrderStep.HAND_OVER_PARTLY: ((_R, _A), OrderState.PARTLY),
    OrderStep.REFUSE: ((_R, _A), OrderState.REFUSED),
    OrderStep.EXPIRE: ((OrderState.PLACED, _P, _R), OrderState.EXPIRED),  # who stands there waits
    OrderStep.CANCEL: ((OrderState.PLACED, _P, _R, _A), OrderState.CANCELLED),
}
"""From where each step may be taken, and where it leads."""

OPEN = (OrderState.PLACED, _P, _R, _A)
GIVEN = (OrderState.HANDED_OVER, OrderState.PARTLY)
GIVING = (OrderStep.HAND_OVER, OrderStep.HAND_OVER_PARTLY)

SENTENCES = {
    Stop.UNKNOWN: Text("Không có đơn hàng này.", "There is no such order."),
    Stop.NOT_READY: Text("Đơn hàng chưa chuẩn bị xong.", "The order has not been made ready yet."),
    Stop.ALREADY: Text(
        "Đơn hàng đã ở bước này hoặc bước sau.", "The order is at this step already, or further."
    ),
    Stop.HANDED_OVER: Text("Đơn hàng đã được giao rồi.", "The order has been handed over already."),
    Stop.CANCELLED: Text(
        "Đơn hàng đã bị hủy trên mạng: đừng giao.", "The order was cancelled online: keep it here."
    ),
    Stop.OVER: Text(
        "Đơn hàng đã kết thúc: khách từ chối hoặc quá hạn.",
        "The order is over: the customer declined it, or nobody came.",
    ),
    Stop.UNPAID: Text(
        "Đơn hàng chưa thanh toán đủ; thu tiền trước khi giao.",
        "The order is not paid in full; take the money before handing it over.",
    ),
    Stop.ELSEWHERE: Text(
        "Đơn hàng này nhận ở cửa hàng khác.", "This order is picked up at another store."
    ),
    Stop.CODE_UNKNOWN: Text(
        "Không có mã nhận hàng này; hãy đọc lại từng nhóm bốn ký tự.",
        "There is no such pick-up code; read it again in groups of four.",
    ),
    Stop.CODE_OF_ANOTHER: Text(
        "Mã này dành cho đơn hàng khác: đừng giao đơn này.",
        "This code is for another order: keep this one here.",
    ),
    Stop.CODE_USED: Text(
        "Mã này đã được dùng: đơn hàng đã giao rồi.",
        "This code was used: the order was handed over.",
    ),
    Stop.CODE_EXPIRED: Text(
        "Mã này đã hết hạn; khách cần gửi mã mới.",
        "This code is over; the customer has to send a new one.",
    ),
}


def after(state: OrderState, step: OrderStep, unpaid_vnd: int = 0) -> OrderState | Stop:
    """Where a step leads, or why it cannot be taken from there.

    Taken twice it is refused the second time: two who hand over one order would be two bags.
    """
    before, then = STEPS[step]
    if state in before:
        return Stop.UNPAID if step in GIVING and unpaid_vnd > 0 else then
    return why_not(state)


def why_not(state: OrderState) -> Stop:
    """What a state answers to a step that cannot be taken from it."""
    if state in GIVEN:
        return Stop.HANDED_OVER
    if state is OrderState.CANCELLED:
        return Stop.CANCELLED
    if state in (OrderState.REFUSED, OrderState.EXPIRED):
        return Stop.OVER
    return Stop.NOT_READY if state in (OrderState.PLACED, _P) else Stop.ALREADY
