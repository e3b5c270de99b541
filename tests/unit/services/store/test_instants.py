import struct
from datetime import datetime, timedelta

import pytest

from services.store.instants import (
    POSTGRES_EPOCH,
    SINCE_EVER,
    WITHOUT_END,
    SaturatingBinaryLoader,
)

LOADER = SaturatingBinaryLoader(0)


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
