"""Whether a token counts is decided by what is stored and by `now`, and by nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.tokens.token import Role, Token, Validity, validity

NOW = datetime(2026, 7, 14, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
TOKEN = Token(
    "tok-0123456789ab",
    "north",
    "smm",
    None,
    frozenset({Role.REPORTER}),
    frozenset(),
    NOW,
    NOW + DAY,
)
INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("token", "now", "expected"),
    [
        (None, NOW, Validity.UNKNOWN),
        (TOKEN, NOW, Validity.VALID),
        (TOKEN, NOW + DAY - INSTANT, Validity.VALID),
        (TOKEN, NOW + DAY, Validity.EXPIRED),
        (replace(TOKEN, revoked_at=NOW), NOW, Validity.REVOKED),
        (replace(TOKEN, revoked_at=NOW + INSTANT), NOW, Validity.VALID),
        (replace(TOKEN, revoked_at=NOW), NOW + 2 * DAY, Validity.REVOKED),
    ],
)
def test_a_token_counts_until_it_expires_or_is_revoked(
    token: Token | None, now: datetime, expected: Validity
) -> None:
    assert validity(token, now) is expected


def test_a_token_speaks_for_its_mission_and_sources_alone() -> None:
    assert TOKEN.speaks_for("smm", "anybody")
    assert not TOKEN.speaks_for("unmil", "anybody")
    bound = replace(TOKEN, sources=frozenset({"patrol-1"}))
    assert bound.speaks_for("smm", "patrol-1")
    assert not bound.speaks_for("smm", "patrol-2")
