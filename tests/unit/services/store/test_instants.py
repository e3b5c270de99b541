import struct
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.store.binary import field_encoder
from services.store.instants import (
    POSTGRES_EPOCH,
    SINCE_EVER,
    WITHOUT_END,
    SaturatingBinaryLoader,
)
from services.store.models import Base

ENCODE = field_encoder(Base.metadata.tables["submissions"].columns["received_at"].type)
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
LOADER = SaturatingBinaryLoader(0)


@given(st.datetimes(timezones=OFFSETS))
def test_an_instant_comes_back_as_it_was_stored(instant: datetime) -> None:
    encoded = ENCODE(instant)
    assert encoded[:4] == struct.pack("!i", 8)
    read = LOADER.load(encoded[4:])
    assert read.tzinfo is UTC
    assert SINCE_EVER <= read <= WITHOUT_END
    # Only what lies beyond year 1 or 9999 in UTC is moved, to the nearest that can be held.
    assert read == min(max(instant, SINCE_EVER), WITHOUT_END)


@pytest.mark.parametrize(
    ("micros", "instant"),
    [
        (0, POSTGRES_EPOCH),
        (-1, POSTGRES_EPOCH - timedelta(microseconds=1)),
        (-(2**63), SINCE_EVER),
        (2**63 - 1, WITHOUT_END),
        (-(2**62), SINCE_EVER),
        (2**62, WITHOUT_END),
    ],
)
def test_instants_beyond_what_python_holds_saturate(micros: int, instant: datetime) -> None:
    assert LOADER.load(struct.pack("!q", micros)) == instant


def test_the_ends_of_time_are_postgresqls_infinities() -> None:
    assert ENCODE(SINCE_EVER) == struct.pack("!iq", 8, -(2**63))
    assert ENCODE(WITHOUT_END) == struct.pack("!iq", 8, 2**63 - 1)
