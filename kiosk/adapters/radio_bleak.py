"""Bluetooth by bleak and BlueZ: puts what it hears, notices when it hears nothing, and mends that.

The only file that imports bleak; so it also lends a connection to who configures a beacon.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from typing import Annotated, Any

from bleak import BleakClient, BleakScanner
from bleak.args.bluez import BlueZDiscoveryFilters
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bleak.exc import BleakDBusError, BleakError
from msgspec import Meta, Struct

from contract.events import Condition, Device
from kiosk.adapters import bluetooth_care
from kiosk.adapters import options as driver_options
from kiosk.adapters.ears import ABSENT_DBM, Ears
from kiosk.adapters.management_socket import ManagementSocket
from kiosk.core.freshness import Told
from kiosk.core.inputs import DeviceChanged
from kiosk.core.radio_watch import SILENT_S, Hearing, RadioWatch, Step
from kiosk.ports import Put
from runtime.clock import Clock
from runtime.errors import DeviceError

# Both always: without an RSSI filter BlueZ drops samples that differ by less than 8 dB, and after
# 5.87 it takes a scan without one for an inquiry and pauses it; without DuplicateData it is silent
# while a tag's bytes stay the same.
FILTERS: BlueZDiscoveryFilters = {"RSSI": ABSENT_DBM, "DuplicateData": True}

HEARS = (Hearing.GOOD, Hearing.UNPROVEN)

_TROUBLE = (BleakError, OSError, EOFError, TimeoutError)
_NO_SUCH_SERVICE = "org.freedesktop.DBus.Error.ServiceUnknown"
_RESTART = "run: sudo systemctl restart bluetooth"

log = logging.getLogger(__name__)


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator may tell this driver."""

    adapter: str = "hci0"  # the first to try
    # Identities that are always there, as `hien beacon listen` prints them: a tag in a drawer, or
    # the other kiosks' own beacons. Only hearing one of them proves that the radio hears.
    reference: tuple[str, ...] = ()
    # Health has to say "deaf" within 30 s of silence.
    silent_s: Annotated[float, Meta(ge=5, le=28)] = SILENT_S
    management_socket: bool = True  # used where the process is permitted to


@dataclass(frozen=True, slots=True)
class Timing:
    """How long each outside thing is given. Real seconds, whatever the clock says."""

    start_s: float = 15.0  # StartDiscovery sometimes never answers, and bleak waits for ever
    stop_s: float = 5.0
    answer_s: float = 5.0  # BlueZ answers in milliseconds; switching an adapter takes a second
    step_s: float = 12.0  # for one step of the ladder: two calls, or a restart of BlueZ
    settle_s: float = 3.0  # BlueZ finds its adapters some time after it was restarted
    look_s: float = 1.0  # how often somebody asks whether anything was heard
    first_retry_s: float = 2.0  # an adapter that is being reset comes back in seconds
    last_retry_s: float = 20.0


class BleakRadio:
    """A Radio in a thread named `radio`, which runs bleak's event loop."""

    def __init__(
        self,
        options: Mapping[str, object],
        put: Put,
        clock: Clock,
        timing: Timing = Timing(),
        open_socket: Callable[..., ManagementSocket] = ManagementSocket,
    ) -> None:
        self._options = driver_options.read(Options, "bleak", options)
        self._put = put
        self._clock = clock
        self._timing = timing
        self._open_socket = open_socket
        self._adapter = self._options.adapter  # until it is deaf and there is another
        reference = self._options.reference
        self._watch = RadioWatch(self._options.silent_s, has_reference=bool(reference))
        self._ears = Ears(put, clock, self._watch, reference)
        self._said: DeviceChanged | None = None
        self._was_deaf = False  # since then nothing was heard
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(_mention)
        self._listening: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, name="radio")

    def start(self) -> None:
        """Begin to listen and return at once; trouble is put as `DeviceChanged`."""
        self._listening = self._loop.create_task(self._listen_for_ever())
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, also while BlueZ owes an answer; safe to call twice."""
        if self._listening is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._listening.cancel)
            self._thread.join()
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        if self._listening is not None:
            with suppress(asyncio.CancelledError):
                self._loop.run_until_complete(self._listening)
        self._loop.run_until_complete(_end_what_is_left())

    async def _listen_for_ever(self) -> None:
        """Listen; when that fails or is of no use, take the next step of the ladder."""
        failures = 0
        while True:
            error = await _outcome(self._listen())
            if error is None:
                failures = 0
            else:
                detail = f"no Bluetooth on {self._adapter}: {self._words(error)}"
                self._say(Condition.OUT, detail)
                timing = self._timing
                await asyncio.sleep(min(timing.first_retry_s * 2**failures, timing.last_retry_s))
                failures = min(failures + 1, 10)
            step = self._watch.climb()
            log.info("%s: %s", self._adapter, step)
            error = await _outcome(self._take(step))
            if error is not None:
                log.warning("%s: %s failed: %s", self._adapter, step, self._words(error))

    async def _listen(self) -> None:
        """Scan until deaf; an exception if scanning cannot begin."""
        scanner = BleakScanner(
            self._heard,
            scanning_mode="active",  # passive scans lost 81 of 100 samples of a still tag
            bluez={"filters": FILTERS, "adapter": self._adapter},
        )
        async with asyncio.timeout(self._timing.start_s):
            await scanner.start()
        try:
            with closing(self._listen_directly()):
                self._watch.begin(self._clock.monotonic_s())
                if not self._was_deaf:  # then only hearing is a proof
                    self._say(Condition.OK)
                while self._judge() in HEARS:  # noqa: ASYNC110  # silence sets no event
                    await asyncio.sleep(self._timing.look_s)
        finally:
            with suppress(*_TROUBLE):  # what we leave anyway need not be well
                async with asyncio.timeout(self._timing.stop_s):
                    await scanner.stop()

    def _listen_directly(self) -> ManagementSocket | ExitStack:
        digits = self._adapter.removeprefix("hci")
        if not self._options.management_socket or not digits.isdecimal():
            return ExitStack()
        try:
            return self._open_socket(int(digits), self._ears.find)
        except DeviceError as error:
            if self._said is None:  # once is honest, at every scan it would be noise
                log.info("%s", error)
            return ExitStack()

    def _judge(self) -> Hearing:
        """Say how well it hears, if there is something to say."""
        hearing = self._watch.hearing(self._clock.monotonic_s())
        if hearing is not Hearing.UNPROVEN:
            self._was_deaf = hearing is not Hearing.GOOD
        silence = f"heard nothing for {self._options.silent_s:.0f} s on {self._adapter}"
        match hearing:
            case Hearing.GOOD:
                moved = self._adapter != self._options.adapter
                self._say(Condition.OK, f"listens with {self._adapter}" if moved else "")
            case Hearing.WEAK:
                silence = f"the reference tag was not heard for {self._options.silent_s:.0f} s"
                self._say(Condition.DEGRADED, f"nearly deaf, or that tag is empty: {silence}")
            case Hearing.DEAF if self._options.reference:
                self._say(Condition.OUT, f"deaf: {silence}, not even the reference tag")
            case Hearing.DEAF:
                doubt = "deaf, or nobody transmits (a reference tag would tell)"
                self._say(Condition.DEGRADED, f"{doubt}: {silence}")
        return hearing

    def _say(self, condition: Condition, detail: str = "") -> None:
        """Put what is news; the ladder's many attempts are not."""
        said = DeviceChanged(Device.RADIO, condition, detail)
        if said != self._said:
            self._said = said
            self._put(said)

    async def _take(self, step: Step) -> None:
        answer_s = self._timing.answer_s
        async with asyncio.timeout(self._timing.step_s):
            match step:
                case Step.POWER_CYCLE:
                    await bluetooth_care.power_cycle(self._adapter, answer_s)
                case Step.NEXT_ADAPTER:
                    self._adapter = _next(await bluetooth_care.adapters(answer_s), self._adapter)
                case Step.RESTART_BLUETOOTH:
                    await bluetooth_care.restart_bluetooth(self._timing.settle_s, answer_s)
                case Step.RESCAN:
                    pass

    def _heard(self, device: BLEDevice, data: AdvertisementData) -> None:
        """Bleak copies everything; only `platform_data` shows what of it BlueZ told anew."""
        props = data.platform_data[1]
        told = Told(props.get("ManufacturerData"), props.get("ServiceData"), data.rssi)
        self._ears.tell(device.address, told, is_random=props.get("AddressType") == "random")

    def _words(self, error: BaseException) -> str:
        """What is wrong, and what to do about it."""
        match error:
            case TimeoutError():
                return f"BlueZ did not answer within {self._timing.start_s:.0f} s; {_RESTART}"
            case FileNotFoundError() | ConnectionError() | EOFError():
                return "the system bus does not answer; run: sudo systemctl start dbus"
            case BleakDBusError() if error.dbus_error == _NO_SUCH_SERVICE:
                return f"BlueZ does not run; {_RESTART}"
            case BleakError() | OSError() | DeviceError():
                return str(error) or type(error).__name__
        return f"unexpected {type(error).__name__}: {error}"


class BleakGatt:
    """Connects to one device after the other, in the caller's thread; a kiosk never does."""

    def __init__(self, adapter: str = "hci0", timing: Timing = Timing()) -> None:
        self._adapter = adapter
        self._timing = timing

    def nearby(self, service: str, seconds: float) -> dict[str, int]:
        """Who offers a service: addresses, and how loud in dBm. DeviceError without Bluetooth."""

        async def look() -> dict[str, int]:
            heard = await BleakScanner.discover(
                seconds, return_adv=True, bluez={"adapter": self._adapter}
            )
            offers = {address: data for address, (_, data) in heard.items()}
            return {one: data.rssi for one, data in offers.items() if service in data.service_uuids}

        with asyncio.Runner() as runner, _in_words():
            return runner.run(look())

    @contextmanager
    def connected(self, address: str) -> Iterator[_GattLink]:
        """A connection; DeviceError if there is none, or it is lost."""
        client = BleakClient(
            address, timeout=self._timing.start_s, bluez={"adapter": self._adapter}
        )
        with asyncio.Runner() as runner:
            with _in_words():
                runner.run(client.connect())
            try:
                yield _GattLink(runner, client, self._timing.answer_s)
            finally:
                with suppress(*_TROUBLE):  # a beacon may hang up once it is locked
                    runner.run(client.disconnect())


@dataclass(frozen=True, slots=True)
class _GattLink:
    runner: asyncio.Runner
    client: BleakClient
    answer_s: float

    def read(self, characteristic: str) -> bytes:
        """Its value; DeviceError if it is refused or the connection is lost."""
        with _in_words():
            asked = self.client.read_gatt_char(characteristic)
            return bytes(self.runner.run(asyncio.wait_for(asked, self.answer_s)))

    def write(self, characteristic: str, value: bytes) -> None:
        """Once it returns, the other side has taken the value; DeviceError else."""
        with _in_words():
            asked = self.client.write_gatt_char(characteristic, value, response=True)
            self.runner.run(asyncio.wait_for(asked, self.answer_s))


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except _TROUBLE as error:
        raise DeviceError(f"Bluetooth: {str(error) or type(error).__name__}") from error


def _next(adapters: list[str], present: str) -> str:
    """The adapter after the present one, and after the last the first."""
    later = [name for name in adapters if name > present]
    return next(iter(later or adapters), present)


async def _outcome(doing: Coroutine[Any, Any, None]) -> BaseException | None:
    """What a task came to: nothing that goes wrong in a library ends the radio unseen.

    If this is cancelled, the task is left for `_end_what_is_left`.
    """
    task = asyncio.ensure_future(doing)
    await asyncio.wait({task})
    return None if task.cancelled() else task.exception()


def _mention(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """One line for what would be a traceback: a library's task that nobody waits for."""
    log.info("Bluetooth, in passing: %s %r", context.get("message"), context.get("exception"))


async def _end_what_is_left() -> None:
    """Bleak goes on to watch its bus, and would complain aloud when the loop closes."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
