"""Each value has one text, and no other text is read as that value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.text64 import bytes64, text64


@given(st.binary(max_size=80))
def test_bytes_come_back_as_they_were(value: bytes) -> None:
    assert bytes64(text64(value)) == value


@given(st.binary(max_size=10), st.text(max_size=14))
def test_no_other_text_is_the_same_value(value: bytes, other: str) -> None:
    assert (bytes64(other) == value) == (other == text64(value))


@pytest.mark.parametrize("text", ["A", "AB==", "AB", "QQ=", "Q Q", "QQ\n", "+/+/", "ÄÄÄÄ"])
def test_what_we_do_not_write_is_not_read(text: str) -> None:
    assert bytes64(text) is None
