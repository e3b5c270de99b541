"""Arrays that are made here are what PostgreSQL reads."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from services.store.arrays import Array, Byteas, Instants, Int2s, Int4s, Texts, Uuids
from services.store.engine import connect
from streams.keys import Key

NOW = datetime(2026, 3, 1, 8, 0, 0, 123456, UTC)
OTHER_OFFSET = NOW.astimezone(timezone(timedelta(hours=5, minutes=45)))


@pytest.mark.parametrize(
    ("array", "cast", "values"),
    [
        (Uuids.make([Key(bytes(16)), Key(bytes(range(16)))]), "uuid", None),
        (Byteas.make([b"", b"\x00\xff", b"x" * 2_000]), "bytea", [b"", b"\x00\xff", b"x" * 2_000]),
        (Texts.make(["", "Щ", "ß" * 600]), "text", ["", "Щ", "ß" * 600]),
        (Int4s.make([0, -1, 2**31 - 1]), "int4", [0, -1, 2**31 - 1]),
        (Int2s.make([0, -1, 2**15 - 1]), "int2", [0, -1, 2**15 - 1]),
        (Instants.make([NOW, OTHER_OFFSET]), "timestamptz", [NOW, NOW]),
        (Instants.make([NOW, None]), "timestamptz", [NOW, None]),
        (Instants.make([datetime.min.replace(tzinfo=UTC)]), "timestamptz", None),
        (Texts.make([]), "text", []),
    ],
)
def test_what_is_made_is_read(
    database_url: str, array: Array, cast: str, values: list[Any] | None
) -> None:
    with connect(database_url) as conn:
        query = f"SELECT %b::{cast}[], array_length(%b::{cast}[], 1)".encode()
        row = conn.execute(query, [array, array], binary=True).fetchone()
    assert row is not None
    if values is not None:
        assert row == (values, len(values) or None)


@pytest.mark.parametrize(
    ("array", "value"), [(Int2s, 2**15), (Int4s, 2**31), (Int4s, -(2**31) - 1)]
)
def test_a_number_that_does_not_fit_is_not_wrapped(array: type[Int2s | Int4s], value: int) -> None:
    with pytest.raises(struct.error):
        array.make([value])
