"""Explains a pass to a person: what it says, how old it is, and why it is good or is not.

It decides nothing: at a door `entry.py` does, on a screen `codes.py`. It remembers no use, so it
cannot tell a replay.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from contract import passes, retailer_passes
from contract.errors import ContractError
from contract.events import EntryReason
from contract.passes import MemberPass
from contract.retailer_passes import DAY_S, RetailerPass
from kiosk.core.door_keys import DoorKeys

_HEADERS = {passes.ED25519: "ed25519", passes.P256: "p256"}


@dataclass(frozen=True, slots=True)
class PassReport:
    """What there is to say about one text. Everything beyond the reason is only claimed by it.

    `reason` is `pass` if nothing is wrong. `genuine` is None if no key was at hand to tell.
    """

    valid: bool
    reason: EntryReason
    format: str | None = None  # "MD1", "MV1"
    sort: str | None = None  # "member", "voucher", "pick_up", "appointment", "entry_card"
    member: str | None = None
    pass_id: str | None = None
    key_id: int | None = None
    store_no: int | None = None  # 0: every store
    algorithm: str | None = None
    genuine: bool | None = None
    slot: int | None = None
    age_s: int | None = None  # since the slot began; negative if it is still to come
    made_at: str | None = None  # the slot's beginning, UTC
    last_day: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Checker:
    """What a pass is judged by. `store_no` None: no store refuses it."""

    keys: DoorKeys
    unix_s: float
    utc_offset_s: int = 7 * 3_600  # Việt Nam's: a card is good to the end of the store's day
    store_no: int | None = None
    any_key: bytes | None = None  # believed of every member and number

    def report(self, text: str) -> PassReport:
        """Explain a text; never raises."""
        try:
            if text.startswith(retailer_passes.PREFIX):
                return self._retailers(retailer_passes.read(text))
            return self._members(passes.read(text))
        except ContractError as error:
            return PassReport(False, EntryReason.UNREADABLE, problem=error.problem)

    def _members(self, shown: MemberPass) -> PassReport:
        key = self.any_key or self.keys.member(shown.member, shown.key_id)
        genuine = None if key is None else passes.is_genuine(shown, key)
        began_s = shown.slot * passes.SLOT_S
        age = shown.slot - passes.slot_at(self.unix_s)
        late = None
        if age < passes.OLDEST_SLOT:
            late = EntryReason.EXPIRED
        elif age > passes.NEWEST_SLOT:
            late = EntryReason.EARLY
        is_revoked = self.keys.is_revoked(shown.member, shown.key_id)
        reason = self._reason(shown.store_no, genuine, late, is_revoked=is_revoked)
        return PassReport(
            reason is EntryReason.PASS,
            reason,
            "MD1",
            "member",
            member=shown.member,
            key_id=shown.key_id,
            store_no=shown.store_no,
            algorithm=_HEADERS[shown.header],
            genuine=genuine,
            slot=shown.slot,
            age_s=int(self.unix_s) - began_s,
            made_at=datetime.fromtimestamp(began_s, UTC).isoformat(),
        )

    def _retailers(self, shown: RetailerPass) -> PassReport:
        key = self.any_key or self.keys.retailer.get(shown.key_id)
        genuine = None if key is None else retailer_passes.is_genuine(shown, key)
        today = int(self.unix_s + self.utc_offset_s) // DAY_S
        late = EntryReason.EXPIRED if today > shown.last_day else None
        is_revoked = shown.pass_id in self.keys.revoked_cards
        reason = self._reason(shown.store_no, genuine, late, is_revoked=is_revoked)
        last_day = datetime.fromtimestamp(shown.last_day * DAY_S, UTC).date()
        return PassReport(
            reason is EntryReason.PASS,
            reason,
            "MV1",
            shown.sort.name.lower(),
            pass_id=shown.pass_id,
            key_id=shown.key_id,
            store_no=shown.store_no,
            algorithm="ed25519",
            genuine=genuine,
            last_day=last_day.isoformat(),
        )

    def _reason(
        self, store_no: int, genuine: bool | None, late: EntryReason | None, *, is_revoked: bool
    ) -> EntryReason:
        """In the order of a door, except that without a key the time is still worth a word."""
        if self.store_no is not None and store_no not in (passes.ANY_STORE, self.store_no):
            return EntryReason.FOREIGN
        if genuine is None:
            return late or EntryReason.UNKNOWN
        if not genuine:
            return EntryReason.FORGED
        return late or (EntryReason.REVOKED if is_revoked else EntryReason.PASS)
