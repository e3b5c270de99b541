"""Settings: where the engines, the gateway, the keys and the spool are.

From the environment, else from the instance that `truceline up` runs on the data folder. Secrets
are never in the environment or in arguments, only in files that the environment may name.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from services.client.address import DEFAULT_URL, GATEWAY_VARIABLE
from services.client.token import TOKEN_FILE_VARIABLE
from services.errors import SettingsError
from services.limits import USUAL_LIMITS, Limits, read_limits
from services.local.endpoints import (
    API_DATABASE_VARIABLE,
    DATABASE_VARIABLE,
    KAFKA_VARIABLE,
    LISTEN_VARIABLE,
    read_endpoints,
)
from services.local.folder import default_folder
from services.local.ports import DEFAULT_PORT
from streams.topics import WORKER_GROUP

URL_SCHEME = "postgresql://"
KEYS_VARIABLE = "TRUCELINE_PRODUCER_KEYS"
GROUP_VARIABLE = "TRUCELINE_WORKER_GROUP"
DEFAULT_LISTEN = f"127.0.0.1:{DEFAULT_PORT}"
RECEIPT_KEYS_VARIABLE = "TRUCELINE_RECEIPT_KEYS"
SPOOL_VARIABLE = "TRUCELINE_SPOOL"
METRICS_VARIABLE = "TRUCELINE_METRICS_LISTEN"
PROXY_VARIABLE = "TRUCELINE_GATEWAY_PROXY"
GRID_VARIABLE = "TRUCELINE_GRID_MB"
DEFAULT_GRID_MB = "128"


_BROKER = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})")
_PORT = re.compile("[0-9]{0,5}")
_HIGHEST_PORT = 65_535
_MOST_MB = 4096


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a command finds what it works on."""

    database_url: str | None
    kafka_bootstrap: str | None
    producer_keys: Path
    worker_group: str
    """Kafka's consumer group of the workers; another one reads every event again from the start."""
    keys_required: bool = False
    """Somebody named the key file, so it must be there."""
    api_database_url: str | None = None
    receipt_keys: Path = Path("keys/receipts")
    """The folder of the keys that sign receipts."""
    listen: str = DEFAULT_LISTEN
    gateway_url: str = DEFAULT_URL
    """As it was given: `services.client.address` says whether it is taken."""
    token_file: Path = Path("token")
    spool: Path = Path("spool")
    limits: Limits = USUAL_LIMITS
    """What the gateway takes from one token and one address."""
    grids: Path = Path("grids")
    """The folder in which a worker keeps the index of the zones in force."""
    grid_mb: str = DEFAULT_GRID_MB
    """What that index may take of each worker's memory, as it was given."""
    metrics: str | None = None
    """Where workers, relays and timers give their figures; None: nowhere."""
    proxy: str | None = None
    """The address of a proxy that is believed about whom it speaks for."""

    def database(self) -> str:
        """The database's URL.

        Raises:
            SettingsError: it is not set and nothing runs, or it is no URL of a database.
        """
        if self.database_url is None:
            raise SettingsError(
                f"no database: start one with `truceline up`, or set {DATABASE_VARIABLE}"
            )
        return check_database_url(self.database_url)

    def api_database(self) -> str:
        """The database's URL for the role that owns nothing, which the gateway logs in as.

        Raises:
            SettingsError: it is not set and nothing runs, or it is no URL of a database.
        """
        if self.api_database_url is None:
            raise SettingsError(
                "no database for the gateway's role: start one with `truceline up`, or set"
                f" {API_DATABASE_VARIABLE}"
            )
        return check_database_url(self.api_database_url, API_DATABASE_VARIABLE)

    def gateway_listen(self) -> tuple[str, int]:
        """Host and port that the gateway listens on.

        Raises:
            SettingsError: they are not `host:port`.
        """
        return _host_and_port(self.listen, LISTEN_VARIABLE, DEFAULT_LISTEN)

    def metrics_listen(self) -> tuple[str, int] | None:
        """Host and port that a worker, relay or timer gives its figures on; None: nowhere.

        Raises:
            SettingsError: they are not `host:port`.
        """
        if self.metrics is None:
            return None
        return _host_and_port(self.metrics, METRICS_VARIABLE, "127.0.0.1:9470")

    def grid_bytes(self) -> int:
        """What the index of a mission's zones may take of memory, bytes; 0: there is none.

        Raises:
            SettingsError: it is no whole number of megabytes up to 4096.
        """
        if not re.fullmatch("[0-9]{1,4}", self.grid_mb) or int(self.grid_mb) > _MOST_MB:
            raise SettingsError(
                f"{GRID_VARIABLE} must be a whole number of megabytes from 0 to {_MOST_MB}"
            )
        return int(self.grid_mb) * 1_000_000

    def kafka(self) -> str:
        """Kafka's bootstrap address.

        Raises:
            SettingsError: it is not set and nothing runs, or it is no list of addresses.
        """
        if self.kafka_bootstrap is None:
            raise SettingsError(f"no Kafka: start one with `truceline up`, or set {KAFKA_VARIABLE}")
        return check_bootstrap(self.kafka_bootstrap)


def _host_and_port(address: str, variable: str, example: str) -> tuple[str, int]:
    found = _BROKER.fullmatch(address.strip())
    if found is None or not 0 < int(found[1]) <= _HIGHEST_PORT:
        raise SettingsError(f"{variable} must be host:port, e.g. {example}")
    return address.strip().rpartition(":")[0].strip("[]"), int(found[1])


def check_database_url(url: str, variable: str = DATABASE_VARIABLE) -> str:
    """The URL as it is, if libpq takes it.

    Raises:
        SettingsError: it does not. It never quotes the URL, which may hold a password; nor has it
            a cause, since libpq's words quote it.
    """
    if not url.startswith(URL_SCHEME):
        raise SettingsError(
            f"{variable} must begin with {URL_SCHEME}, e.g. {URL_SCHEME}me@host/name"
        )
    # A password with a bare @ reads as another host, which later messages would quote.
    if url.partition("?")[0].count("@") > 1 or not _is_readable(url):
        raise SettingsError(
            f"{variable} cannot be read: write {URL_SCHEME}me@host:port/name, with special"
            " characters percent-encoded (@ is %40)"
        )
    return url


def _is_readable(url: str) -> bool:
    try:
        ports = str(conninfo_to_dict(url).get("port", ""))
    except psycopg.ProgrammingError:
        return False  # the caller says so to a person
    return all(_PORT.fullmatch(port) for port in ports.split(","))  # libpq reads them later


def check_bootstrap(addresses: str) -> str:
    """Kafka's addresses as they are, if they are `host:port`, several with commas between.

    Raises:
        SettingsError: they are not. It does not quote them: somebody may have put a password there.
    """
    for address in addresses.split(","):
        broker = _BROKER.fullmatch(address.strip())
        if broker is None or not 0 < int(broker[1]) <= _HIGHEST_PORT:
            raise SettingsError(
                f"{KAFKA_VARIABLE} must be host:port, or several with commas between them"
            )
    return addresses


def _path(variable: str) -> Path | None:
    named = os.environ.get(variable)
    return Path(named).expanduser() if named else None


def load_settings(folder: Path | None = None) -> Settings:
    """Read the environment, then what runs on the folder (default: the user's own)."""
    home = folder or default_folder()
    running = read_endpoints(home)
    keys = os.environ.get(KEYS_VARIABLE)
    receipt_keys = os.environ.get(RECEIPT_KEYS_VARIABLE)
    return Settings(
        database_url=os.environ.get(DATABASE_VARIABLE)
        or (running.database_url if running else None),
        kafka_bootstrap=os.environ.get(KAFKA_VARIABLE)
        or (running.kafka_bootstrap if running else None),
        producer_keys=Path(keys) if keys else home / "keys" / "producers.toml",
        keys_required=bool(keys),
        gateway_url=os.environ.get(GATEWAY_VARIABLE)
        or (running and running.gateway_url)
        or DEFAULT_URL,
        token_file=_path(TOKEN_FILE_VARIABLE) or home / "keys" / "token",
        spool=_path(SPOOL_VARIABLE) or home / "spool",
        worker_group=os.environ.get(GROUP_VARIABLE) or WORKER_GROUP,
        api_database_url=os.environ.get(API_DATABASE_VARIABLE)
        or (running.api_database_url if running else None),
        receipt_keys=Path(receipt_keys) if receipt_keys else home / "keys" / "receipts",
        listen=os.environ.get(LISTEN_VARIABLE) or DEFAULT_LISTEN,
        grids=home / "grids",
        grid_mb=os.environ.get(GRID_VARIABLE) or DEFAULT_GRID_MB,
        metrics=os.environ.get(METRICS_VARIABLE) or None,
        proxy=os.environ.get(PROXY_VARIABLE) or None,
    )


def load_gateway_settings() -> Settings:
    """The same with what the gateway takes; a mistake in that stops the gateway alone.

    Raises:
        SettingsError: a limit cannot be read.
    """
    return replace(load_settings(), limits=read_limits(os.environ))
