"""Errors of the spool. All of them stop the command: a person has to act.

SpoolError                   the spool cannot be used
├── SpoolOpenToOthersError   others may read its folder or file
├── SpoolTooNewError         a newer version wrote it
└── SpoolUnusableError       the disk, the file or the rights do not let us
"""

from __future__ import annotations

from pathlib import Path

from services.errors import ServiceError


class SpoolError(ServiceError):
    """The spool cannot be used."""


class SpoolOpenToOthersError(SpoolError):
    """Others may read it: reports name where observers stood."""

    def __init__(self, path: Path, mode: int) -> None:
        super().__init__(f"{path} may be read by others: run `chmod {mode:o} {path}`")


class SpoolTooNewError(SpoolError):
    """A newer version wrote it."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} was written by a newer Truceline: update this one")


class SpoolUnusableError(SpoolError):
    """The disk, the file or the rights do not let us."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"the spool {path} cannot be used ({why}): nothing more was taken into it; free room "
            "or mend its rights, or name another folder with --spool"
        )
