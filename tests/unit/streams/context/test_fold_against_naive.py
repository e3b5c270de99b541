"""The fold against an evaluator of another kind, and against its own events in another order."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.context.fold import encode_state
from streams.context.heard import Heard, decode_heard, encode_heard
from streams.context.measures import MeasureState, measure_at
from streams.context.touching import Span, Touching, changed_spans
from streams.context.truces import truce_at
from streams.events import (
    ContextEvent,
    TruceAgreed,
    TruceEnded,
    TruceExtended,
    TruceInForce,
    TruceProposed,
    TruceStep,
    TruceSuspended,
    TruceTerms,
)
from streams.vocabulary import MeasureStatus
from tests.unit.streams.context.naive import LAST, Naive
from tests.unit.streams.context.said import (
    at,
    begins,
    folded,
    heard,
    measured,
    notifies,
    terms,
    truce,
)

HOURS = st.integers(-LAST, LAST)
SPEAKERS = st.sampled_from(["hq", "second", "liaison", "monitor"])


@st.composite
def _terms(draw: st.DrawFn) -> TruceTerms:
    start = draw(HOURS)
    return terms(start, start + draw(st.integers(1, 20)))


@st.composite
def _steps(draw: st.DrawFn) -> TruceStep:
    kind = draw(
        st.sampled_from(
            [
                TruceProposed,
                TruceAgreed,
                TruceInForce,
                TruceInForce,
                TruceExtended,
                TruceSuspended,
                TruceEnded,
            ]
        )
    )
    if kind in (TruceSuspended, TruceEnded):
        return kind()
    if kind is TruceExtended:
        return TruceExtended(ends_at=at(draw(HOURS)))
    stated: TruceStep = kind(terms=draw(_terms()))
    return stated


@st.composite
def _event(draw: st.DrawFn, number: int) -> ContextEvent:
    id_, source, when = f"e{number}", draw(SPEAKERS), draw(HOURS)
    gone = draw(st.sampled_from([None] * 9 + [f"e{other}" for other in range(number)]))
    links: dict[str, Any] = {draw(st.sampled_from(["supersedes", "retracts"])): gone}
    kind = draw(st.integers(0, 3))
    if kind == 0:
        issued = at(draw(HOURS))
        return begins(id_, hour=when, source=source, issued_at=issued, **links)
    if kind == 1:
        return notifies(id_, when, when + draw(st.integers(1, 9)), source=source, **links)
    if kind == 2:
        status = draw(st.sampled_from([MeasureStatus.VERIFIED, MeasureStatus.NOT_VERIFIED]))
        done = draw(st.sampled_from([None, 49, 50]))
        which = draw(st.sampled_from(["guns", "mines"]))
        return measured(id_, status, when, done, source=source, measure=which, **links)
    name = draw(st.sampled_from(["line", "bridge"]))
    return truce(id_, draw(_steps()), when, source=source, truce=name, **links)


@st.composite
def histories(draw: st.DrawFn) -> list[ContextEvent]:
    return [draw(_event(number)) for number in range(draw(st.integers(0, 12)))]


@given(histories(), HOURS)
@settings(max_examples=400, deadline=None)
def test_the_fold_says_of_every_hour_what_a_plain_reading_says(
    events: list[ContextEvent], hour: int
) -> None:
    state, naive, now = folded(*events), Naive(events), at(hour)
    context = state.context
    assert {t.truce for t in context.truces if t.start <= now < t.end} == naive.truces_holding(hour)
    assert {p.phase for p in context.phases if p.at <= now} == naive.phases_begun(hour)
    assert {n.event for n in context.notifications if n.start <= now < n.end} == naive.notified(
        hour
    )
    for measure in state.measures:
        verified = measure_at(measure, now).state is MeasureState.VERIFIED
        assert verified == naive.verified(measure.id, hour)
    told = {t.id: truce_at(t, now) for t in state.truces}
    assert {name for name, one in told.items() if one and one.holds} == naive.truces_holding(hour)


@given(histories(), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_order_and_repetition_do_not_show(events: list[ContextEvent], rng: random.Random) -> None:
    said = [heard(event) for event in events]
    again = [*said, *rng.sample(said, rng.randint(0, len(said)))]
    rng.shuffle(again)
    assert encode_state(folded(*again)) == encode_state(folded(*said))


@given(histories(), HOURS, st.integers(0, 9))
@settings(max_examples=150, deadline=None)
def test_what_touches_an_interval_is_looked_up_as_it_is_said(
    events: list[ContextEvent], hour: int, lasts: int
) -> None:
    context = folded(*events).context
    start, end = at(hour), at(hour + lasts)
    asked = Touching(context)
    assert asked.of(start, end) == context.touching(start, end) == asked.of(start, end)


@given(histories(), histories(), HOURS, st.integers(0, 9))
@settings(max_examples=200, deadline=None)
def test_outside_of_the_spans_that_changed_nothing_else_touches(
    before: list[ContextEvent], after: list[ContextEvent], hour: int, lasts: int
) -> None:
    old, new = folded(*before).context, folded(*after).context
    start, end = at(hour), at(hour + lasts)
    spans = changed_spans(old, new)
    assert _apart(spans)
    if not any(begin <= end and (to is None or start < to) for begin, to in spans):
        assert old.touching(start, end) == new.touching(start, end)


def _apart(spans: Sequence[Span]) -> bool:
    return all(a[1] is not None and a[1] < b[0] for a, b in pairwise(spans))


@given(histories())
@settings(max_examples=50, deadline=None)
def test_what_is_heard_comes_back_from_its_bytes(events: list[ContextEvent]) -> None:
    for event in events:
        item = heard(event)
        assert decode_heard(encode_heard(item)) == item
        assert isinstance(item, Heard)
        assert msgspec.json.encode(item.event)
