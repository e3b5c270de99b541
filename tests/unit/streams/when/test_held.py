"""When a term holds, as spans: what is drawn is what is judged by, hour by hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from streams.agreement import Daily, PhaseDays, Validity, Where
from streams.context.facts import PhaseBegan
from streams.when.held import held
from streams.when.spans import Spans
from tests.unit.streams.builders import ALWAYS, NOON, agreement, hours, term, zone

START, END = int((NOON - hours(24)).timestamp()), int((NOON + hours(24)).timestamp())
MORNING = Daily(time_zone="UTC", from_="06:00", to="12:00")
SPANS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=6).map(
    lambda spans: Spans.union(spans, 0, 50)
)


def pairs(spans: Spans | None) -> list[tuple[str, str]]:
    assert spans is not None
    return [(_hour(begins), _hour(ends)) for begins, ends in spans.pairs()]


def _hour(second: int) -> str:
    return f"{datetime.fromtimestamp(second, UTC):%d %H:%M}"


def test_a_term_holds_where_term_zone_and_agreement_do_and_at_its_hours() -> None:
    at_noon, an_hour_before = Validity(from_=NOON - hours(24)), NOON - hours(1)
    agreed = agreement(
        valid=ALWAYS,
        zones=(zone(valid=Validity(from_=NOON - hours(25), to=an_hour_before)),),
        terms=(term(valid=at_noon, when=(MORNING,)),),
    )
    found = held(agreed, agreed.terms[0], (), START, END)
    assert pairs(found) == [("02 06:00", "02 11:00")]


def test_one_zone_without_an_end_is_enough() -> None:
    zones = (zone("y", valid=Validity(from_=NOON, to=NOON + hours(1))), zone("z"))
    agreed = agreement(zones=zones, terms=(term(zones=("y", "z")),))
    assert held(agreed, agreed.terms[0], (), START, END) == Spans((START,), (END,))
    everywhere = term(where=Where(everywhere=True))
    assert held(agreed, everywhere, (), START, END) == Spans((START,), (END,))


def test_a_term_of_a_phase_waits_for_it() -> None:
    waiting = term(during=PhaseDays(phase="one", time_zone="UTC", to_day=1))
    agreed = agreement(terms=(waiting,))
    assert held(agreed, waiting, (), START, END) is None
    begun = (PhaseBegan(phase="one", at=NOON),)
    assert pairs(held(agreed, waiting, begun, START, END)) == [("02 12:00", "03 00:00")]
    earlier = (PhaseBegan(phase="one", at=NOON - timedelta(days=30)),)
    assert held(agreed, waiting, earlier, START, END) == Spans((), ())


@given(a=SPANS, b=SPANS)
def test_spans_meet_and_leave_gaps_as_their_seconds_do(a: Spans, b: Spans) -> None:
    def seconds(spans: Spans) -> set[int]:
        return {second for begins, ends in spans.pairs() for second in range(begins, ends)}

    assert seconds(a.within(b)) == seconds(a) & seconds(b)
    assert seconds(a.gaps(0, 50)) == set(range(50)) - seconds(a)
