"""An answer is compressed as its asker says, and unpacks to what it was."""

from __future__ import annotations

import gzip

import pytest
import zstandard

from services.gateway.compress import Coding, choose_coding, compress

BODY = b"unknown is not open; " * 100


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("", Coding.IDENTITY),
        ("br", Coding.IDENTITY),
        ("gzip", Coding.GZIP),
        ("GZIP, deflate, br", Coding.GZIP),
        ("gzip, deflate, br, zstd", Coding.ZSTD),
        ("gzip;q=1.0, zstd;q=0.5", Coding.GZIP),
        ("gzip;q=0, zstd;q=0", Coding.IDENTITY),
        ("gzip;q=0.2, identity", Coding.IDENTITY),
        ("*", Coding.ZSTD),
        ("zstd;q=0, *", Coding.GZIP),
        ("gzip;q=often", Coding.IDENTITY),
    ],
)
def test_the_coding_is_the_one_that_is_liked_best(accepted: str, chosen: Coding) -> None:
    assert choose_coding(accepted) is chosen


def test_it_unpacks_to_what_it_was_and_is_smaller() -> None:
    packed = {coding: compress(BODY, coding) for coding in Coding}
    assert gzip.decompress(packed[Coding.GZIP]) == BODY
    assert zstandard.ZstdDecompressor().decompress(packed[Coding.ZSTD]) == BODY
    assert packed[Coding.IDENTITY] == BODY
    assert max(len(packed[Coding.GZIP]), len(packed[Coding.ZSTD])) < len(BODY) / 10
