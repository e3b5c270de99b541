"""Where the engines are, and how other commands on this machine find a running instance."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from services.local.errors import FolderForeignError
from services.local.folder import is_held

DATABASE_VARIABLE: Final = "TRUCELINE_DATABASE_URL"
API_DATABASE_VARIABLE: Final = "TRUCELINE_API_DATABASE_URL"
LISTEN_VARIABLE: Final = "TRUCELINE_GATEWAY_LISTEN"
KAFKA_VARIABLE: Final = "TRUCELINE_KAFKA_BOOTSTRAP"
RUN_FILE: Final = "run.json"


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the two engines are, and the gateway where one runs."""

    database_url: str
    kafka_bootstrap: str
    api_database_url: str | None = None
    """The same database for the role that owns nothing; None: nobody has said where."""
    gateway_url: str | None = None
    """Where the gateway takes events; None: none runs here."""


def write_endpoints(folder: Path, endpoints: Endpoints) -> Path:
    """Write them into the folder, for its owner's eyes, whole or not at all."""
    target = folder / RUN_FILE
    draft = folder / f".{RUN_FILE}"
    draft.unlink(missing_ok=True)
    opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8") as out:
        json.dump(asdict(endpoints), out)
    draft.replace(target)
    return target


def remove_endpoints(folder: Path) -> None:
    """Remove them: nothing runs on the folder any more."""
    (folder / RUN_FILE).unlink(missing_ok=True)


def read_endpoints(folder: Path) -> Endpoints | None:
    """Return where the instance that runs on `folder` now has its engines; None if none runs.

    What a killed instance left behind is not believed: the folder's lock tells.
    """
    try:
        text = (folder / RUN_FILE).read_text(encoding="utf-8")
        return Endpoints(**json.loads(text)) if is_held(folder) else None
    except FileNotFoundError:  # none runs, or it is starting
        return None
    except PermissionError as e:  # stop: it is somebody else's instance
        raise FolderForeignError(folder, "somebody else's truceline runs on it") from e
