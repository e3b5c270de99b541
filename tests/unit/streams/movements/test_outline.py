"""An outline places a movement where its whole history does."""

from __future__ import annotations

import pytest

from streams.movements.history import encode_history
from streams.movements.outline import decode_outline, notice_at
from streams.movements.standing import movement_at
from streams.vocabulary import MovementKind
from tests.unit.streams.context.said import at
from tests.unit.streams.movements.moved import ACKNOWLEDGED, history, moved, notified

POSTPONED = history(
    moved(1, notified(0, 12), -72),
    moved(2, notified(30, 40, kind=MovementKind.STATIC_SITE), -10),
    moved(3, notified(20, 22), -5),
    moved(4, ACKNOWLEDGED, -60, source="liaison"),
)


@pytest.mark.parametrize(
    ("hour", "begins"), [(-73, None), (-72, 0), (-11, 0), (-10, 30), (-5, 20), (50, 20)]
)
def test_the_last_notice_that_was_made_by_then_counts(hour: float, begins: float | None) -> None:
    outline = decode_outline(encode_history(POSTPONED))
    found = notice_at(outline.notices, at(hour))
    now = movement_at(POSTPONED, at(hour))
    assert (found and found.begins_at) == (None if begins is None else at(begins))
    assert (now and now.notice.begins_at) == (found and found.begins_at)
    if found is not None and now is not None:
        whole = now.notice
        assert (found.kind, found.ends_at) == (whole.kind, whole.ends_at)
    assert (outline.organiser, outline.movement) == (POSTPONED.organiser, POSTPONED.movement)
