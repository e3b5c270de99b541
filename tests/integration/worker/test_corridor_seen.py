"""What somebody was told of a corridor is told again, word for word, to who asks about that moment.

Words and reports come in as they may: late, from the future, contradicted, taken back, settled.
After each the board and the road are asked at once, and much later by `at` and `known_at`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from services.gateway.ask_board import ask_board
from services.gateway.ask_corridors import AvailabilityAsked, IntervalTold, ask_availability
from services.gateway.board import CorridorShown
from services.store.engine import Connection
from services.tokens.token import Role, Token
from streams.corridors.parts import ALL, Part
from streams.events import CorridorStatus, EventRef, Report
from streams.inforce import Register
from streams.vocabulary import Availability, Direction
from tests.integration.worker.ground import OPERATOR, PLACES, opened, report
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import RECEIVED, Message, log_of, said
from tests.unit.streams.builders import MISSION, SOURCE

EVENTS = 18
LONG_AFTER = RECEIVED + timedelta(days=30)
CORRIDOR = "c"
FORWARD = Part(direction=Direction.FORWARD)
AUDITOR = Token(
    *("t", "test", MISSION, None, frozenset({Role.AUDITOR}), frozenset()),
    created_at=RECEIVED,
    expires_at=LONG_AFTER,
)


class Told(NamedTuple):
    """What was told at a moment."""

    moment: datetime
    board: CorridorShown
    of_all: list[IntervalTold]
    of_a_part: list[IntervalTold]
    all_along: list[IntervalTold]


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def messages(random: Random) -> Iterator[tuple[datetime, Message]]:
    """What comes in, and when."""
    now = RECEIVED
    reported: list[str] = []
    for number in range(EVENTS):
        now += minutes(random.choice([1, 5, 20, 45]))
        at = now - minutes(random.choice([0, 0, 0, 5, 90, -3, -120]))
        if random.random() < 0.25:
            taken_back = random.choice([None, *reported])
            yield now, said(_report(random, f"r-{number}", at, taken_back))
            reported.append(f"r-{number}")
        else:
            yield now, said(_status(random, f"s-{random.randrange(9)}", at, reported))


def _report(random: Random, id_: str, at: datetime, taken_back: str | None) -> Report:
    times: dict[str, object] = {"observed_from": at, "observed_to": at, "retracts": taken_back}
    return report(id_, location=random.choice(PLACES), **times)


def _status(random: Random, id_: str, at: datetime, reported: list[str]) -> CorridorStatus:
    word = random.choice([*[Availability.OPEN] * 8, *Availability])
    settled = reported if random.random() < 0.4 else ()
    status: CorridorStatus = replace(
        opened(id_, 0),
        source=random.choice([*[OPERATOR] * 6, "liaison", "stranger"]),
        status=word,
        direction=random.choice([None, None, None, Direction.FORWARD]),
        issued_at=at,
        observed_at=at,
        effective_from=at + minutes(random.choice([0, 0, 0, 30])),
        effective_to=random.choice([None, None, at + minutes(70)]),
        settles=tuple(EventRef(source=SOURCE, id=name) for name in settled),
    )
    return status


def ask(
    conn: Connection, now: datetime, at: datetime | None, known_at: datetime | None, part: Part
) -> list[IntervalTold]:
    asked = AvailabilityAsked(CORRIDOR, at, None, None, known_at, 1_000, part)
    return list(ask_availability(conn, AUDITOR, now, asked).told)


def told_at(conn: Connection, now: datetime) -> Told:
    """As it is told to who asks now."""
    (board,) = ask_board(conn, AUDITOR, now).board.items
    one, other = (ask(conn, now, now, None, part) for part in (ALL, FORWARD))
    return Told(now, board, one, other, ask(conn, now, None, None, ALL))


@pytest.mark.parametrize("seed", range(2))
def test_what_was_told_at_a_moment_is_told_again_to_who_asks_what_was_known_then(
    conn: Connection, register: Register, seed: int
) -> None:
    random = Random(seed)
    told = []
    for received, message in messages(random):
        take_in_log(conn, register, log_of([message], received))
        told += [told_at(conn, received + minutes(later)) for later in (0, random.random())]
    for then in told:
        at = then.moment
        again, of_a_part = (ask(conn, LONG_AFTER, at, at, part) for part in (ALL, FORWARD))
        assert (again, of_a_part) == (then.of_all, then.of_a_part), at
        assert ask(conn, LONG_AFTER, None, at, ALL) == then.all_along, at
        (state,) = again
        assert (state.state, state.cause, state.starts_at) == (
            then.board.state,
            then.board.cause,
            then.board.since,
        )
        assert state.not_valid_after == then.board.not_valid_after
        unnamed = tuple(replace(it, cause_events=()) for it in state.parts)
        assert unnamed == then.board.parts, "the board names no events"
    seen = Counter(then.board.state for then in told)
    assert len(seen) >= 3, seen
