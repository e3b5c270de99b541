"""Logs: JSON lines on standard error, and no flood of the same line.

Place on the data's way: beside the services. Secrets never reach a log: keys have a `repr` without
them, and event bytes are never logged, only their hashes.
"""

from __future__ import annotations

import logging
import sys
import time

import structlog

REPEAT_S = 10.0
"""A broker that is away makes the Kafka client say so a hundred times a second."""


class OnceInAWhile(logging.Filter):
    """Lets a line of one logger and one place through once in `REPEAT_S`."""

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[tuple[str, int], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        place, now = (record.pathname, record.lineno), time.monotonic()
        if now - self._last.get(place, -REPEAT_S) < REPEAT_S:
            return False
        self._last[place] = now
        return True


def configure_logs() -> None:
    """Set up both logging systems; Faust and the Kafka clients use the standard library's."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(OnceInAWhile())
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
