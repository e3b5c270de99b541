"""Failures: which errors a person can act on, and the line that says what to do."""

from __future__ import annotations

import psycopg
from kafka.errors import KafkaError
from sqlalchemy.exc import OperationalError

from services.errors import ServiceError
from services.local.errors import LocalError
from services.store.errors import StoreError
from streams.errors import StreamError

OURS = (ServiceError, LocalError, StoreError, StreamError)
"""Their text is the line."""


def line_of(error: Exception) -> str | None:
    """One line for a person, or None where the error is a fault of ours."""
    if isinstance(error, OURS):
        return str(error)
    if isinstance(error, psycopg.OperationalError | OperationalError):
        reason = str(error).strip().splitlines()[0]
        return f"PostgreSQL does not answer ({reason}): is `truceline up` running?"
    if isinstance(error, KafkaError):
        return f"Kafka does not answer ({error}): is `truceline up` running?"
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return None
