"""Private file: a secret written where its owner alone reads it; a private key read from one."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from services.errors import ServiceError


class PrivateKeyError(ServiceError):
    """A private key's file cannot be read, or others may read it, or it is none."""


def write_private(path: Path, text: str) -> None:
    """Make a file of mode 0600; raises `FileExistsError` where something is there already."""
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(opened, "w", encoding="ascii") as file:
        file.write(text)


def private_pem(private: Ed25519PrivateKey) -> bytes:
    """A private key as its file holds it: PKCS #8, PEM."""
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def read_private_key(path: Path) -> Ed25519PrivateKey:
    """Read an Ed25519 key (PKCS #8, PEM) that nobody else may read.

    Raises:
        PrivateKeyError: its file is missing, unreadable, open to others, or no such key.
    """
    try:
        # Checked on the opened file: what is checked is what is read.
        with path.open("rb") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise PrivateKeyError(f"{path} may be read by others: run `chmod 600 {path}`")
            private = load_pem_private_key(file.read(), None)
    except OSError as error:
        raise PrivateKeyError(f"cannot read the key {path}: {error.strerror}") from error
    except (ValueError, TypeError) as error:
        raise PrivateKeyError(f"{path} is no private key") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise PrivateKeyError(f"{path} is no Ed25519 key")
    return private
