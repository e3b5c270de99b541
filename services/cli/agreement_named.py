"""An agreement by what a caller calls it: a file, or a loaded version."""

from __future__ import annotations

from pathlib import Path

from services.documents import read_agreement_file
from services.errors import NotFoundError
from services.settings import load_settings
from services.store.documents import agreements
from services.store.engine import connect
from streams.agreement import Agreement


class UnknownDocumentError(NotFoundError):
    """Nothing is loaded under this name and there is no such file."""


def named(name: str) -> Agreement:
    """A file, or a loaded version; without a version the newest."""
    if Path(name).is_file():
        return read_agreement_file(Path(name))
    wanted, _, version = name.partition("@")
    with connect(load_settings().database()) as conn:
        found = [
            document
            for document in agreements(conn)
            if document.id == wanted and version in ("", str(document.version))
        ]
    if not found:
        raise UnknownDocumentError(
            f"no agreement {name!r}, loaded or as a file: see `truceline agreement list`"
        )
    return max(found, key=lambda document: document.version)
