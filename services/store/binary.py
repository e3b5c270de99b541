"""PostgreSQL's binary COPY form, column by column.

Place on the data's way: `rows` → **bytes** → COPY. A table's encoder is made once from the types of
its columns. It turns a batch by columns, not by rows: neighbouring columns with few distinct values
(mission, verdict, standing, the agreement's hash) are encoded together, each combination once; a
`bytea` is passed on uncopied; one join makes the whole. That costs 3 to 4 µs a report, for its key,
submission, assessment and a third of a violation; psycopg's `write_row` 11 µs (measured).
Source: PostgreSQL manual, COPY, "Binary Format"; send functions of the types.

Each field is a 4-byte length (-1: null), then the value, big-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, groupby, repeat
from typing import Any, NamedTuple, TypeAlias
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
from services.store.instants import FIRST_MICROS, LAST_MICROS, POSTGRES_EPOCH

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
NULL = b"\xff\xff\xff\xff"

Columns: TypeAlias = Sequence[Sequence[Any]]
Pieces: TypeAlias = tuple[Iterable[bytes], ...]
"""One or two iterables that, taken in turn, give the fields of some columns, row by row."""
Encoder: TypeAlias = Callable[[Columns, "Instants"], Pieces]
"""Encodes neighbouring columns, most often one."""
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
_INFINITY, _MINUS_INFINITY = _int8(8, 2**63 - 1), _int8(8, -(2**63))


class Instants:
    """The instants of one batch, each encoded once, by the identity of its object.

    A report's instants stand in its submission, its assessment and its violations, and encoding
    one costs more than anything else in a row. Even its hash would cost more than encoding it;
    identity is safe because the rows of the batch keep every instant alive while this is in use.
    """

    def __init__(self) -> None:
        self._seen = {id(None): NULL}

    def fields(self, values: Sequence[datetime | None]) -> list[bytes]:
        """The fields of a column."""
        seen = self._seen
        return [seen.get(id(value)) or self._add(value) for value in values]

    def _add(self, value: datetime | None) -> bytes:
        made = self._seen[id(value)] = NULL if value is None else _instant(value)
        return made


class TableEncoder:
    """Encodes rows of one table; rows are sequences in the order of its columns."""

    def __init__(self, table: Table) -> None:
        columns = list(table.columns)
        self.names = tuple(column.name for column in columns)
        self.copy_statement = (
            f"COPY {table.name} ({', '.join(self.names)}) FROM STDIN (FORMAT binary)".encode()
        )
        self._spans = tuple(spans(columns))
        self._columns_in_a_row = struct.pack("!h", len(columns))

    def encode(self, rows: Sequence[Sequence[Any]], instants: Instants | None = None) -> bytes:
        """Everything COPY wants for these rows. Raises `RowError` for a row that can't be one.

        `instants` is shared by the tables of one batch, whose rows must live as long as it does.
        """
        seen = instants or Instants()
        try:
            columns = self._columns(rows)
            pieces = chain.from_iterable(
                span.encoder(columns[span.start : span.end], seen) for span in self._spans
            )
            body = chain.from_iterable(zip(repeat(self._columns_in_a_row), *pieces, strict=False))
            return b"".join((HEADER, *body, TRAILER))
        except (TypeError, ValueError, AttributeError, struct.error) as error:
            # A value of a type or size that its column can't hold: a mistake in the program.
            raise RowError(f"{self.copy_statement.decode()}: {error}") from error

    def _columns(self, rows: Sequence[Sequence[Any]]) -> Columns:
        columns = list(zip(*rows, strict=True)) or [()] * len(self.names)
        if len(columns) != len(self.names):
            raise ValueError(f"rows of {len(columns)} columns, the table has {len(self.names)}")
        return columns


class Span(NamedTuple):
    """Neighbouring columns, from `start` until before `end`, that are encoded together."""

    start: int
    end: int
    encoder: Encoder


def spans(columns: Sequence[Column[Any]]) -> Iterator[Span]:
    """How the columns of a table are encoded: those that repeat together, others one by one."""
    start = 0
    for together, group in groupby(columns, key=_repeats):
        run = list(group)
        if together:
            yield Span(start, start + len(run), _remembering(run))
        else:
            for at, column in enumerate(run, start):
                yield Span(at, at + 1, _column_encoder(column))
        start += len(run)


def _repeats(column: Column[Any]) -> bool:
    # Instants repeat too, but are remembered for the whole batch (`Instants`).
    return bool(column.info.get("repeats")) and not isinstance(column.type, TIMESTAMP)


def _column_encoder(column: Column[Any]) -> Encoder:
    if isinstance(column.type, TIMESTAMP):
        return _instants
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
    since = value - POSTGRES_EPOCH
    micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    if FIRST_MICROS < micros < LAST_MICROS:
        return _int8(8, micros)
    return _MINUS_INFINITY if micros <= FIRST_MICROS else _INFINITY


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
    """Fields by value, each made once; lives as long as its columns of one batch."""

    def __init__(self, make: FieldEncoder) -> None:
        super().__init__({None: NULL})
        self._make = make

    def __missing__(self, value: Any) -> bytes:  # noqa: ANN401 (whatever the columns hold)
        made = self[value] = self._make(value)
        return made


def _remembering(run: Sequence[Column[Any]]) -> Encoder:
    encoders = [field_encoder(column.type) for column in run]

    def encode(columns: Columns, _seen: Instants) -> Pieces:
        looks_up = [_Remembered(encoder).__getitem__ for encoder in encoders]

        def together(values: tuple[Any, ...]) -> bytes:
            return b"".join(
                [look_up(value) for look_up, value in zip(looks_up, values, strict=True)]
            )

        return (map(_Remembered(together).__getitem__, zip(*columns, strict=True)),)

    return encode


def _each(encoder: FieldEncoder) -> Encoder:
    def encode(columns: Columns, _seen: Instants) -> Pieces:
        return ([NULL if value is None else encoder(value) for value in columns[0]],)

    return encode


def _uuids(columns: Columns, _seen: Instants) -> Pieces:
    # What `UUID.bytes` does, without the call of a property.
    return repeat(_UUID_LENGTH), [value.int.to_bytes(16, "big") for value in columns[0]]


def _bodies(columns: Columns, _seen: Instants) -> Pieces:
    values, short = columns[0], len(_LENGTHS)
    lengths = [
        _LENGTHS[size] if (size := len(value)) < short else _length(size) for value in values
    ]
    return lengths, values


def _instants(columns: Columns, seen: Instants) -> Pieces:
    return (seen.fields(columns[0]),)
