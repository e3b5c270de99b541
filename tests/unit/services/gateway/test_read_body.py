import gzip
from collections.abc import Callable

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from services.gateway import read_body
from services.gateway.read_body import BodyError, TooLargeError, count_lines, split_lines, unpack

PACKED = [("gzip", gzip.compress), ("zstd", zstandard.compress)]
LINES = st.lists(st.binary(max_size=20).filter(lambda line: b"\n" not in line))


@given(st.binary(max_size=5_000))
def test_what_was_packed_is_unpacked_to_the_byte(body: bytes) -> None:
    assert unpack(body, "") == unpack(body, "Identity") == body
    assert unpack(gzip.compress(body), "gzip") == body
    assert unpack(zstandard.compress(body), "zstd") == body


@pytest.mark.parametrize(("coding", "pack"), PACKED)
@given(bodies=st.lists(st.binary(max_size=3_000), max_size=5))
def test_several_members_one_after_another_are_read_whole(
    coding: str, pack: Callable[[bytes], bytes], bodies: list[bytes]
) -> None:
    assert unpack(b"".join(map(pack, bodies)), coding) == b"".join(bodies)


@pytest.mark.parametrize(("coding", "pack"), PACKED)
@given(body=st.binary(max_size=3_000), first=st.binary(max_size=50), data=st.data())
def test_what_breaks_off_is_refused(
    coding: str, pack: Callable[[bytes], bytes], body: bytes, first: bytes, data: st.DataObject
) -> None:
    packed = pack(body)
    cut = data.draw(st.integers(1, len(packed) - 1))
    for whole in (b"", pack(first)):
        with pytest.raises(BodyError):
            unpack(whole + packed[:cut], coding)


@pytest.mark.parametrize(("coding", "pack"), PACKED)
def test_what_is_no_member_after_one_that_is_whole_is_refused(
    coding: str, pack: Callable[[bytes], bytes]
) -> None:
    with pytest.raises(BodyError):
        unpack(pack(b"{}") + b"tail", coding)


def test_a_zstd_window_larger_than_what_may_be_unpacked_is_refused() -> None:
    window = bytes([(31 - 10) << 3])  # RFC 8878, 3.1.1.1.2
    with pytest.raises(BodyError):
        unpack(b"\x28\xb5\x2f\xfd\x00" + window + b"\x11\x00\x00{}", "zstd")


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


@given(st.lists(st.sampled_from([b"\n", b"\r", b"{}"]), max_size=8).map(b"".join))
def test_lines_are_counted_as_they_are_told_apart(body: bytes) -> None:
    assert count_lines(body) == len(split_lines(body))
