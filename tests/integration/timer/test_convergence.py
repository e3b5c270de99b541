"""However late words, turns and clocks are: in the end stands what timely words make due."""

from __future__ import annotations

from itertools import groupby

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.store.contexts import heard_by
from services.store.engine import connect
from streams.context.fold import fold
from streams.due import SINCE_EVER, Reading, due_in_context
from streams.events import ContextEvent
from streams.vocabulary import Word
from tests.integration.timer.clockwork import Clockwork, Told, document, hour_of
from tests.unit.streams.builders import MISSION
from tests.unit.streams.context.said import METHODOLOGY
from tests.unit.streams.context.test_fold_against_naive import histories

LAST = 200
"""Hours after which nothing of a history falls due."""


class Do(Word):
    """What happens next."""

    HEAR = "hear"
    TURN = "turn"
    RESTART = "restart"


ORDERS = st.lists(st.tuples(st.sampled_from(Do), st.integers(-40, LAST)), max_size=12)
"""What happens, and where the clock stands then; it may have gone back."""


def expected(work: Clockwork) -> list[Told]:
    """What is due by everything that was heard, read at once."""
    with connect(work.url) as conn:
        heard = heard_by(conn, MISSION)
    state = fold(document(), METHODOLOGY, heard)
    due = due_in_context([Reading(SINCE_EVER, None, state)])
    return sorted((hour_of(it.due_at), it.rule.value, it.subject) for it in due)


@given(histories(), ORDERS)
@settings(
    max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_in_the_end_stands_what_timely_words_make_due(
    work: Clockwork, events: list[ContextEvent], orders: list[tuple[Do, int]]
) -> None:
    work.empty()
    waiting, timer = list(events), work.another()
    for do, hour in orders:
        if do is Do.TURN:
            work.turn(hour, timer)
        elif do is Do.RESTART:
            timer = work.another()
        elif waiting:
            work.hear(waiting.pop(), hour=LAST)
    if waiting:
        work.hear(*waiting, hour=LAST)
    work.turn(LAST + 1, timer)
    assert work.standing() == expected(work)
    # Each fell due first, and was then taken back and said again by turns.
    for _, rows in groupby(work.rows(), key=lambda row: row[:3]):
        said = [row[3:] for row in rows]
        assert said == [(number, number % 2 == 1) for number in range(1, len(said) + 1)]
