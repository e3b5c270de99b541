"""Tokens are looked up once for all who ask, anew in time, and strangers' on their own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from services.gateway import callers as looked
from services.gateway.callers import AGEING_S, FRESH_S, Callers
from services.gateway.present import present
from services.tokens.token import Role, Token, Validity

KNOWN, STRANGER = present(b"trc_known"), present(b"trc_stranger")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
WAIT_S = 10


class Store:
    """Answers look-ups, one desk at a time held up where the test wants it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.came = threading.Semaphore(0)
        self.tokens: dict[str, Token] = {}
        self.held: dict[str, threading.Event] = {}

    def look_up(self, presented: str) -> Token | None:
        self.asked.append(presented)
        self.came.release()
        if presented in self.held:
            assert self.held[presented].wait(WAIT_S)
        return self.tokens.get(presented)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    answering = Store()
    monkeypatch.setattr(looked._Desk, "look_up", lambda _, presented: answering.look_up(presented))
    yield answering
    for event in answering.held.values():
        event.set()


def token() -> Token:
    return Token(
        id="tok-1",
        label="test",
        mission="smm",
        agreement=None,
        roles=frozenset({Role.REPORTER}),
        sources=frozenset(),
        created_at=NOW,
        expires_at=NOW + timedelta(days=1),
        revoked_at=None,
    )


async def asked_once_more(store: Store) -> None:
    assert await asyncio.to_thread(store.came.acquire, timeout=WAIT_S)


def on_a_loop(test: Callable[[Store], Coroutine[None, None, None]]) -> Callable[[Store], None]:
    def run(store: Store) -> None:
        asyncio.run(test(store))

    return run


@on_a_loop
async def test_those_who_wait_share_a_look_up_that_began_after_they_asked(store: Store) -> None:
    callers = Callers("nowhere")
    store.held[STRANGER.text] = threading.Event()
    asking = [asyncio.create_task(callers.ask(STRANGER))]
    await asked_once_more(store)
    asking += [asyncio.create_task(callers.ask(STRANGER)) for _ in range(16)]
    await asyncio.sleep(0.1)  # they all wait
    store.held[STRANGER.text].set()
    assert set(await asyncio.gather(*asking)) == {(None, Validity.UNKNOWN)}
    # The first began before the others asked, so it cannot speak for them: the token may have been
    # revoked in between.
    assert len(store.asked) == 2
    await callers.ask(STRANGER)
    assert len(store.asked) == 3


@on_a_loop
async def test_who_was_known_a_moment_ago_does_not_wait_behind_strangers(store: Store) -> None:
    callers = Callers("nowhere", now=lambda: NOW)
    store.tokens[KNOWN.text] = token()
    await callers.ask(KNOWN)
    await asked_once_more(store)
    store.held[STRANGER.text] = threading.Event()
    strangers = asyncio.create_task(callers.ask(STRANGER))
    await asked_once_more(store)
    found, counts = await asyncio.wait_for(callers.ask(KNOWN), WAIT_S)
    assert (found, counts) == (token(), Validity.VALID)
    assert not strangers.done()
    store.held[STRANGER.text].set()
    await strangers


@on_a_loop
async def test_an_ageing_token_is_asked_anew_once_and_what_is_revoked_then_counts_no_longer(
    store: Store,
) -> None:
    clock = [0.0]
    callers = Callers("nowhere", clock=lambda: clock[0], now=lambda: NOW)
    store.tokens[KNOWN.text] = token()
    await callers.ask(KNOWN)
    await asked_once_more(store)
    recalled = callers.recall(KNOWN)
    assert recalled is not None
    assert (recalled.fresh, recalled.ageing) == (True, False)
    clock[0] = (AGEING_S + FRESH_S) / 2
    recalled = callers.recall(KNOWN)
    assert recalled is not None
    assert (recalled.fresh, recalled.ageing) == (True, True)
    del store.tokens[KNOWN.text]
    for _ in range(5):
        callers.ask_anew(KNOWN)
    await asked_once_more(store)
    await asyncio.sleep(0.1)
    recalled = callers.recall(KNOWN)
    assert recalled is not None
    assert (recalled.token, recalled.ageing) == (None, False)
    assert len(store.asked) == 2


def test_what_was_asked_too_long_ago_is_not_relied_on(store: Store) -> None:
    clock = [0.0]
    callers = Callers("nowhere", clock=lambda: clock[0])
    assert callers.recall(KNOWN) is None
    asyncio.run(callers.ask(KNOWN))
    clock[0] = FRESH_S + 0.1
    recalled = callers.recall(KNOWN)
    assert recalled is not None
    assert not recalled.fresh
    assert store.asked == [KNOWN.text]
