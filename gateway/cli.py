"""Run and tend a gateway, and the broker beside it: the commands under `hien gateway`."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Annotated

import segno
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from contract import enrolment
from contract.drawn_codes import draw, written
from contract.enrolment import PIN_BYTES, SECRET_BYTES, Code
from contract.identifiers import is_name
from contract.topics import KioskAddress
from firmware_config import certificates
from gateway import (
    api_keys_cli,
    catalogue_cli,
    check_cli,
    connector_cli,
    erasing_cli,
    export_cli,
    home_assistant_cli,
    incidents_cli,
    link_cli,
    main,
    measure_cli,
    notice_cli,
    offers_cli,
    people_cli,
    report_cli,
    retention_cli,
    seal,
    shelf_labels_cli,
)
from gateway.broker import run as run_broker
from gateway.core.entry_cards import Problem, number_of
from gateway.core.parts import Part
from gateway.core.phones import CODE_LIFE_MS
from gateway.core.phones import link as link_of
from gateway.core.vouchers import Voucher, VoucherKind
from gateway.door_orders import Wish, order
from gateway.erasing import Eraser
from gateway.settings import GatewaySettings
from gateway.store import (
    base,
    dead_letters,
    entry_cards,
    kiosk_certificates,
    phones,
    stores,
    tombstones,
    vouchers,
)
from gateway.store.offers import OfferRow
from gateway.store.profiles import ProfileRow
from gateway.store.stores import StoreRow
from runtime import drivers, log
from runtime.clock import SystemClock, unix_ms
from runtime.errors import SettingsError
from runtime.settings import load

app = typer.Typer(no_args_is_help=True)
app.add_typer(api_keys_cli.app, name="api-key")
app.add_typer(connector_cli.app, name="connector")
app.add_typer(offers_cli.app, name="offers")
app.add_typer(catalogue_cli.app, name="catalogue")
for one in (
    *(people_cli, check_cli, link_cli, measure_cli, notice_cli, home_assistant_cli),
    *(retention_cli, erasing_cli, incidents_cli, export_cli, report_cli, shelf_labels_cli),
):
    app.registered_commands += one.app.registered_commands

SettingsFile = Annotated[Path, typer.Option("--settings", help="The gateway's TOML file.")]
Member = Annotated[str, typer.Argument(help="12 hex digits, as in passes.")]
Json = Annotated[bool, typer.Option("--json", help="JSON, also on a terminal.")]
OfThem = Annotated[str, typer.Option("--part", help="Which one of several intakes, as in 2/3.")]
DEFAULT = Path("gateway.toml")


@app.callback()
def gateway() -> None:
    """What decides, remembers and answers, beside the kiosks."""


@app.command()
def migrate(settings: SettingsFile = DEFAULT) -> None:
    """Bring the database to the present schema."""
    upgrade: Callable[..., None] = drivers.load("hien.tools", "migrate")
    with base.opened(load(GatewaySettings, settings).database) as engine:
        upgrade(engine)


@app.command()
def backup(file: Path, settings: SettingsFile = DEFAULT) -> None:
    """Copy the whole database into a new file, while it is in use; keep it as safe."""
    copy: Callable[..., None] = drivers.load("hien.tools", "backup")
    with base.opened(load(GatewaySettings, settings).database) as engine:
        copy(engine, file)
    print(f"{file}: {file.stat().st_size} bytes")


@app.command()
def restore(
    file: Path,
    settings: SettingsFile = DEFAULT,
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Give up what is there now.")] = False,
) -> None:
    """Bring back a backup, into a database of either kind. Stop intake and web before."""
    bring_back: Callable[..., int] = drivers.load("hien.tools", "restore")
    checked = load(GatewaySettings, settings)
    with base.opened(checked.database) as engine:
        events = bring_back(engine, file, replace=replace)
        graves = tombstones.opened(checked.erasure_key)
        now_ms = unix_ms(SystemClock().utc())
        erased = Eraser(engine, graves, lambda: now_ms, Event().wait).again()
    made = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    print(
        f"{events} events restored, as of {made:%Y-%m-%d %H:%M} UTC; "
        f"{erased} members erased again; consents withdrawn since must be so again"
    )


@app.command()
def intake(settings: SettingsFile = DEFAULT, part: OfThem = "1/1") -> None:
    """Take events from the kiosks until stopped."""
    checked = load(GatewaySettings, settings)
    log.configure("intake")
    try:
        taken = Part.read(part)
    except ValueError as error:
        raise SettingsError(f"--part: {error}") from error
    main.run_intake(checked, taken)


@app.command()
def broker(settings: SettingsFile = DEFAULT) -> None:
    """Run mosquitto, with a configuration that follows the database, and let kiosks enrol."""
    checked = load(GatewaySettings, settings)
    log.configure("broker")
    run_broker(checked)


@app.command()
def web(settings: SettingsFile = DEFAULT) -> None:
    """Serve the staff board and the owner's console until stopped."""
    checked = load(GatewaySettings, settings)
    log.configure("web")
    main.run_web(checked)


@app.command("enrol-kiosk")
def enrol_kiosk(
    store: str, kiosk: str, settings: SettingsFile = DEFAULT, *, as_json: Json = False
) -> None:
    """Make a code by which a kiosk gets its certificate: for one kiosk, for 15 minutes.

    Type it on the kiosk: hien kiosk enrol CODE.
    """
    checked = load(GatewaySettings, settings)
    user = KioskAddress(store, kiosk).user
    if len(user) > certificates.NAME_MAX:
        raise SettingsError(f"{user}: a certificate has room for {certificates.NAME_MAX} letters")
    own = checked.own_broker
    pin = certificates.fingerprint(own.files().house_authority().certificate)[:PIN_BYTES]
    code = Code(own.names[0], own.enrol_port, secrets.token_bytes(SECRET_BYTES), pin)
    now_ms = unix_ms(SystemClock().utc())
    engine = base.connect(checked.database)
    with base.writers(engine).begin() as db:
        digest = enrolment.digest(code.secret)
        is_kept = kiosk_certificates.invite(db, KioskAddress(store, kiosk), digest, now_ms)
    engine.dispose()
    if not is_kept:
        raise SettingsError(f"there is no kiosk {kiosk!r} in a store {store!r}; import it first")
    if as_json or not sys.stdout.isatty():
        until_ms = now_ms + kiosk_certificates.CODE_LIFE_MS
        said = {"store": store, "kiosk": kiosk, "code": code.text, "until_ms": until_ms}
        print(json.dumps(said))
        return
    print(f"hien kiosk enrol {code.text}")


@app.command("revoke-kiosk")
def revoke_kiosk(store: str, kiosk: str, settings: SettingsFile = DEFAULT) -> None:
    """End a kiosk's certificates and codes; the broker throws it out within seconds.

    A new code lets it in again: hien gateway enrol-kiosk.
    """
    engine = base.connect(load(GatewaySettings, settings).database)
    with base.writers(engine).begin() as db:
        now_ms = unix_ms(SystemClock().utc())
        is_known = (store, kiosk) in stores.kiosks(db)
        ended = kiosk_certificates.revoke(db, KioskAddress(store, kiosk), now_ms)
    engine.dispose()
    if not is_known:
        raise SettingsError(f"there is no kiosk {kiosk!r} in a store {store!r}")
    print(f"{ended} certificates ended")


@app.command("broker-config")
def broker_config(settings: SettingsFile = DEFAULT, *, as_json: Json = False) -> None:
    """Write what mosquitto is started with: certificates, access of every kiosk, limits.

    Authorities that are there stay. What was written is printed, also what the gateway itself and
    its kiosks need to come in.
    """
    checked = load(GatewaySettings, settings)
    engine = base.connect(checked.database)
    with base.readers(engine)() as db:
        now = SystemClock().utc()
        kiosks = kiosk_certificates.admitted(db, unix_ms(now))
        revoked = kiosk_certificates.revoked(db)
    engine.dispose()
    files = checked.own_broker.files()
    written = files.write(kiosks, revoked, now)
    if as_json or not sys.stdout.isatty():
        print(json.dumps({"written": [str(path) for path in written], "kiosks": len(kiosks)}))
        return
    for path in written:
        print(f"wrote {path}")
    print(f"{len(kiosks)} kiosks may come in; start it with: mosquitto -c {files.configuration}")


@app.command("publish-trust")
def publish_trust(settings: SettingsFile = DEFAULT) -> None:
    """Have the running intake tell all kiosks anew whom they may recognise."""
    with (
        base.opened(load(GatewaySettings, settings).database) as engine,
        base.writers(engine).begin() as db,
    ):
        stores.next_edition(db)


@app.command("make-key")
def make_key(settings: SettingsFile = DEFAULT) -> None:
    """Write the key file that [seal] names, and print what belongs in each kiosk.toml."""
    wanted = load(GatewaySettings, settings).seal
    if wanted is None:
        raise SettingsError(f"{settings.name}: [seal] key_file is missing")
    made = seal.make(wanted.key_file, wanted.key_id)
    print(f'[trust.issuers]\n{made.key_id} = "{made.public_key}"')


@app.command("enrol-phone")
def enrol_phone(member: Member, settings: SettingsFile = DEFAULT, *, as_json: Json = False) -> None:
    """Make a link by which a member's phone becomes their card: for one phone, for 15 minutes."""
    checked = load(GatewaySettings, settings)
    until_ms = unix_ms(SystemClock().utc()) + CODE_LIFE_MS
    with base.opened(checked.database) as engine, base.writers(engine).begin() as db:
        code = phones.invite(db, member, until_ms)
    if code is None:
        raise SettingsError(f"there is no member {member!r}")
    link = link_of(checked.web.address, code)
    if as_json or not sys.stdout.isatty():
        print(json.dumps({"member": member, "link": link, "until_ms": until_ms}))
        return
    segno.make(link, error="m").terminal(compact=True)
    print(link)


@app.command("revoke-phone")
def revoke_phone(
    member: Member,
    settings: SettingsFile = DEFAULT,
    *,
    key_id: Annotated[
        int | None, typer.Option(min=0, max=255, help="Only this card of theirs; else all.")
    ] = None,
) -> None:
    """End a member's phones: the cards in them, and links that were not used yet."""
    with (
        base.opened(load(GatewaySettings, settings).database) as engine,
        base.writers(engine).begin() as db,
    ):
        ended = phones.revoke(db, member, key_id, unix_ms(SystemClock().utc()))
    print(f"{ended} cards ended")


@app.command("revoke-card")
def revoke_card(
    card: Annotated[str, typer.Argument(help="Its number, 16 hex digits, or what its QR says.")],
    settings: SettingsFile = DEFAULT,
) -> None:
    """End a printed entry card for ever; doors hear of it within seconds, or when they can."""
    checked = load(GatewaySettings, settings)
    number = number_of(card, checked.passes.by_number())
    if isinstance(number, Problem):
        raise SettingsError(f"{card[:40]!r} is {number.value}")
    engine = base.connect(checked.database)
    try:
        with base.writers(engine).begin() as db:
            is_news = entry_cards.end(db, number, unix_ms(SystemClock().utc()))
    except OverflowError as error:
        raise SettingsError(f"{error}: sign new cards with a new key in [passes]") from None
    finally:
        engine.dispose()
    print(f"card {number} has ended" if is_news else f"card {number} had ended before")


@app.command("draw-codes")
def draw_codes(
    offer: str,
    settings: SettingsFile = DEFAULT,
    *,
    count: Annotated[int, typer.Option(min=1, max=100_000, help="How many codes.")] = 1,
    member: Annotated[str | None, typer.Option(help="Good for this member only.")] = None,
    store: Annotated[str | None, typer.Option(help="Good in this store only.")] = None,
) -> None:
    """Draw voucher codes of an offer that nobody can guess, good once each; prints them."""
    kind = VoucherKind.POOL if member is None else VoucherKind.PERSONAL
    drawn = [Voucher(draw(secrets.randbelow), offer, kind, member, store) for _ in range(count)]
    engine = base.connect(load(GatewaySettings, settings).database)
    with base.writers(engine).begin() as db:
        if db.get(OfferRow, offer) is None:
            raise SettingsError(f"there is no offer {offer!r}")
        if member is not None and db.get(ProfileRow, member) is None:
            raise SettingsError(f"there is no member {member!r}")
        if store is not None and db.get(StoreRow, store) is None:
            raise SettingsError(f"there is no store {store!r}")
        vouchers.add(db, drawn)
    engine.dispose()
    for voucher in drawn:
        print(written(voucher.code))


@app.command("open-door")
def open_door(
    store: str,
    kiosk: Annotated[str, typer.Argument(help="The kiosk beside the door.")],
    door: str,
    staff: Annotated[str, typer.Option(help="Who orders it, for the record.")],
    settings: SettingsFile = DEFAULT,
) -> None:
    """Order a door to let somebody in, once, within five seconds; its records say what it did."""
    checked = load(GatewaySettings, settings)
    if not all(map(is_name, (store, kiosk, door, staff))):
        raise SettingsError("store, kiosk, door and staff are 1 to 32 of a-z, 0-9 and -")
    nonce = order(checked, Wish(KioskAddress(store, kiosk), door, staff), SystemClock())
    print(f"order {nonce} is on its way")


@app.command("dead-letters")
def list_dead_letters(
    number: Annotated[int | None, typer.Argument(help="Only this one, and all of it.")] = None,
    settings: SettingsFile = DEFAULT,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 20,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Show messages nobody could read, newest first; `event` is set if a receipt counted it."""
    with (
        base.opened(load(GatewaySettings, settings).database) as engine,
        base.readers(engine)() as db,
    ):
        one = None if number is None else dead_letters.get(db, number)
        letters = [one] if one else dead_letters.newest_first(db, limit) if number is None else []
    if number is not None and one is None:
        raise SettingsError(f"there is no dead letter {number}")
    rows = [_as_json(letter) for letter in letters]
    if as_json:
        for row in rows:
            print(json.dumps(row, ensure_ascii=False))
    elif one is not None:
        for name, value in rows[0].items():
            print(f"{name}: {value!r}")  # as Python writes it: what strangers send moves no cursor
    else:
        table = Table("number", "times", "topic", "reason", "counted")
        for letter in letters:
            counted = "yes" if letter.event is not None else "no"
            words = (str(letter.letter), str(letter.times), letter.topic, letter.reason)
            table.add_row(*map(escape, words), counted)
        Console().print(table)


def _as_json(letter: dead_letters.DeadLetterRow) -> dict[str, str | int | None]:
    return {
        "letter": letter.letter,
        "at_ms": letter.at_ms,
        "times": letter.times,
        "topic": letter.topic,
        "reason": letter.reason,
        "event": letter.event,
        "payload": letter.payload.decode(errors="replace"),
    }
