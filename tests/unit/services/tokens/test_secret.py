"""A secret is read as it was written; nothing shows it by accident."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.tokens.secret import SECRET_BYTES, Secret, make_secret, read_secret

SECRET = Secret("tok-0123456789ab", bytes(range(SECRET_BYTES)))


@given(st.binary(min_size=32, max_size=32))
def test_a_secret_is_read_as_it_was_written(raw: bytes) -> None:
    secret = Secret("tok-0123456789ab", raw)
    assert read_secret(secret.text) == secret
    assert secret.hash == sha256(raw).digest()


def test_each_secret_is_another_one() -> None:
    made = [make_secret() for _ in range(50)]
    assert len({secret.raw for secret in made}) == len({secret.token_id for secret in made}) == 50
    assert {len(secret.raw) for secret in made} == {SECRET_BYTES}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "trc_",
        SECRET.text[:-1],
        SECRET.text + "A",
        SECRET.text + "\n",
        " " + SECRET.text,
        SECRET.text.upper(),
        SECRET.text[:-1] + "9",  # bits that are left over: another text of the same bytes
        SECRET.text.replace("trc_", "trd_"),
        SECRET.text.replace("tok-", "tok_"),
    ],
)
def test_what_cannot_be_a_token_is_none(text: str) -> None:
    assert read_secret(text) is None


def test_a_log_does_not_show_it() -> None:
    assert SECRET.text[-43:] not in repr(SECRET)
    assert repr(SECRET.raw) not in repr(SECRET)
