"""The table of machines that ask to be let in; what may become of them is in `newcomers`."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.base import Base


class KioskPetitionRow(Base):
    """One machine that asks to be a kiosk, or did lately."""

    __tablename__ = "kiosk_petition"

    petition: Mapped[str] = mapped_column(primary_key=True)  # SHA-256 of its public key
    request: Mapped[str]  # PEM
    commitment: Mapped[str]
    nonce: Mapped[str]  # ours
    code: Mapped[str | None]  # None until it has told its own number
    wish: Mapped[str]  # the user name it would like; "" from a card for any place
    address: Mapped[str]  # in the shop's network, for the owner to tell two apart
    asked_at_ms: Mapped[int]
    until_ms: Mapped[int]
    stage: Mapped[str]  # contract.petitions.Stage, but never EXPIRED: that is a matter of time
    store: Mapped[str | None]  # which kiosk it was made
    kiosk: Mapped[str | None]
    staff: Mapped[str | None]  # by whom
    decided_at_ms: Mapped[int | None]
