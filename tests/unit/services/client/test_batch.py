"""What goes into one post: lines stay lines, and nothing is lost or changed."""

from __future__ import annotations

import gzip

from hypothesis import given, strategies

from services.client.batch import MOST_BYTES, MOST_EVENTS, first_batch, is_line
from services.spool.entries import Kind
from tests.unit.services.client.entries import entry


@given(
    strategies.lists(
        strategies.tuples(strategies.binary(min_size=1), strategies.sampled_from(list(Kind))),
        min_size=1,
    ),
    strategies.integers(1, 10),
)
def test_the_first_events_go_in_order_of_one_kind_and_byte_for_byte(
    events: list[tuple[bytes, Kind]], most: int
) -> None:
    entries = [entry(raw, number, kind) for number, (raw, kind) in enumerate(events)]
    batch = first_batch(entries, most)
    assert list(batch.entries) == entries[: len(batch.entries)]
    assert 1 <= len(batch.entries) <= most
    assert len({e.event.kind for e in batch.entries}) == 1
    body = gzip.decompress(batch.body())
    raws = body.removesuffix(b"\n").split(b"\n") if batch.as_lines else [body]
    assert raws == [e.event.raw for e in batch.entries]


def test_an_event_on_several_lines_goes_by_itself() -> None:
    batch = first_batch([entry(b'{\n"id": 1}'), entry(b"{}", 2)])
    assert (len(batch.entries), batch.content_type) == (1, "application/json")
    batch = first_batch([entry(b"{}"), entry(b'{\r"id": 1}', 2)])
    assert (len(batch.entries), batch.content_type) == (1, "application/x-ndjson")


def test_a_post_has_a_limit_and_one_event_may_be_as_long() -> None:
    long = b"x" * (MOST_BYTES // 2)
    assert len(first_batch([entry(long), entry(long, 2)]).entries) == 1
    assert len(first_batch([entry(long * 3), entry(b"{}", 2)]).entries) == 1
    assert len(first_batch([entry(b"{}", n) for n in range(600)]).entries) == MOST_EVENTS


def test_each_kind_has_its_path() -> None:
    assert first_batch([entry(b"{}")]).path == "/v1/reports"
    assert first_batch([entry(b"{}", kind=Kind.CORRIDOR_STATUS)]).path == "/v1/corridor-status"
    assert first_batch([entry(b"{}", kind=Kind.CONTEXT)]).path == "/v1/context"


def test_blanks_around_it_make_an_event_no_line() -> None:
    assert [is_line(raw) for raw in (b"", b" {}", b"{}\t", b"{ }")] == [False, False, False, True]
