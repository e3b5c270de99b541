"""Logs: JSON lines on standard error, and no flood of the same line.

Place on the data's way: beside the services. Secrets never reach a log: keys have a `repr` without
them, and event bytes are never logged, only their hashes.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable
from typing import Final

import structlog
from structlog.types import Processor

REPEAT_S: Final = 10.0
"""A broker that is away makes the Kafka client say so a hundred times a second."""


LEVEL_VARIABLE: Final = "TRUCELINE_LOG_LEVEL"
_LEVELS: Final = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
KEYS_SHOWN: Final = 10
"""Keys of events in one line; how many there are stands beside them."""


class Sparing:
    """Lets so many lines a second through, and counts what it holds back; for one thread."""

    def __init__(self, per_s: int, now: Callable[[], float] = time.monotonic) -> None:
        self._per_s = per_s
        self._now = now
        self._second, self._let, self._held = 0, 0, 0

    def lets(self) -> bool:
        """Whether a line is written now."""
        if (second := int(self._now())) != self._second:
            self._second, self._let = second, 0
        if self._let >= self._per_s:
            self._held += 1
            return False
        self._let += 1
        return True

    def held_back(self) -> int:
        """How many lines were held back since this was asked last."""
        held, self._held = self._held, 0
        return held


class OnceInAWhile(logging.Filter):
    """Lets a line from one place in the code through once in `REPEAT_S`.

    What it holds back is counted, and the number said with the next line from there (`repeated`).
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now = now
        self._last: dict[tuple[str, int], float] = {}
        self._held: dict[tuple[str, int], int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        place, now = (record.pathname, record.lineno), self._now()
        if now - self._last.get(place, now - REPEAT_S) < REPEAT_S:
            self._held[place] = self._held.get(place, 0) + 1
            return False
        self._last[place] = now
        record.repeated = self._held.pop(place, 0)
        return True


def configure_logs() -> None:
    """Set up both logging systems; Faust and the Kafka clients use the standard library's."""
    shared: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(OnceInAWhile())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, _repeated, *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(_level()),
        processors=[*shared, structlog.processors.JSONRenderer()],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _level() -> int:
    """The lowest level that is written; a word that is none is taken for the usual one."""
    return _LEVELS.get(os.environ.get(LEVEL_VARIABLE, "").lower(), logging.INFO)


def _repeated(
    _logger: object, _method: str, event: structlog.types.EventDict
) -> structlog.types.EventDict:
    """Say how many lines from the same place were held back since the last one."""
    if held := getattr(event["_record"], "repeated", 0):
        event["repeated"] = held
    return event
