"""Errors of the stages.

StreamError
├── AgreementError      an agreement or methodology that cannot be used (carries every Mistake)
└── InForceError        a report for which no agreement or methodology is in force

Bad *events* are no exceptions: they become `decode.Refusal` values, so that nothing is lost.
"""

from __future__ import annotations

from dataclasses import dataclass


class StreamError(Exception):
    """Root of everything the stages raise."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in a document: where it stands and what to do about it."""

    code: str
    path: str
    """Path in the document, e.g. ``zones[3].geometry``."""
    message: str
    line: int | None = None
    """1-based line in the file the document was read from; None when it was not read from one."""
    file: str | None = None

    def __str__(self) -> str:
        """``file:line: path: message [code]``, as compilers print it."""
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        return f"{place + ': ' if place else ''}{self.path}: {self.message} [{self.code}]"


class AgreementError(StreamError):
    """An agreement or methodology cannot be used; `mistakes` holds all, found in one pass."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = mistakes


class InForceError(StreamError):
    """Nothing is in force for a mission then; the event is refused, never judged by a guess."""
