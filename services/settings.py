"""Settings: where the engines and the keys are.

From the environment, else from the instance that `truceline up` runs on the data folder. Secrets
are never in the environment or in arguments, only in files that the environment may name.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from services.errors import SettingsError
from services.local.endpoints import DATABASE_VARIABLE, KAFKA_VARIABLE, read_endpoints
from services.local.folder import default_folder
from streams.topics import WORKER_GROUP

URL_SCHEME = "postgresql://"
KEYS_VARIABLE = "TRUCELINE_PRODUCER_KEYS"
GROUP_VARIABLE = "TRUCELINE_WORKER_GROUP"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a command finds what it works on."""

    database_url: str | None
    kafka_bootstrap: str | None
    producer_keys: Path
    worker_group: str
    """Kafka's consumer group of the workers; another one reads every event again from the start."""

    def database(self) -> str:
        """The database's URL.

        Raises:
            SettingsError: it is not set and nothing runs.
        """
        if self.database_url is None:
            raise SettingsError(
                f"no database: start one with `truceline up`, or set {DATABASE_VARIABLE}"
            )
        if not self.database_url.startswith(URL_SCHEME):
            # Never quoted: it may hold a password.
            raise SettingsError(
                f"{DATABASE_VARIABLE} must begin with {URL_SCHEME}, e.g. {URL_SCHEME}me@host/name"
            )
        return self.database_url

    def kafka(self) -> str:
        """Kafka's bootstrap address.

        Raises:
            SettingsError: it is not set and nothing runs.
        """
        if self.kafka_bootstrap is None:
            raise SettingsError(f"no Kafka: start one with `truceline up`, or set {KAFKA_VARIABLE}")
        return self.kafka_bootstrap


def load_settings(folder: Path | None = None) -> Settings:
    """Read the environment, then what runs on the folder (default: the user's own)."""
    home = folder or default_folder()
    running = read_endpoints(home)
    keys = os.environ.get(KEYS_VARIABLE)
    return Settings(
        database_url=os.environ.get(DATABASE_VARIABLE)
        or (running.database_url if running else None),
        kafka_bootstrap=os.environ.get(KAFKA_VARIABLE)
        or (running.kafka_bootstrap if running else None),
        producer_keys=Path(keys) if keys else home / "keys" / "producers.toml",
        worker_group=os.environ.get(GROUP_VARIABLE) or WORKER_GROUP,
    )
