"""Integers that do not fit are refused, not wrapped.

Place on the data's way: between Python's integers and PostgreSQL's, where a column's type is set.
psycopg's own dumpers cut the bits off that do not fit, and history would hold another number.
"""

from __future__ import annotations

from struct import Struct

from psycopg.abc import AdaptContext
from psycopg.adapt import Dumper
from psycopg.postgres import types
from psycopg.pq import Format

_pack_int2 = Struct("!h").pack
_pack_int4 = Struct("!i").pack


class CheckedInt2(Dumper):
    """A smallint; psycopg's own would write 65,537 as 1."""

    format = Format.BINARY
    oid = types["int2"].oid

    def dump(self, obj: int) -> bytes:
        """Two bytes; raises `struct.error` where they don't suffice."""
        return _pack_int2(obj)


class CheckedInt4(Dumper):
    """An integer; psycopg's own would write 4,294,967,297 as 1."""

    format = Format.BINARY
    oid = types["int4"].oid

    def dump(self, obj: int) -> bytes:
        """Four bytes; raises `struct.error` where they don't suffice."""
        return _pack_int4(obj)


def register_integers(context: AdaptContext) -> None:
    """Make a connection write integers so."""
    for checked in (CheckedInt2, CheckedInt4):
        context.adapters.register_dumper(None, checked)
