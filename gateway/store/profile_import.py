"""Brings members up to date from lines of a CSV file, thousands at a time.

A batch reads what is known of its members in a few statements, lets each line change that in
memory, in order, and writes the difference. A line that would make two members one is refused.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from gateway.core import provenance
from gateway.core.consent import TEXT_VERSION, Method, Purpose
from gateway.core.external_ids import kind_of
from gateway.core.minors import SENTENCE, is_minor
from gateway.core.shop_days import day_of
from gateway.core.tiers import Tier
from gateway.store import (
    batches,
    consents,
    external_ids,
    ledger,
    minors,
    tombstones,
)
from gateway.store.batches import among
from gateway.store.consents import Proof
from gateway.store.csv_lines import MistakeError, Refusals
from gateway.store.external_ids import ExternalIdRow
from gateway.store.profile_lines import FIELDS, Said
from gateway.store.profiles import ConsentRow, PassKeyRow, ProfileRow, TagRow

EVIDENCE = "csv import"
PROFILING = str(Purpose.PROFILING)
COLUMNS = ("member", *FIELDS, "provenance", "said_at_ms", "merged_into")
PROVENANCE, SAID_AT, MERGED_INTO = (COLUMNS.index(name) for name in COLUMNS[-3:])
FIRST = 1  # of the fields, after the member
PHONE = FIRST + list(FIELDS).index("phone")
BIRTHDAY = FIRST + list(FIELDS).index("birthday")
NOBODY = ["", "", "", str(Tier.MEMBER), 0, "", "", "", "", "", 0, None]

Values = list[Any]


@dataclass
class Tally:
    """What became of the lines."""

    lines: int = 0
    new: int = 0
    changed: int = 0
    refused: int = 0

    @property
    def rows(self) -> int:
        """Lines that were right, whether or not they changed anything."""
        return self.lines - self.refused


@dataclass(frozen=True)
class Maker:
    """What an import gives its members."""

    at_ms: int
    new_tag: Callable[[], str]
    new_member: Callable[[], str]


@dataclass
class _Known:
    """What the database says of a batch's members, kept up to date line by line."""

    profiles: dict[str, Values]
    owners: dict[str, str]  # of external ids
    own: dict[str, dict[str, str]]  # by member: external id to who said so
    consents: dict[str, set[str]]
    tag_owners: dict[str, str]  # by identity
    tags: dict[str, dict[str, str]]  # by member: identity to tag
    keys: dict[str, dict[int, str]]  # imported ones, by member
    erased: set[str]  # what is named and belongs to somebody who is to stay forgotten


@dataclass
class _Changes:
    """What is to be written."""

    profiles: dict[str, None] = field(default_factory=dict)
    lost_ids: set[str] = field(default_factory=set)
    new_ids: dict[str, str] = field(default_factory=dict)
    lost_consents: set[tuple[str, str]] = field(default_factory=set)
    new_consents: dict[tuple[str, str], None] = field(default_factory=dict)
    lost_tags: set[str] = field(default_factory=set)
    new_tags: dict[str, tuple[str, str]] = field(default_factory=dict)  # identity: tag, member
    lost_keys: set[tuple[str, int]] = field(default_factory=set)
    new_keys: dict[tuple[str, int], str] = field(default_factory=dict)


@dataclass
class Importer:
    """Takes the lines of one file, whose columns are always the same."""

    maker: Maker
    fields: Sequence[str]
    tally: Tally
    refusals: Refusals

    def __post_init__(self) -> None:
        names = list(FIELDS)
        self._places = [FIRST + names.index(name) for name in self.fields]
        self._all = provenance.written(EVIDENCE, self.maker.at_ms, self.fields)
        self._blank = [*NOBODY[:PROVENANCE], self._all, self.maker.at_ms, None]

    def take(self, db: Session, batch: Sequence[Said]) -> None:
        """Bring the members of a batch up to date."""
        known, changes = _read(db, batch), _Changes()
        for said in batch:
            try:
                self._apply(said, known, changes)
            except MistakeError as mistake:
                self.tally.refused += 1
                self.refusals.refuse(said.line, mistake.reason)
        self._write(db, known, changes)

    def _apply(self, said: Said, known: _Known, changes: _Changes) -> None:
        """One line. Everything that may refuse it stands before the first change."""
        if known.erased and known.erased & _named(said):
            raise MistakeError(
                "member", "đã xoá theo yêu cầu của chính họ", "was erased at their own request"
            )
        member, row = self._who(said, known)
        for identity in said.tags or ():
            other = known.tag_owners.get(identity)
            if other not in (None, member):
                raise _taken("tags", identity, str(other))
        is_new = row is None
        before = self._blank if row is None else row
        after = before.copy()
        after[0] = member
        for place, value in zip(self._places, said.values, strict=True):
            after[place] = value
        if said.purposes and is_minor(str(after[BIRTHDAY]), day_of(self.maker.at_ms)):
            raise MistakeError("consents", SENTENCE.vi, SENTENCE.en)
        is_changed = after != before
        if is_changed and not is_new:
            differ = [COLUMNS[place] for place in self._places if after[place] != before[place]]
            after[PROVENANCE] = provenance.written(
                EVIDENCE, self.maker.at_ms, differ, str(before[PROVENANCE])
            )
        is_changed |= self._keep_ids(member, said, known, changes)
        if said.purposes is not None and self._keep_consents(member, said, known, changes):
            after[SAID_AT], is_changed = self.maker.at_ms, True
        if said.tags is not None:
            is_changed |= self._keep_tags(member, said.tags, known, changes)
        if said.keys is not None:
            is_changed |= self._keep_keys(member, said.keys, known, changes)
        if is_changed:
            known.profiles[member] = after
            changes.profiles[member] = None
        self.tally.new += is_new
        self.tally.changed += is_changed and not is_new

    def _who(self, said: Said, known: _Known) -> tuple[str, Values | None]:
        """Whom a line is about, and what is known of them; MistakeError if it is about two."""
        member = said.member
        for external in said.externals:
            owner = known.owners.get(external)
            if owner is not None and owner != member:
                if member:
                    raise _taken(kind_of(external).value, external.partition(":")[2], owner)
                member = owner
        if not member:
            return self.maker.new_member(), None
        row = known.profiles.get(member)
        if row is not None and row[MERGED_INTO] is not None:
            into = row[MERGED_INTO]
            raise MistakeError("member", f"đã gộp vào {into}", f"was merged into {into}")
        return member, row

    def _keep_ids(self, member: str, said: Said, known: _Known, changes: _Changes) -> bool:
        """The file's id of a kind takes the place of the one a file said before."""
        wanted = [external for external in said.externals if external]
        own = known.own.setdefault(member, {})
        old = _replaced(own, wanted) if own else ()
        for external in old:
            del own[external]
            known.owners.pop(external, None)  # it is known of what this batch names only
            if changes.new_ids.pop(external, None) is None:
                changes.lost_ids.add(external)
        new = [external for external in wanted if external not in own]
        for external in new:
            own[external] = EVIDENCE
            known.owners[external] = member
            changes.new_ids[external] = member
        return bool(old or new)

    def _keep_consents(self, member: str, said: Said, known: _Known, changes: _Changes) -> bool:
        """What was agreed to before keeps its date and evidence; what is not named is withdrawn."""
        purposes = said.purposes or frozenset()
        own = known.consents.get(member)
        if own is None:
            if not purposes:
                return False
            own = known.consents[member] = set()
        lost, new = own - purposes, purposes - own
        for purpose in lost:
            own.discard(purpose)
            if (member, purpose) in changes.new_consents:
                del changes.new_consents[member, purpose]
            else:
                changes.lost_consents.add((member, purpose))
        for purpose in new:
            own.add(purpose)
            if (member, purpose) in changes.lost_consents:
                changes.lost_consents.discard((member, purpose))  # another line of this batch
            else:
                changes.new_consents[member, purpose] = None
        return bool(lost or new)

    def _keep_tags(
        self, member: str, wanted: Sequence[str], known: _Known, changes: _Changes
    ) -> bool:
        """A tag keeps its id, which says nothing about anybody; one that is not named is gone."""
        own = known.tags.get(member)
        if own is None:
            if not wanted:
                return False
            own = known.tags[member] = {}
        lost = own.keys() - set(wanted)
        new = [identity for identity in dict.fromkeys(wanted) if identity not in own]
        for identity in lost:
            tag = own.pop(identity)
            known.tag_owners.pop(identity, None)
            if changes.new_tags.pop(identity, None) is None:
                changes.lost_tags.add(tag)
        for identity in new:
            tag = own[identity] = self.maker.new_tag()
            known.tag_owners[identity] = member
            changes.new_tags[identity] = (tag, member)
        return bool(lost or new)

    def _keep_keys(
        self, member: str, wanted: Sequence[tuple[int, str]], known: _Known, changes: _Changes
    ) -> bool:
        """A phone that was enrolled stays, unless a key takes its number."""
        own, keys = known.keys.get(member, {}), dict(wanted)
        if own == keys:
            return False
        changes.lost_keys |= {(member, key_id) for key_id in own}
        for key_id in own:
            changes.new_keys.pop((member, key_id), None)
        changes.new_keys |= {(member, key_id): key for key_id, key in wanted}
        known.keys[member] = keys
        return True

    def _write(self, db: Session, known: _Known, changes: _Changes) -> None:
        at_ms = self.maker.at_ms
        _forget(db, ExternalIdRow.external, changes.lost_ids)
        _forget(db, TagRow.tag, changes.lost_tags)
        for table, second, lost in (
            (ConsentRow, ConsentRow.purpose, changes.lost_consents),
            (PassKeyRow, PassKeyRow.key_id, changes.lost_keys),
        ):
            for member, value in lost:
                db.execute(delete(table).where(table.member == member, second == value))
        unprofiled = [one for one, purpose in changes.lost_consents if purpose == PROFILING]
        if unprofiled:
            consents.unprofile(db, unprofiled)
        # in order: neighbours in an index share its pages
        rows = [tuple(known.profiles[member]) for member in sorted(changes.profiles)]
        batches.put_rows(db, ProfileRow, COLUMNS, rows, key=("member",))
        if "points" in self.fields:
            ledger.follow_files(db, changes.profiles, at_ms)
        new_ids = sorted(changes.new_ids.items())
        ids = [(external, member, EVIDENCE, at_ms) for external, member in new_ids]
        batches.put_rows(db, ExternalIdRow, external_ids.COLUMNS, ids)
        agreed = [(*one, at_ms, TEXT_VERSION, EVIDENCE) for one in sorted(changes.new_consents)]
        names = ("member", "purpose", "granted_at_ms", "text_version", "evidence")
        batches.put_rows(db, ConsentRow, names, agreed)
        said = [(*one, False) for one in sorted(changes.lost_consents)]
        said += [(*one, True) for one in sorted(changes.new_consents)]
        consents.write(db, said, Proof(at_ms, Method.CSV, "", EVIDENCE))
        tags = [(tag, identity, who) for identity, (tag, who) in changes.new_tags.items()]
        batches.put_rows(db, TagRow, ("tag", "identity", "member"), tags)
        keys = [(*one, key, 0, None) for one, key in changes.new_keys.items()]
        names = ("member", "key_id", "public_key", "enrolled_at_ms", "ends_at_ms")
        batches.put_rows(db, PassKeyRow, names, keys, key=("member", "key_id"))
        if "birthday" in self.fields and changes.profiles:
            minors.heed(db, at_ms, changes.profiles)


def _read(db: Session, batch: Sequence[Said]) -> _Known:
    externals = {external for said in batch for external in said.externals if external}
    owners = external_ids.owners(db, externals) if externals else {}
    asked = {said.member for said in batch if said.member} | set(owners.values())
    columns = [getattr(ProfileRow, name) for name in COLUMNS]
    query = select(*columns).where(among(ProfileRow.member, rows=asked))
    profiles = {row[0]: list(row) for row in db.execute(query)}
    named = {word for said in batch for word in _named(said)}
    known = _Known(profiles, owners, {}, {}, {}, {}, {}, tombstones.erased(db, named))
    if profiles:
        _read_more(db, known, batch[0])
    identities = {identity for said in batch for identity in said.tags or ()}
    if identities:
        query = select(TagRow.identity, TagRow.member).where(
            among(TagRow.identity, rows=identities)
        )
        known.tag_owners = dict(db.execute(query).all())
    return known


def _read_more(db: Session, known: _Known, said: Said) -> None:
    """What those have who are members already, as far as this file is about it."""

    def of(*columns: InstrumentedAttribute[Any]) -> Any:
        query = select(*columns).where(among(columns[0], rows=known.profiles.keys()))
        return db.execute(query).all()

    known.own, known.tags, known.keys = defaultdict(dict), defaultdict(dict), defaultdict(dict)
    known.consents = defaultdict(set)
    if said.externals:
        row = ExternalIdRow
        for member, external, source in of(row.member, row.external, row.source):
            known.own[member][external] = source
    if said.purposes is not None:
        for member, purpose in of(ConsentRow.member, ConsentRow.purpose):
            known.consents[member].add(purpose)
    if said.tags is not None:
        for member, identity, tag in of(TagRow.member, TagRow.identity, TagRow.tag):
            known.tags[member][identity] = tag
    if said.keys is not None:
        key = PassKeyRow
        every = of(key.member, key.key_id, key.public_key, key.enrolled_at_ms)
        for member, key_id, public_key, enrolled_at_ms in every:
            if enrolled_at_ms == 0:
                known.keys[member][key_id] = public_key


def _named(said: Said) -> set[str]:
    """All ids in a line, as tombstones know them."""
    named = {external for external in said.externals if external}
    named |= {f"tag:{identity}" for identity in said.tags or ()}
    return named | {f"member:{said.member}"} if said.member else named


def _replaced(own: dict[str, str], wanted: Sequence[str]) -> list[str]:
    kinds = {kind_of(external) for external in wanted}
    return [
        external
        for external, source in own.items()
        if source == EVIDENCE and external not in wanted and kind_of(external) in kinds
    ]


def _forget(db: Session, column: InstrumentedAttribute[str], lost: set[str]) -> None:
    if lost:
        db.execute(delete(column.class_).where(among(column, rows=lost)))


def _taken(column: str, value: str, member: str) -> MistakeError:
    return MistakeError(
        column,
        f"{value} đã thuộc về thành viên {member}",
        f"{value} belongs to member {member} already",
    )
