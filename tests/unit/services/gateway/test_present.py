"""What counts as a presented token, as a bearer's and as a password."""

from __future__ import annotations

from base64 import b64encode

import pytest

from services.gateway.present import present, presented_token

TOKEN = b"trc_tok-0123456789ab_secret"


def basic(pair: bytes) -> bytes:
    return b"Basic " + b64encode(pair)


@pytest.mark.parametrize("header", [b"Bearer " + TOKEN, b"bearer  " + TOKEN + b" "])
def test_a_bearer_token_is_presented_everywhere(header: bytes) -> None:
    for as_password in (False, True):
        assert presented_token(header, as_password=as_password) == present(TOKEN)


@pytest.mark.parametrize("user", [b"", b"calendar", "Олена".encode()])
def test_a_password_is_a_token_where_it_may_be_one_whatever_the_user_is_called(user: bytes) -> None:
    header = basic(user + b":" + TOKEN)
    assert presented_token(header, as_password=True) == present(TOKEN)
    assert presented_token(b"basic" + header[5:], as_password=True) == present(TOKEN)
    assert presented_token(header) is None


def test_a_password_may_have_colons_as_a_user_may_not() -> None:
    assert presented_token(basic(b"a:b:c"), as_password=True) == present(b"b:c")


@pytest.mark.parametrize("header", [b"", b"Basic", b"Basic ?", b"Basic \xff", basic(b"no colon")])
def test_what_cannot_be_read_presents_nothing(header: bytes) -> None:
    assert presented_token(header, as_password=True) is None
