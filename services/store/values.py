"""How integers, bytes and keys go to PostgreSQL, and keys come back.

Place on the data's way: between Python's values and PostgreSQL's.

- Integers that do not fit are refused, not wrapped: psycopg's own dumpers cut the bits off that do
  not fit, and history would hold another number.
- Bytes take psycopg's dumper written in C. The one that it registers for the type also knows
  DB-API's `Binary`, which nobody here uses, and asks in Python for each value (two thirds of the
  time a row takes).
- Keys are 16 bytes here and `uuid` there.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct

from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Dumper, Loader
from psycopg.postgres import types
from psycopg.pq import Format
from psycopg.types.string import BytesBinaryDumper

from streams.keys import Key

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


class KeyDumper(BytesBinaryDumper):
    """A key as `uuid`: PostgreSQL's binary form of it is the bytes themselves."""

    oid = types["uuid"].oid


class KeyBinaryLoader(Loader):
    """`uuid` in PostgreSQL's binary form, as a key."""

    format = Format.BINARY

    def load(self, data: Buffer) -> Key:
        """The key."""
        return Key(data)


class KeyTextLoader(Loader):
    """`uuid` in PostgreSQL's text form, as a key."""

    def load(self, data: Buffer) -> Key:
        """The key."""
        return Key.parse(bytes(data).decode("ascii"))


def register_values(context: AdaptContext) -> None:
    """Make a connection write and read values so."""
    adapters = context.adapters
    for dumper in (CheckedInt2, CheckedInt4, BytesBinaryDumper, KeyDumper):
        adapters.register_dumper(None, dumper)
    adapters.register_dumper(Key, KeyDumper)
    for loader in (KeyBinaryLoader, KeyTextLoader):
        adapters.register_loader("uuid", loader)
