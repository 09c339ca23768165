"""Whether a pass that a kiosk read is a member's, and good here and now. It shows nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from contract import passes
from contract.errors import ContractError
from contract.messages import Refusal
from contract.passes import MemberPass
from gateway.core.matching import PassUse, is_replay
from gateway.core.visits import Place
from gateway.store.scene import Scene

is_genuine = lru_cache(maxsize=1_024)(passes.is_genuine)  # what was checked ahead is found here


def check_ahead(some: Iterable[MemberPass], keys: Mapping[tuple[str, int], bytes]) -> None:
    """Check signatures whose passes will be judged soon. It decides nothing.

    If a key is another by then, whether it signed the pass is another question, not asked yet.
    """
    for one in some:
        if (key := keys.get((one.member, one.key_id))) is not None:
            is_genuine(one, key)


def judge(scene: Scene, place: Place, text: str) -> tuple[Refusal | None, str]:
    """Why a pass is refused, if it is, and whose it is; a good one is used."""
    try:
        shown = passes.read(text)
    except ContractError:
        return Refusal.UNKNOWN_PASS, ""
    key = scene.people.keys.get((shown.member, shown.key_id))
    if key is None:
        return Refusal.UNKNOWN_PASS, ""
    if not is_genuine(shown, key):
        return Refusal.FORGED_PASS, ""
    if shown.store_no not in (passes.ANY_STORE, scene.shop.store_no[place.store]):
        return Refusal.FOREIGN_PASS, ""
    age = shown.slot - passes.slot_at(place.at_ms / 1000)
    if not passes.OLDEST_SLOT <= age <= passes.NEWEST_SLOT:
        return Refusal.EXPIRED_PASS, ""
    if not _use(scene, place, shown):
        return Refusal.REPLAYED_PASS, ""
    return None, scene.people.heir(shown.member)


def _use(scene: Scene, place: Place, shown: MemberPass) -> bool:
    """Whether a genuine pass may count here and now; if so it is used."""
    use = PassUse(shown.slot, place)
    uses = scene.people.pass_uses.setdefault((shown.member, shown.key_id), {})
    if is_replay(use, uses.values()):
        return False
    if shown.slot not in uses:
        uses[shown.slot] = use
        scene.used.append((shown.member, shown.key_id, use))
    return True
