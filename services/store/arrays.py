"""Arrays in PostgreSQL's binary form, made a column at a time.

Place on the data's way: between Python's values and `unnest`, where COPY may not be used. The query
says the type by a cast. psycopg's
own dumper asks for the type of every element in Python, a microsecond each; a row of the gateway's
has twenty. What is made here goes over the wire as it is.

    ndim int4 = 1, has null int4, element oid uint4, length int4, lower bound int4 = 1,
    then for each element its length int4 and its bytes; -1: null
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import chain, repeat
from struct import Struct
from typing import ClassVar, Final, Self

from psycopg.abc import AdaptContext
from psycopg.postgres import types
from psycopg.types.string import BytesBinaryDumper

from services.store.instants import POSTGRES_EPOCH

_HEADER: Final = Struct("!iiIii")
_LENGTH: Final = Struct("!i").pack
_LENGTHS: Final = tuple(_LENGTH(length) for length in range(1024))
_NULL: Final = _LENGTH(-1)
_INT8: Final = Struct("!q").pack
_INT4: Final = Struct("!i").pack
_INT2: Final = Struct("!h").pack


class Array(bytes):
    """A one-dimensional array as PostgreSQL reads it; its class says of what."""

    __slots__ = ()
    of: ClassVar[str]

    @classmethod
    def _made(cls, length: int, parts: Iterable[bytes], *, nulls: bool = False) -> Self:
        return cls(_HEADER.pack(1, nulls, types[cls.of].oid, length, 1) + b"".join(parts))

    @classmethod
    def _fixed(cls, width: int, values: Sequence[bytes]) -> Self:
        return cls._made(len(values), chain.from_iterable(zip(repeat(_LENGTH(width)), values)))

    @classmethod
    def _varied(cls, values: Sequence[bytes]) -> Self:
        lengths = [*map(len, values)]
        known = max(lengths, default=0) < len(_LENGTHS)
        parts = map(_LENGTHS.__getitem__ if known else _LENGTH, lengths)
        return cls._made(len(values), chain.from_iterable(zip(parts, values, strict=True)))


class Uuids(Array):
    """`uuid[]`, of keys."""

    __slots__ = ()
    of = "uuid"

    @classmethod
    def make(cls, values: Sequence[bytes]) -> Self:
        """Of 16 bytes each."""
        return cls._fixed(16, values)


class Byteas(Array):
    """`bytea[]`."""

    __slots__ = ()
    of = "bytea"

    @classmethod
    def make(cls, values: Sequence[bytes]) -> Self:
        """Of any bytes."""
        return cls._varied(values)


class Texts(Array):
    """`text[]`."""

    __slots__ = ()
    of = "text"

    @classmethod
    def make(cls, values: Iterable[str]) -> Self:
        """Of any text without NUL."""
        return cls._varied([*map(str.encode, values)])


class Int4s(Array):
    """`int4[]`."""

    __slots__ = ()
    of = "int4"

    @classmethod
    def make(cls, values: Iterable[int]) -> Self:
        """Raises `struct.error` where one does not fit: nothing is wrapped."""
        return cls._fixed(4, [*map(_INT4, values)])


class Int2s(Array):
    """`int2[]`."""

    __slots__ = ()
    of = "int2"

    @classmethod
    def make(cls, values: Iterable[int]) -> Self:
        """Raises `struct.error` where one does not fit: nothing is wrapped."""
        return cls._fixed(2, [*map(_INT2, values)])


class Instants(Array):
    """`timestamptz[]`."""

    __slots__ = ()
    of = "timestamptz"

    @classmethod
    def make(cls, values: Iterable[datetime | None]) -> Self:
        """Of aware instants, or nulls."""
        made = [None if value is None else _instant(value) for value in values]
        if None not in made:
            return cls._fixed(8, made)  # type: ignore[arg-type]  # none is None
        width = _LENGTH(8)
        parts = [_NULL if one is None else width + one for one in made]
        return cls._made(len(made), parts, nulls=True)


@lru_cache(maxsize=2048)  # a column of one instant; or the same ones as in the column before
def _instant(value: datetime) -> bytes:
    since = value - POSTGRES_EPOCH
    return _INT8((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)


class _AsItIs(BytesBinaryDumper):
    """Says no type, so that the query's cast does: `$1::uuid[]`.

    A type said here would make this the dumper of every list of that type, in COPY too.
    """

    oid = 0


def register_arrays(context: AdaptContext) -> None:
    """Make a connection hand these over as they are."""
    for array in (Uuids, Byteas, Texts, Int4s, Int2s, Instants):
        context.adapters.register_dumper(array, _AsItIs)
