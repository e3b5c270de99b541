"""The token comes from a file of its owner, and is shown nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.client.errors import TokenError
from services.client.token import read_token

SECRET = "trc_tok-0123456789ab_aHVudGVyMg"  # noqa: S105  of these tests alone


def written(folder: Path, content: bytes, mode: int = 0o600) -> Path:
    path = folder / "token"
    path.write_bytes(content)
    path.chmod(mode)
    return path


def test_a_token_is_read_without_its_line_end_and_never_shown(tmp_path: Path) -> None:
    token = read_token(written(tmp_path, SECRET.encode() + b"\n"))
    assert token.secret == SECRET
    assert SECRET not in repr(token)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620])
def test_a_file_that_others_may_use_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(TokenError, match="chmod 600"):
        read_token(written(tmp_path, SECRET.encode(), mode))


@pytest.mark.parametrize("content", [b"", b"\n", b"a b", b"a\r\nX-Other: b", b"\xff", b"a" * 5000])
def test_what_is_no_token_is_refused_and_not_quoted(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(TokenError, match="holds no token") as refused:
        read_token(written(tmp_path, content))
    assert "X-Other" not in str(refused.value)


def test_where_there_is_none_a_person_is_told_where_to_put_it(tmp_path: Path) -> None:
    with pytest.raises(TokenError, match="TRUCELINE_TOKEN_FILE"):
        read_token(tmp_path / "token")
    with pytest.raises(TokenError, match="cannot read"):
        read_token(tmp_path)
