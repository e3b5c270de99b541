"""What a source may do when it speaks, on both sides of each edge."""

from __future__ import annotations

import pytest

from streams.agreement import SigningKey, Source, Validity
from streams.rights import Lost, Rights
from streams.vocabulary import Right
from tests.unit.streams.builders import NOON, hours

OPEN, CLOSE, SETTLE = Right.OPEN, Right.CLOSE, Right.SETTLE


KEY = SigningKey(id="k", public_key="good", valid=Validity(from_=NOON, to=NOON + hours(2)))
LOST_KEY = SigningKey(id="lost", public_key="lost", revoked_at=NOON + hours(1))


def during(start: float, end: float | None = None) -> Validity:
    return Validity(from_=NOON + hours(start), to=None if end is None else NOON + hours(end))


RIGHTS = Rights(
    (
        Source(id="always", rights=(OPEN,)),
        Source(id="limited", rights=(CLOSE,), party="north", valid=during(0, 2)),
        Source(id="revoked", rights=(CLOSE,), revoked_at=NOON + hours(1)),
        Source(id="changing", rights=(OPEN, SETTLE), corridors=("a",), valid=during(0, 2)),
        Source(id="changing", rights=(OPEN,), corridors=("a",), valid=during(2, 4)),
        Source(id="changing", rights=(CLOSE,), corridors=("b",), valid=during(1, 3)),
        Source(id="signing", rights=(CLOSE,), valid=during(3), keys=(KEY,)),
        Source(id="signing", rights=(OPEN,), keys=(LOST_KEY,), revoked_at=NOON + hours(9)),
        Source(id="broken", rights=(OPEN,), valid=during(0, 2)),
        Source(id="broken", rights=(OPEN,), valid=during(3)),
    )
)


@pytest.mark.parametrize(
    ("source", "said", "received", "lost"),
    [
        ("stranger", 0, (), Lost.UNKNOWN),
        ("always", -99, (), None),
        ("limited", -0.1, (), Lost.NOT_IN_FORCE),
        ("limited", 0, (), None),
        ("limited", 1.9, (9,), None),
        ("limited", 2, (), Lost.NOT_IN_FORCE),
        ("revoked", 0.9, (), None),
        ("revoked", 0, (0.9,), None),
        ("revoked", 0, (0.5, 1), Lost.REVOKED),
        ("revoked", 1, (), Lost.REVOKED),
    ],
)
def test_a_source_has_a_say_while_it_is_valid_and_not_revoked(
    source: str, said: float, received: tuple[float, ...], lost: Lost | None
) -> None:
    held = RIGHTS.held(source, NOON + hours(said), [NOON + hours(it) for it in received])
    assert held.lost is lost
    assert bool(held.entries) is (lost is None)


@pytest.mark.parametrize(
    ("said", "may"),
    [
        (0, {(OPEN, "a"), (SETTLE, "a")}),
        (1, {(OPEN, "a"), (SETTLE, "a"), (CLOSE, "b")}),
        (2, {(OPEN, "a"), (CLOSE, "b")}),
        (3, {(OPEN, "a")}),
    ],
)
def test_it_may_do_what_its_entries_grant_together_each_over_its_corridors(
    said: float, may: set[tuple[Right, str]]
) -> None:
    held = RIGHTS.held("changing", NOON + hours(said))
    found = {(r, c) for r in (OPEN, CLOSE, SETTLE) for c in ("a", "b") if held.may(r, c)}
    assert found == may


def test_a_right_lasts_over_entries_that_follow_each_other_without_a_break() -> None:
    def ends(source: str, said: float) -> object:
        held = RIGHTS.held(source, NOON + hours(said))
        return RIGHTS.ends(held, OPEN, "a")

    assert ends("always", 0) is None
    assert ends("changing", 0) == NOON + hours(4)
    assert ends("broken", 0) == NOON + hours(2)
    assert ends("broken", 3) is None


def test_a_source_speaks_for_its_party_whenever_it_speaks() -> None:
    assert RIGHTS.party_of("limited") == "north"
    assert RIGHTS.party_of("stranger") is None
    assert RIGHTS.held("limited", NOON).party == "north"


@pytest.mark.parametrize(
    ("public_key", "said", "received", "lost"),
    [
        ("another", 0, (), Lost.KEY_UNKNOWN),
        ("good", -0.1, (), Lost.KEY_NOT_VALID),
        ("good", 0, (5,), None),
        ("good", 2, (), Lost.KEY_NOT_VALID),
        ("lost", 0.9, (0.9,), None),
        ("lost", 0, (1,), Lost.KEY_REVOKED),
        ("lost", 1, (), Lost.KEY_REVOKED),
        ("lost", 0, (9,), Lost.REVOKED),
        (None, 5, (), None),
    ],
)
def test_what_is_signed_counts_while_the_key_holds(
    public_key: str | None, said: float, received: tuple[float, ...], lost: Lost | None
) -> None:
    when = [NOON + hours(it) for it in received]
    held = RIGHTS.held("signing", NOON + hours(said), when, public_key)
    assert held.lost is lost
    assert bool(held.entries) is (lost is None)


def test_a_right_ends_with_the_revocation_of_its_key_and_not_with_its_time() -> None:
    def ends(public_key: str | None) -> object:
        held = RIGHTS.held("signing", NOON, (), public_key)
        return RIGHTS.ends(held, OPEN, "a")

    assert ends(None) == NOON + hours(9)
    assert ends("good") == NOON + hours(9)
    assert ends("lost") == NOON + hours(1)
