"""Keyring: the producers' keys in a file of mode 0600.

    [[key]]
    id = "local"
    secret = "<hex>"
    mission = "osce-smm"        # left out: any mission
    sources = ["patrol-1"]      # left out: every source

`truceline up` makes one key, `local`, at first start; producers elsewhere get one of their own.
"""

from __future__ import annotations

import os
import secrets
import stat
import tempfile
import tomllib
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from services.errors import KeysError
from services.settings import KEYS_VARIABLE
from streams.events import END, Slug
from streams.tags import ProducerKey

LOCAL_KEY = "local"
SECRET_BYTES = 32


class KeyEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """One key as it stands in the file."""

    id: Slug
    secret: Annotated[str, Meta(pattern=rf"^([0-9a-f]{{2}}){{16,128}}{END}")]
    mission: Slug | None = None
    sources: tuple[Slug, ...] = ()


class KeyFile(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    key: tuple[KeyEntry, ...] = ()


def read_keys(path: Path, *, required: bool = False) -> dict[str, ProducerKey]:
    """Read the keys by id; a file that is not there holds none, unless somebody named it.

    Args:
        path: the key file.
        required: whether the file must be there: without it every tag would count for nothing.

    Raises:
        KeysError: others may read the file, it is not a key file, or it is required and missing.
    """
    try:
        # Checked on the opened file: what is checked is what is read.
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if mode & 0o077:
                raise KeysError(f"{path} may be read by others: run `chmod 600 {path}`")
            entries = msgspec.convert(tomllib.load(file), KeyFile).key
    except FileNotFoundError as error:
        if required:
            raise KeysError(f"there is no key file {path}: mend {KEYS_VARIABLE}") from error
        return {}  # before the first `truceline up` there are none, and nothing is tagged
    except OSError as error:
        raise KeysError(f"cannot read the keys in {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise KeysError(f"{path} is not a key file: {error}") from error
    keys = {entry.id: _key(entry) for entry in entries}
    if len(keys) < len(entries):
        raise KeysError(f"two keys in {path} have the same id: whose tags would they check?")
    return keys


def make_keys(path: Path) -> None:
    """Make the file with one key for this machine's own commands, unless it is there."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists():
        return
    # Whole or not at all: a file without its key, left by a crash, would never be filled again.
    opened, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    try:
        with os.fdopen(opened, "w", encoding="ascii") as file:
            secret = secrets.token_hex(SECRET_BYTES)
            file.write(f'[[key]]\nid = "{LOCAL_KEY}"\nsecret = "{secret}"\n')
        os.link(draft, path)
    except FileExistsError:
        return  # another process made it in the meantime, and that one stands
    finally:
        Path(draft).unlink()


def _key(entry: KeyEntry) -> ProducerKey:
    return ProducerKey(
        entry.id, bytes.fromhex(entry.secret), entry.mission, frozenset(entry.sources)
    )
