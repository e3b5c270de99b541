"""Waiting: how much a spool has yet to send, for `truceline status`; makes none."""

from __future__ import annotations

from pathlib import Path

from services.spool.folder import FILE
from services.spool.spool import Spool


def spool_waiting(folder: Path) -> int | None:
    """Events that wait in the spool of a folder; None: there is none.

    Raises:
        SpoolError: it is there and cannot be read.
    """
    if not (folder / FILE).is_file():
        return None
    with Spool(folder) as spool:
        return spool.counts().waiting
