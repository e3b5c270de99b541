"""PostgreSQL's binary COPY form, column by column.

Place on the data's way: `rows` → **bytes** → COPY. A table's encoder is made once from the types of
its columns. It turns a batch by columns, not by rows: a column with few distinct values (a mission,
a verdict, the agreement's hash) encodes each of them once, a `bytea` is passed on uncopied, and one
join makes the whole. Source: PostgreSQL manual, COPY, "Binary Format"; send functions of the types.

Each field is a 4-byte length (-1: null), then the value, big-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import chain, repeat
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    TIMESTAMP,
    BigInteger,
    Boolean,
    Column,
    Double,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.types import TypeEngine

from services.store.errors import RowError
from services.store.instants import POSTGRES_EPOCH, SINCE_EVER, WITHOUT_END

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
NULL = b"\xff\xff\xff\xff"

Pieces: TypeAlias = tuple[Iterable[bytes], ...]
"""One or two iterables that, taken in turn, give a column's fields, one for each row."""
ColumnEncoder: TypeAlias = Callable[[Sequence[Any]], Pieces]
FieldEncoder: TypeAlias = Callable[[Any], bytes]

_length = struct.Struct("!i").pack
_int2 = struct.Struct("!ih").pack
_int4 = struct.Struct("!ii").pack
_int8 = struct.Struct("!iq").pack
_float8 = struct.Struct("!id").pack
_array = struct.Struct("!iiiii").pack

_LENGTHS = tuple(_length(n) for n in range(2048))
"""Length prefixes of what is short, which most is: a look-up costs a third of a pack."""
_UUID_LENGTH = _length(16)
_TRUE, _FALSE = _length(1) + b"\1", _length(1) + b"\0"
_TEXT_OID = 25
_MICROSECOND = timedelta(microseconds=1)
_INFINITY, _MINUS_INFINITY = _int8(8, 2**63 - 1), _int8(8, -(2**63))


class TableEncoder:
    """Encodes rows of one table; rows are sequences in the order of its columns."""

    def __init__(self, table: Table) -> None:
        columns = list(table.columns)
        self.names = tuple(column.name for column in columns)
        self.copy_statement = (
            f"COPY {table.name} ({', '.join(self.names)}) FROM STDIN (FORMAT binary)".encode()
        )
        self._encoders = tuple(column_encoder(column) for column in columns)
        self._columns_in_a_row = struct.pack("!h", len(columns))

    def encode(self, rows: Sequence[Sequence[Any]]) -> bytes:
        """Everything COPY wants for these rows. Raises `RowError` for a row that can't be one."""
        try:
            columns = list(zip(*rows, strict=True))
            pieces = chain.from_iterable(
                encoder(column)
                for encoder, column in zip(
                    self._encoders, columns or repeat((), len(self.names)), strict=True
                )
            )
            body = chain.from_iterable(zip(repeat(self._columns_in_a_row), *pieces, strict=False))
            return b"".join((HEADER, *body, TRAILER))
        except (TypeError, ValueError, AttributeError, struct.error) as error:
            # A value of a type or size that its column can't hold: a mistake in the program.
            raise RowError(f"{self.copy_statement.decode()}: {error}") from error


def column_encoder(column: Column[Any]) -> ColumnEncoder:
    """The encoder of a column, by its type and by what `models` says about its values."""
    if isinstance(column.type, TIMESTAMP):
        return _instants
    if column.info.get("repeats"):
        return _remembering(field_encoder(column.type))
    if isinstance(column.type, Uuid) and not column.nullable:
        return _uuids
    if isinstance(column.type, LargeBinary) and not column.nullable:
        return _bodies
    if column.info.get("foreign"):
        return _each(foreign_text)
    return _each(field_encoder(column.type))


def field_encoder(kind: TypeEngine[Any]) -> FieldEncoder:
    """The encoder of one value that is not null."""
    for known, encoder in _FIELDS:
        if isinstance(kind, known):
            return encoder
    raise RowError(f"no binary form is known here for {kind!r}")


def storable(words: str) -> str:
    """Text that PostgreSQL can hold: no NUL, no lone surrogates; each becomes U+FFFD."""
    readable = words.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return readable.replace("\0", "\N{REPLACEMENT CHARACTER}")


def foreign_text(value: str) -> bytes:
    """Text of which nobody knows what is in it, made storable."""
    return _text(storable(value))


def _text(value: str) -> bytes:
    encoded = value.encode()
    return _length(len(encoded)) + encoded


def _bytes(value: bytes) -> bytes:
    return _length(len(value)) + value


def _uuid(value: UUID) -> bytes:
    return _UUID_LENGTH + value.bytes


def _bool(value: bool) -> bytes:
    return _TRUE if value else _FALSE


def _instant(value: datetime) -> bytes:
    if value <= SINCE_EVER:
        return _MINUS_INFINITY
    if value >= WITHOUT_END:
        return _INFINITY
    return _int8(8, (value - POSTGRES_EPOCH) // _MICROSECOND)


def _texts(values: Sequence[str]) -> bytes:
    if not values:
        return _length(12) + struct.pack("!iii", 0, 0, _TEXT_OID)
    body = _array(1, 0, _TEXT_OID, len(values), 1) + b"".join(map(_text, values))
    return _length(len(body)) + body


_FIELDS: tuple[tuple[type[TypeEngine[Any]], FieldEncoder], ...] = (
    # SmallInteger and BigInteger are Integers to SQLAlchemy, so they stand before it.
    (SmallInteger, lambda value: _int2(2, value)),
    (BigInteger, lambda value: _int8(8, value)),
    (Integer, lambda value: _int4(4, value)),
    (Double, lambda value: _float8(8, value)),
    (Boolean, _bool),
    (Uuid, _uuid),
    (LargeBinary, _bytes),
    (ARRAY, _texts),
    (Text, _text),
    (TIMESTAMP, _instant),
)


class _Remembered(dict[Any, bytes]):
    """Fields by value, each encoded once; lives as long as one column of one batch."""

    def __init__(self, encoder: FieldEncoder) -> None:
        super().__init__({None: NULL})
        self._encoder = encoder

    def __missing__(self, value: Any) -> bytes:  # noqa: ANN401 (whatever the column holds)
        made = self[value] = self._encoder(value)
        return made


def _remembering(encoder: FieldEncoder) -> ColumnEncoder:
    def encode(values: Sequence[Any]) -> Pieces:
        return (map(_Remembered(encoder).__getitem__, values),)

    return encode


def _each(encoder: FieldEncoder) -> ColumnEncoder:
    def encode(values: Sequence[Any]) -> Pieces:
        return ([NULL if value is None else encoder(value) for value in values],)

    return encode


def _uuids(values: Sequence[UUID]) -> Pieces:
    return repeat(_UUID_LENGTH), [value.bytes for value in values]


def _bodies(values: Sequence[bytes]) -> Pieces:
    short = len(_LENGTHS)
    lengths = [
        _LENGTHS[size] if (size := len(value)) < short else _length(size) for value in values
    ]
    return lengths, values


def _instants(values: Sequence[datetime | None]) -> Pieces:
    """Neighbours are often one and the same object: a batch received at one moment."""
    fields = []
    last, made = None, NULL
    for value in values:
        if value is not last:
            last, made = value, NULL if value is None else _instant(value)
        fields.append(made)
    return (fields,)
