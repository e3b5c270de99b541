"""Events of a body: read together as each is by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from services.gateway.posts import Outcome, Post, Status
from services.gateway.read_event import read_event, read_events
from services.tokens.token import Role, Token
from streams.keys import EventKind
from tests.unit.streams.builders import MISSION, SOURCE, line, report, status

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TOKEN = Token(
    "tk-1",
    "patrols",
    MISSION,
    None,
    frozenset({Role.REPORTER}),
    frozenset({SOURCE, "operator"}),
    NOW,
    NOW + timedelta(days=1),
)


def test_reports_of_a_body_are_read_as_each_is_by_itself() -> None:
    good = [line(report(f"r-{n}")) for n in range(3)]
    foreign = line(report("r-9", source="somebody-else"))
    for raws in (good, [*good, foreign], [good[0], b"{", foreign, good[1]], []):
        together = read_events(EventKind.REPORT, raws, TOKEN)
        assert together == [read_event(EventKind.REPORT, raw, TOKEN) for raw in raws]
    posts = read_events(EventKind.REPORT, good, TOKEN)
    assert [post.raw for post in posts if isinstance(post, Post)] == good
    (outcome,) = read_events(EventKind.REPORT, [foreign], TOKEN)
    assert isinstance(outcome, Outcome)
    assert outcome.status is Status.FORBIDDEN


def test_statuses_of_a_body_are_read_as_each_is_by_itself() -> None:
    raws = [line(status()), b"", b"[1]"]
    together = read_events(EventKind.CORRIDOR_STATUS, raws, TOKEN)
    assert together == [read_event(EventKind.CORRIDOR_STATUS, raw, TOKEN) for raw in raws]
    assert isinstance(together[0], Post)
