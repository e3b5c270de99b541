"""The board fits a bad line and a small screen, and rounds nothing to the bold side."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from services.gateway.ask_corridors import PartTold
from services.gateway.board import Board, BoardTold, CorridorShown, write_text
from services.gateway.compress import Coding, compress
from streams.corridors.effects import Cause
from streams.vocabulary import Availability, Traveller

NOW = datetime(2026, 3, 2, 12, 0, 30, tzinfo=UTC)
MOST_BYTES = 2_048


def shown(id_: str = "zolote-road", **changes: object) -> CorridorShown:
    plain = CorridorShown(corridor=id_, state="closed", cause="closed_by_status")
    return msgspec.structs.replace(plain, **changes)


def lines(*items: CorridorShown) -> list[str]:
    *told, empty, as_of = write_text(Board(mission="smm", items=items), NOW).splitlines()
    assert (empty, as_of) == ("", "known_at 2026-03-02T12:00:30+00:00"), "to be asked for again"
    return told


def crowded() -> Board:
    """Twenty corridors that have little in common, each with two parts."""
    chance = random.Random(7)

    def instant() -> datetime:
        return NOW + timedelta(microseconds=chance.randrange(-(10**11), 10**11))

    def part() -> PartTold:
        return PartTold(
            traveller=str(chance.choice(list(Traveller))),
            state=str(chance.choice(list(Availability))),
            cause=str(chance.choice(list(Cause))),
        )

    return Board(
        mission="osce-smm",
        items=tuple(
            shown(
                f"{chance.choice(('road', 'bridge', 'lane'))}-{chance.randrange(10**4)}",
                name=f"Road of {chance.randrange(10**6)}",
                state=str(chance.choice(list(Availability))),
                cause=str(chance.choice(list(Cause))),
                since=instant(),
                not_valid_after=instant(),
                last_word_at=instant(),
                parts=(part(), part()),
            )
            for _ in range(20)
        ),
    )


@pytest.mark.parametrize("coding", [Coding.GZIP, Coding.ZSTD])
def test_twenty_corridors_take_two_kilobytes_at_the_most(coding: Coding) -> None:
    board = crowded()
    told = BoardTold(mission=board.mission, items=board.items, known_at=NOW)
    for body in (msgspec.json.encode(told), write_text(board, NOW).encode()):
        assert len(body) > MOST_BYTES
        assert len(compress(body, coding)) <= MOST_BYTES


def test_the_text_says_state_cause_since_until_and_the_age_of_the_last_word() -> None:
    told = lines(
        shown(
            state="open",
            cause="open_by_status",
            since=NOW - timedelta(hours=4),
            not_valid_after=NOW + timedelta(hours=2, minutes=5, seconds=59),
            last_word_at=NOW - timedelta(minutes=54, seconds=1),
            draft=True,
        )
    )
    assert told == [
        "smm at 2026-03-02 12:00Z",
        "unknown is not open; permission is not safety",
        "",
        "zolote-road: OPEN, open_by_status",
        " since 2026-03-02 08:00Z",
        " not valid after 2026-03-02 14:06Z, in 2 h 5 min",
        " last word 2026-03-02 11:06Z, 55 min ago",
        " under a draft: not all parties have signed",
    ]


def test_what_nobody_knows_has_no_line() -> None:
    assert lines(shown())[2:] == ["", "zolote-road: CLOSED, closed_by_status"]


def test_every_part_is_told() -> None:
    parts = (
        PartTold(
            segment="bridge",
            traveller="on_foot",
            state="open",
            cause="open_by_status",
            not_valid_after=NOW + timedelta(days=1, hours=3),
        ),
        PartTold(state="closed", cause="closed_by_status"),
    )
    assert lines(shown(parts=parts))[4:] == [
        " bridge, on_foot: OPEN, open_by_status, not valid after 2026-03-03 15:00Z, in 1 d 3 h",
        " else: CLOSED, closed_by_status",
    ]


def test_what_is_over_is_in_no_time_and_what_is_new_is_a_minute_old() -> None:
    told = lines(
        shown(not_valid_after=NOW + timedelta(seconds=59), last_word_at=NOW - timedelta(seconds=1)),
        shown("b", not_valid_after=NOW - timedelta(hours=1)),
    )
    assert told[4:6] == [
        " not valid after 2026-03-02 12:01Z, in 0 min",
        " last word 2026-03-02 12:00Z, 1 min ago",
    ]
    assert told[8] == " not valid after 2026-03-02 11:00Z, in 0 min"
