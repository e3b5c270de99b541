"""Signature files: what parties signed, each in a file of its own beside the agreement.

Place on the data's way: `truceline agreement sign` writes one, whoever gets it puts it beside the
agreement's file; `judge` reads those that lie there, `agreement load` those that are named.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from services.errors import AnswerIsNoError
from streams.agreement import Agreement, content_hash
from streams.signing import (
    Flaw,
    NoSignatureError,
    Signature,
    flaw_of,
    read_signature,
    write_signature,
)

SUFFIX: Final = ".signature.json"
LIMIT_BYTES: Final = 64 * 1024


class SignatureFileError(AnswerIsNoError):
    """A file that should hold a signature holds none."""


class Beside(NamedTuple):
    """A signature file beside an agreement, and why it does not count."""

    path: Path
    signature: Signature
    flaw: Flaw | None


def is_signature(path: Path) -> bool:
    """Whether a file's name says that it holds a signature."""
    return path.name.endswith(SUFFIX)


def read_signature_file(path: Path) -> Signature:
    """Read one; raises SignatureFileError where it holds none."""
    if path.stat().st_size > LIMIT_BYTES:
        raise SignatureFileError(f"{path} is larger than a signature can be")
    try:
        return read_signature(path.read_bytes())
    except NoSignatureError as error:
        raise SignatureFileError(f"{path}: {error}") from error


def write_signature_file(beside: Path, signature: Signature) -> Path:
    """Write one beside an agreement's file; never over another. Raises FileExistsError."""
    name = f"{beside.stem}.{signature.party}.{signature.key}{SUFFIX}"
    path = beside.with_name(name)
    with path.open("xb") as file:
        file.write(write_signature(signature))
    return path


def signatures_beside(file: Path, agreement: Agreement) -> list[Beside]:
    """Those that lie beside an agreement's file under its name, each held against it."""
    sha256 = content_hash(agreement)
    found = []
    for path in sorted(file.parent.glob(f"{file.stem}.*{SUFFIX}")):
        signature = read_signature_file(path)
        found.append(Beside(path, signature, flaw_of(signature, agreement, sha256)))
    return found
