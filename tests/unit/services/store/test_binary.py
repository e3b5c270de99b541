import struct
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import (
    Column,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
)

from services.store.binary import HEADER, NULL, TRAILER, TableEncoder, field_encoder, storable
from services.store.errors import RowError
from tests.unit.services.store.sample_rows import SUBMISSION

TABLE = Table(
    "shelf",
    MetaData(),
    Column("key", Uuid, nullable=False),
    Column("size", SmallInteger),
    Column("word", Text, info={"repeats": True}),
    Column("body", LargeBinary, nullable=False),
)
KEY = UUID(int=7)


def field(value: bytes) -> bytes:
    return struct.pack("!i", len(value)) + value


def test_rows_are_laid_out_as_the_manual_says() -> None:
    encoded = TableEncoder(TABLE).encode([(KEY, 3, "ä", b"xyz"), (KEY, None, None, b"")])
    first = struct.pack("!h", 4) + field(KEY.bytes) + field(b"\0\3") + field("ä".encode())
    second = struct.pack("!h", 4) + field(KEY.bytes) + NULL + NULL
    assert encoded == HEADER + first + field(b"xyz") + second + field(b"") + TRAILER


def test_no_rows_are_a_header_and_a_trailer() -> None:
    assert TableEncoder(TABLE).encode([]) == HEADER + TRAILER


@pytest.mark.parametrize("size", [0, 1, 2047, 2048, 2049, 70_000])
def test_long_and_short_bodies_carry_their_length(size: int) -> None:
    body = b"x" * size
    assert field(body) in TableEncoder(TABLE).encode([(KEY, 1, "a", body)])


@pytest.mark.parametrize(
    "row",
    [
        (KEY, 70_000, "a", b""),
        (KEY, "three", "a", b""),
        ("no key", 1, "a", b""),
        (KEY, 1, "a", None),
        (None, 1, "a", b""),
        (KEY, 1, "a"),
        (KEY, 1, "a", b"", b""),
        (KEY, 1, "lone \ud800", b""),
        (KEY, 1, ["unhashable"], b""),
    ],
)
def test_a_row_that_is_none_is_the_callers_mistake(row: tuple[Any, ...]) -> None:
    with pytest.raises(RowError, match="COPY shelf"):
        TableEncoder(TABLE).encode([row])


def test_rows_of_different_widths_are_no_batch() -> None:
    with pytest.raises(RowError):
        TableEncoder(TABLE).encode([(KEY, 1, "a", b""), (KEY, 1)])


def test_a_type_that_nobody_encoded_yet_is_refused_when_the_table_is_made() -> None:
    with pytest.raises(RowError, match="Interval"):
        TableEncoder(Table("t", MetaData(), Column("wait", Interval)))


def test_small_integers_are_not_taken_for_integers() -> None:
    assert field_encoder(SmallInteger())(5) == struct.pack("!ih", 2, 5)
    assert field_encoder(Integer())(5) == struct.pack("!ii", 4, 5)


@given(st.text(alphabet=st.characters(codec=None)))
def test_any_text_can_be_made_storable(words: str) -> None:
    kept = storable(words)
    assert "\0" not in kept
    kept.encode()
    if words.isprintable():
        assert kept == words


def test_statements_name_their_columns() -> None:
    assert TableEncoder(TABLE).copy_statement == (
        b"COPY shelf (key, size, word, body) FROM STDIN (FORMAT binary)"
    )
    assert len(SUBMISSION) == len(SUBMISSION._fields)
