"""Key folder: the keys that sign receipts, `keys/receipts/` in the data folder (0700).

    keys.json      the public keys, old ones too, and when each holds: what counts (0600)
    rk-….pem       a private key that can still sign (PKCS #8, 0600)

Place on the data's way: before it; made at the first start, read by the gateway. A private key is
written first, then the public file, whole or not at all: a crash in between leaves a private key
that is not in the file, signs nothing, and goes at the next rotation.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from services.private_file import PrivateKeyError, private_pem, read_private_key
from services.receipts.errors import ReceiptKeysError
from services.receipts.public_keys import PublicKey, PublicKeys, read_public, write_public
from services.receipts.sign import Signer
from streams.text64 import text64

PUBLIC_FILE: Final = "keys.json"
OVERLAP: Final = timedelta(days=1)
"""How long the key before still signs: time for every gateway to have looked again."""


def make_receipt_keys(folder: Path, now: datetime) -> PublicKeys:
    """Make the first key, unless there is one; the public keys."""
    with _held(folder):
        if (folder / PUBLIC_FILE).exists():
            return read_public(folder / PUBLIC_FILE)
        return _add(folder, PublicKeys(), now)


def rotate(folder: Path, now: datetime, overlap: timedelta = OVERLAP) -> PublicKeys:
    """Make a new key that signs from now on; the one before holds for `overlap` still.

    Private keys that no longer hold are deleted: what is not there cannot be stolen. Their public
    ones stay, so that every receipt can be verified for good.
    """
    with _held(folder):
        path = folder / PUBLIC_FILE
        before = read_public(path) if path.exists() else PublicKeys()
        ended = tuple(_ending(key, now + overlap) for key in before.keys)
        keys = _add(folder, PublicKeys(keys=ended), now)
        _delete_ended(folder, keys, now)
        return keys


def read_signer(folder: Path, now: datetime) -> Signer:
    """The key that signs what is received now.

    Raises:
        ReceiptKeysError: there is none, or its file is missing, unreadable, or open to others.
    """
    public = read_public(folder / PUBLIC_FILE).at(now)
    if public is None:
        raise ReceiptKeysError(f"no key in {folder} holds now: `truceline receipt keys rotate`")
    private = _read_private(_private_path(folder, public.key_id))
    if _text_of(private) != public.public_key:
        raise ReceiptKeysError(f"the private key {public.key_id} in {folder} is another one")
    return Signer(public, private)


class Signers:
    """The signer of a moment, for a process that runs on while keys are rotated.

    It looks at the public file each time, and reads it again where it is another one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: tuple[int, int] | None = None
        self._signer: Signer | None = None

    def at(self, received_at: datetime) -> Signer:
        """Who signs what is received then; raises `ReceiptKeysError` as `read_signer` does."""
        seen = self._look()
        signer = self._signer
        if signer is None or seen != self._seen or not signer.public.holds_at(received_at):
            signer = read_signer(self._folder, received_at)
            self._signer, self._seen = signer, seen
        return signer

    def _look(self) -> tuple[int, int] | None:
        try:
            found = (self._folder / PUBLIC_FILE).stat()
        except OSError:
            return None  # `read_signer` is asked next, and says what is wrong
        return found.st_ino, found.st_mtime_ns


def _ending(key: PublicKey, end: datetime) -> PublicKey:
    """The key, ended then at the latest."""
    if key.not_after is not None and key.not_after <= end:
        return key
    return replace(key, not_after=max(end, key.not_before))


def _add(folder: Path, before: PublicKeys, now: datetime) -> PublicKeys:
    private = Ed25519PrivateKey.generate()
    key = PublicKey(f"rk-{secrets.token_hex(6)}", _text_of(private), now)
    _write(_private_path(folder, key.key_id), private_pem(private))
    keys = PublicKeys(keys=(*before.keys, key))
    _write(folder / PUBLIC_FILE, write_public(keys))  # from here on the key is one
    return keys


def _delete_ended(folder: Path, keys: PublicKeys, now: datetime) -> None:
    """Delete private keys that no longer hold, or that a crash left without public one."""
    holding = {key.key_id for key in keys.keys if key.not_after is None or now < key.not_after}
    for path in folder.glob("rk-*.pem"):
        if path.stem not in holding:
            path.unlink()


def _read_private(path: Path) -> Ed25519PrivateKey:
    try:
        return read_private_key(path)
    except PrivateKeyError as error:
        raise ReceiptKeysError(str(error)) from error


def _text_of(private: Ed25519PrivateKey) -> str:
    return text64(private.public_key().public_bytes_raw())


def _private_path(folder: Path, key_id: str) -> Path:
    return folder / f"{key_id}.pem"


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Make the folder, and let one process at a time change it; one that dies lets go."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)


def _write(path: Path, content: bytes) -> None:
    """Write a file of mode 0600 whole or not at all, and so that a power cut does not undo it.

    A key that signed receipts and is gone would leave them without proof.
    """
    opened, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    try:
        with os.fdopen(opened, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
