import gzip
from collections.abc import Callable

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from services.gateway import read_body
from services.gateway.read_body import BodyError, TooLargeError, split_lines, unpack

PACKED = [("gzip", gzip.compress), ("zstd", zstandard.compress)]
LINES = st.lists(st.binary(max_size=20).filter(lambda line: b"\n" not in line))


@given(st.binary(max_size=5_000))
def test_what_was_packed_is_unpacked_to_the_byte(body: bytes) -> None:
    assert unpack(body, "") == unpack(body, "Identity") == body
    assert unpack(gzip.compress(body), "gzip") == body
    assert unpack(zstandard.compress(body), "zstd") == body


def test_a_gzip_of_several_members_is_read_whole() -> None:
    assert unpack(gzip.compress(b"a") + gzip.compress(b"b"), "gzip") == b"ab"


@given(st.binary(min_size=1, max_size=500), st.data())
def test_a_gzip_that_breaks_off_is_refused(body: bytes, data: st.DataObject) -> None:
    packed = gzip.compress(body)
    cut = data.draw(st.integers(1, len(packed) - 1))
    with pytest.raises(BodyError):
        unpack(packed[:cut], "gzip")


@pytest.mark.parametrize(("coding", "pack"), PACKED)
def test_no_more_is_unpacked_than_the_limit(
    monkeypatch: pytest.MonkeyPatch, coding: str, pack: Callable[[bytes], bytes]
) -> None:
    monkeypatch.setattr(read_body, "UNPACKED_LIMIT", 1_000)
    assert unpack(pack(bytes(1_000)), coding) == bytes(1_000)
    with pytest.raises(TooLargeError):
        unpack(pack(bytes(1_001)), coding)


@given(LINES)
def test_lines_are_told_apart_and_left_as_they_are(lines: list[bytes]) -> None:
    assert split_lines(b"".join(line + b"\n" for line in lines)) == lines
