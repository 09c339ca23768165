"""What a card says before it belongs to any place, and how a place is laid over it."""

from __future__ import annotations

from pathlib import Path

from pydantic_settings import SettingsConfigDict

from contract.topics import KioskAddress
from kiosk.adapters.petition import Petitioner
from kiosk.adapters.place_file import PlaceFile
from kiosk.settings import KioskSettings, Screen
from runtime.errors import SettingsError
from runtime.settings import Settings, load
from runtime.tls import Broker, Port


class SpareSettings(Settings):
    """The part of `kiosk.toml` that a machine needs to ask a gateway who it is to be."""

    model_config = SettingsConfigDict(extra="ignore")  # the rest is for the kiosk it becomes

    store: str = ""
    kiosk: str = ""
    data_dir: Path
    broker: Broker = Broker()
    enrol_port: Port = 8885
    screen: Screen = Screen()

    @property
    def is_new(self) -> bool:
        """Whether it has to ask: it comes by certificate, and has none."""
        return self.broker.tls is not None and not self.broker.tls.certificate.exists()

    def petitioner(self) -> Petitioner | None:
        """Who asks for it; None where kiosks need no certificate."""
        tls = self.broker.tls
        if tls is None:
            return None
        wish = KioskAddress(self.store, self.kiosk).user if self.store and self.kiosk else ""
        return Petitioner((self.broker.host, self.enrol_port), tls, PlaceFile(self.data_dir), wish)


def load_spare(path: Path) -> SpareSettings:
    """What can be read of a settings file that may name no kiosk; SettingsError as `load`."""
    try:
        return load(SpareSettings, path)
    except SettingsError:
        load(KioskSettings, path)  # names the mistakes of the whole file, not only of this part
        raise


def load_kiosk(path: Path) -> KioskSettings:
    """The whole settings: the file, and over it the place that a gateway gave."""
    return load(KioskSettings, path, PlaceFile(load_spare(path).data_dir).load())
