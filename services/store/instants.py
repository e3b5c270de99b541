"""Instants beyond what `datetime` can hold.

Place on the data's way: between PostgreSQL's `timestamptz` and Python. PostgreSQL knows years
before 1 and after 9999 and both infinities; a report may claim such an instant by its offset alone
(``0001-01-01T00:00:00+14:00``). Reading saturates instead of failing: a query must not break
because somebody submitted nonsense.
"""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta

from psycopg import DataError
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format
from psycopg.types.datetime import TimestamptzLoader

SINCE_EVER = datetime.min.replace(tzinfo=UTC)
"""What ``-infinity`` and everything before year 1 is read as."""

WITHOUT_END = datetime.max.replace(tzinfo=UTC)
"""What ``infinity`` and everything after year 9999 is read as."""

POSTGRES_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# Since POSTGRES_EPOCH; what lies here or beyond is one of the ends of time.
FIRST_MICROS = (SINCE_EVER - POSTGRES_EPOCH) // _MICROSECOND
LAST_MICROS = (WITHOUT_END - POSTGRES_EPOCH) // _MICROSECOND
_INT8 = struct.Struct("!q")


class SaturatingBinaryLoader(Loader):
    """timestamptz in PostgreSQL's binary form: microseconds since 2000-01-01 UTC."""

    format = Format.BINARY

    def load(self, data: Buffer) -> datetime:
        """The instant, or the nearest that `datetime` can hold."""
        micros: int = _INT8.unpack(data)[0]
        if micros <= FIRST_MICROS:
            return SINCE_EVER
        if micros >= LAST_MICROS:
            return WITHOUT_END
        return POSTGRES_EPOCH + timedelta(microseconds=micros)


class SaturatingTextLoader(TimestamptzLoader):
    """timestamptz in PostgreSQL's text form."""

    def load(self, data: Buffer) -> datetime:
        """The instant, or the nearest that `datetime` can hold."""
        try:
            return super().load(data)
        except DataError:
            # Only instants beyond datetime's range fail; text that is none can't come from there.
            before = bytes(data).startswith(b"-") or bytes(data).endswith(b"BC")
            return SINCE_EVER if before else WITHOUT_END


def register_instants(context: AdaptContext) -> None:
    """Make a connection read instants so."""
    context.adapters.register_loader("timestamptz", SaturatingBinaryLoader)
    context.adapters.register_loader("timestamptz", SaturatingTextLoader)
