"""How integers, bytes and keys go into a COPY.

Place on the data's way: between Python's values and PostgreSQL's, where a column's type is set.

- Integers that do not fit are refused, not wrapped: psycopg's own dumpers cut the bits off that do
  not fit, and history would hold another number.
- Bytes take psycopg's dumper written in C. The one that it registers for the type also knows
  DB-API's `Binary`, which nobody here uses, and asks in Python for each value (two thirds of the
  time a row takes).
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct

from psycopg.abc import AdaptContext
from psycopg.adapt import Dumper
from psycopg.postgres import types
from psycopg.pq import Format
from psycopg.types.string import BytesBinaryDumper

_SMALL = range(-1, 256)


class _Packed(dict[int, bytes]):
    """Integers as bytes, the usual ones at hand; raises `struct.error` where one does not fit."""

    def __init__(self, pack: Callable[[int], bytes]) -> None:
        super().__init__({number: pack(number) for number in _SMALL})
        self._pack = pack

    def __missing__(self, number: int) -> bytes:
        return self._pack(number)


_INT2 = _Packed(Struct("!h").pack)
_INT4 = _Packed(Struct("!i").pack)


class CheckedInt2(Dumper):
    """A smallint; psycopg's own would write 65,537 as 1."""

    format = Format.BINARY
    oid = types["int2"].oid

    def dump(self, obj: int) -> bytes:
        """Two bytes; raises `struct.error` where they don't suffice."""
        return _INT2[obj]


class CheckedInt4(Dumper):
    """An integer; psycopg's own would write 4,294,967,297 as 1."""

    format = Format.BINARY
    oid = types["int4"].oid

    def dump(self, obj: int) -> bytes:
        """Four bytes; raises `struct.error` where they don't suffice."""
        return _INT4[obj]


def register_dumpers(context: AdaptContext) -> None:
    """Make a connection write values so."""
    for dumper in (CheckedInt2, CheckedInt4, BytesBinaryDumper):
        context.adapters.register_dumper(None, dumper)
