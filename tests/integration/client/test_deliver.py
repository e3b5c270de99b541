"""From spool to gateway over real sockets: whatever the line does, each event is kept once."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.client.deliver import Deliverer, Delivery, Pace
from services.client.post import HttpGateway
from services.client.token import Token
from services.spool.entries import Counts, Event, Kind, State
from services.spool.spool import Spool
from tests.integration.client.gateway import TOKEN, Kept, Mood, check, gateway

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
RAWS = [b'{"mission": "m", "source": "s", "id": "%d"}' % n for n in range(120)]


@pytest.fixture(name="spool")
def _spool(tmp_path: Path) -> Iterator[Spool]:
    with Spool(tmp_path / "spool") as spool:
        spool.put([Event(raw, Kind.REPORT) for raw in RAWS], NOW)
        yield spool


def deliver(spool: Spool, address: str, timeout_s: float = 10.0, token: str = TOKEN) -> Delivery:
    pace = Pace(timeout_s, sleep=lambda seconds: time.sleep(min(seconds, 0.01)))
    with closing(HttpGateway(address, Token(token))) as http:
        return Deliverer(spool, http, check, pace).deliver()


def in_turn(*moods: Mood) -> Callable[[], Mood]:
    """These, then well."""
    left = list(moods)
    return lambda: left.pop(0) if left else Mood.WELL


def assert_all_kept_once(spool: Spool, kept: Kept) -> None:
    assert sorted(kept.raws) == sorted(RAWS)
    assert spool.counts() == Counts(receipted=len(RAWS))


def test_all_goes_in_one_post_gzipped_with_the_token(spool: Spool) -> None:
    with gateway() as (address, kept):
        assert deliver(spool, address) == Delivery()
        assert_all_kept_once(spool, kept)
        assert kept.sizes == [len(RAWS)]
        assert kept.headers[0]["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("mood", [m for m in Mood if m not in (Mood.HANG, Mood.REDIRECT)])
def test_each_mishap_passes_and_nothing_counts_twice(spool: Spool, mood: Mood) -> None:
    with gateway(in_turn(mood, mood)) as (address, kept):
        assert deliver(spool, address) == Delivery()
        assert kept.asked[mood] >= 1
        assert_all_kept_once(spool, kept)


def test_a_gateway_that_hangs_is_left_and_asked_again(spool: Spool) -> None:
    with gateway(in_turn(Mood.HANG)) as (address, kept):
        assert deliver(spool, address, timeout_s=1.0) == Delivery()
        assert_all_kept_once(spool, kept)


@pytest.mark.parametrize("seed", range(4))
def test_when_half_of_all_fails_everything_comes_through(spool: Spool, seed: int) -> None:
    chance = random.Random(seed)
    failing = [m for m in Mood if m not in (Mood.WELL, Mood.HANG, Mood.REDIRECT)]
    with gateway(lambda: chance.choice(failing) if chance.random() < 0.5 else Mood.WELL) as (
        address,
        kept,
    ):
        assert deliver(spool, address) == Delivery()
        assert_all_kept_once(spool, kept)


def test_a_redirect_is_not_followed_and_the_token_goes_nowhere_else(spool: Spool) -> None:
    with gateway(lambda: Mood.REDIRECT) as (address, kept):
        ended = deliver(spool, address)
        assert ended.stopped
        assert kept.asked.total() == 1
        assert spool.counts() == Counts(waiting=len(RAWS))


def test_a_token_that_is_not_known_stops_at_once(spool: Spool) -> None:
    with gateway() as (address, kept):
        ended = deliver(spool, address, token="trc_other")  # noqa: S106  of this test alone
        assert (ended.stopped, "401" in ended.trouble) == (True, True)
        assert kept.asked.total() == 1


def test_where_nobody_listens_it_gives_up_in_time_and_says_why(spool: Spool) -> None:
    began = time.monotonic()
    with closing(HttpGateway("http://127.0.0.1:9", Token(TOKEN))) as http:
        ended = Deliverer(spool, http, check, Pace(1.5)).deliver()
    assert time.monotonic() - began < 5
    assert "refused" in ended.trouble
    assert TOKEN not in ended.trouble
    assert spool.counts() == Counts(waiting=len(RAWS))
    trouble = spool.trouble()
    assert trouble is not None
    assert trouble.message == ended.trouble


def test_retry_after_is_waited_for(spool: Spool) -> None:
    slept: list[float] = []
    with (
        gateway(in_turn(Mood.BUSY)) as (address, kept),
        closing(HttpGateway(address, Token(TOKEN))) as http,
    ):
        Deliverer(spool, http, check, Pace(sleep=slept.append)).deliver()
        assert_all_kept_once(spool, kept)
    assert len(slept) == 1
    assert slept[0] >= 1.0


def test_an_event_on_several_lines_keeps_its_bytes(spool: Spool) -> None:
    raw = b'{\n  "mission": "m", "source": "s",\r\n  "id": "long"}'
    spool.put([Event(raw, Kind.REPORT)], NOW)
    with gateway() as (address, kept):
        assert deliver(spool, address) == Delivery()
        assert raw in kept.raws


def test_refused_and_conflicting_events_are_told_apart(spool: Spool) -> None:
    other = RAWS[0].replace(b"{", b"{ ")
    spool.put([Event(other, Kind.REPORT), Event(b"{}", Kind.REPORT)], NOW)
    with gateway() as (address, _):
        assert deliver(spool, address) == Delivery()
    assert spool.counts() == Counts(receipted=len(RAWS), conflict=1, refused=1)
    (refused,) = spool.entries([State.REFUSED])
    assert (refused.event.raw, refused.reason) == (b"{}", "malformed_json")


def test_a_receipt_of_somebody_else_is_never_kept(spool: Spool) -> None:
    with gateway() as (address, _), closing(HttpGateway(address, Token(TOKEN))) as http:
        pace = Pace(0.5, sleep=lambda _: time.sleep(0.05))
        ended = Deliverer(spool, http, lambda *_: "a key we do not know", pace).deliver()
    assert "not to be trusted" in ended.trouble
    assert spool.counts() == Counts(waiting=len(RAWS))
