"""The hub's settings (`hub.toml`) and the folders below its data folder."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from contract.form import require
from contract.limits import LimitSettings
from contract.settings import BadSettings, parse, setting
from hub.history.levels import Level
from hub.homeassistant.address import BrokerAddress

DEFAULT_FILE = Path("/etc/loa/hub.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class HistorySettings:
    """How long figures are kept. Each level lasts longer than the finer one that it is made of."""

    samples_days: int = setting(3, "Each minute as it came.")
    five_minutes_days: int = setting(14, "What five minutes came to: least, mean and greatest.")
    hours_days: int = setting(100, "The same of an hour.")
    days_years: int = setting(5, "The same of a day.")

    def __post_init__(self) -> None:
        require(3 <= self.samples_days <= 30, "samples_days: from 3 to 30, for what comes a day late is counted too")
        require(self.samples_days < self.five_minutes_days <= 366, "five_minutes_days: above samples_days, at most 366")
        require(self.five_minutes_days < self.hours_days <= 3660, "hours_days: above five_minutes_days, at most 3660")
        require(1 <= self.days_years <= 50, "days_years: from 1 to 50")
        require(self.hours_days < 365 * self.days_years, "days_years: longer than hours_days")

    @property
    def keep(self) -> dict[Level, timedelta]:
        return {
            Level.MINUTE: timedelta(days=self.samples_days),
            Level.FIVE_MINUTES: timedelta(days=self.five_minutes_days),
            Level.HOUR: timedelta(days=self.hours_days),
            Level.DAY: timedelta(days=365 * self.days_years),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSettings:
    """`hub.toml`. A commune with one small computer needs to change `public_host` alone."""

    data_dir: str = setting("/var/lib/loa-hub", "Where everything is kept: database, sounds, keys.")
    database: str = setting(
        "",
        "Empty: SQLite in data_dir. Or a PostgreSQL address, for example\npostgresql+psycopg://loa@localhost/loa",
    )
    public_host: str = setting("localhost", "Name or address under which the cultural houses reach this computer.")
    page_host: str = setting(
        "0.0.0.0",
        "Where the pages listen: 0.0.0.0, the whole network, always by HTTPS; 127.0.0.1, this computer alone, by HTTP.",
    )
    page_port: int = setting(8000, "Port of the pages.")
    plain_port: int = setting(
        8080,
        "Port without HTTPS that helps phones to trust the pages, and leads everything else to them; 0 for none.\n"
        "Nobody can log in there. With page_host = 127.0.0.1 there is none.",
    )
    page_certificate: str = setting(
        "", "A certificate of your own for the pages (PEM file); empty: the hub makes one, see the page /trust."
    )
    page_key: str = setting("", "Its private key (PEM file).")
    links_address: str = setting(
        "",
        "Address of the pages for links in alerts, where phones elsewhere reach them by another one, for example\n"
        "https://loa.example.vn; empty: made of public_host and page_port.",
    )
    node_host: str = setting("0.0.0.0", "Where the two ports for nodes listen.")
    mqtt_port: int = setting(8883, "Port for nodes: MQTT over TLS.")
    media_port: int = setting(8443, "Port for nodes: sounds over HTTPS.")
    loudness_lufs: float = setting(-16.0, "Loudness every sound is brought to (EBU R128, integrated).")
    time_zone: str = setting("Asia/Ho_Chi_Minh", "The zone in which people here read the clock.")
    require_second_factor: bool = setting(
        False,
        "true: who may approve or send an emergency logs in in two steps; who has not set that up is led to it at the\n"
        "next log-in, before anything but a stop. Access tokens of programs are not asked.",
    )
    pictures_h: float = setting(
        24.0, "After so many hours the small pictures that a camera sent because a technician asked are deleted."
    )
    home_assistant: str = setting(
        "",
        "Empty: off. Or the address of Home Assistant's MQTT broker, and every village appears there as a device:\n"
        "mqtt://user:password@192.168.1.5 (mqtts:// with TLS; /prefix at its end where it is not homeassistant).",
    )
    history: HistorySettings = setting(
        HistorySettings(),
        "For how long it is kept what nodes measured: temperature, memory, disk, load, wifi, how targets answered.\n"
        "A node takes about 6 MB in all with these lengths.",
    )
    limits: LimitSettings = setting(
        LimitSettings(),
        "What your province allows; every node added from now on gets it, and keeps it whatever it is sent.\n"
        "For example 3 sessions a day of 45 minutes together: sessions_a_day = 3, minutes_a_day = 45; or 2 of 15\n"
        "minutes on weekdays: sessions_a_day = 2, longest_s = 900, days without sat and sun.",
    )

    def __post_init__(self) -> None:
        ports = (self.page_port, self.mqtt_port, self.media_port)
        for port in ports:
            require(0 < port < 65536, "a port is a number from 1 to 65535")
        require(0 <= self.plain_port < 65536, "plain_port: from 1 to 65535, or 0 for none")
        if self.home_assistant:
            BrokerAddress.parse(self.home_assistant)
        require(len({*ports, self.plain_port}) == 4, "each port is for one purpose: two of them are the same number")
        require(1 <= self.pictures_h <= 168, "pictures_h: from 1 to 168 hours")
        require(-31 <= self.loudness_lufs <= -9, "loudness_lufs: -31 to -9")
        is_link = self.links_address.startswith(("https://", "http://")) and not any(
            map(str.isspace, self.links_address)
        )
        require(is_link or not self.links_address, "links_address: begins with https:// or http://")
        has_both = bool(self.page_certificate) == bool(self.page_key)
        require(has_both, "page_certificate and page_key go together")

    @property
    def is_https(self) -> bool:
        return bool(self.page_certificate) or not self._is_loopback

    @property
    def has_own_page_authority(self) -> bool:
        """Whether the pages show a certificate of the hub's own making."""
        return self.is_https and not self.page_certificate

    @property
    def has_plain_door(self) -> bool:
        return self.plain_port != 0 and self.is_https and not self._is_loopback

    @property
    def page_address(self) -> str:
        host = self.page_host if self._is_loopback else self.public_host
        return f"{'https' if self.is_https else 'http'}://{url_host(host)}:{self.page_port}"

    @property
    def _is_loopback(self) -> bool:
        return self.page_host in ("127.0.0.1", "::1", "localhost")

    @property
    def home(self) -> "Home":
        return Home(Path(self.data_dir))

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.home.database}"


@dataclass(frozen=True, slots=True)
class Home:
    """The hub's data folder."""

    root: Path

    @property
    def database(self) -> Path:
        return self.root / "hub.db"

    @property
    def media(self) -> Path:
        return self.root / "media"

    @property
    def voices(self) -> Path:
        """Piper voices, laid there by the technician."""
        return self.root / "voices"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def page_keys(self) -> Path:
        return self.keys / "pages"

    @property
    def broker(self) -> Path:
        return self.root / "broker"

    def make(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        for folder in (self.media, self.keys, self.broker):
            folder.mkdir(mode=0o700, exist_ok=True)
        self.voices.mkdir(exist_ok=True)


def url_host(host: str) -> str:
    """A host as it stands in a web address: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host


def load(path: Path) -> HubSettings:
    """Read `hub.toml`; a missing file means the defaults. Raises BadSettings."""
    try:
        return parse(path.read_text(encoding="utf-8"), HubSettings, str(path))
    except FileNotFoundError:
        return HubSettings()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"{path}: {error}") from None
