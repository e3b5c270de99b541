"""Whoever asks about a token at the same time is answered by the same look-up."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.gateway.callers import Callers
from services.gateway.present import present
from services.tokens.token import Validity


def test_those_who_wait_share_a_look_up_that_began_after_they_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    callers, first, go_on = Callers("nowhere"), threading.Event(), threading.Event()
    looked_up: list[str] = []

    def look_up(text: str) -> None:
        looked_up.append(text)
        first.set()
        assert go_on.wait(10)

    monkeypatch.setattr(callers, "_look_up", look_up)
    presented = present(b"trc_nobody")
    with ThreadPoolExecutor(17) as threads:
        asking = [threads.submit(callers.find, presented)]
        assert first.wait(10)
        asking += [threads.submit(callers.find, presented) for _ in range(16)]
        time.sleep(0.2)  # they all wait
        go_on.set()
        assert {one.result(10) for one in asking} == {(None, Validity.UNKNOWN)}
    # The first began before the others asked, so it cannot speak for them: the token may have been
    # revoked in between.
    assert len(looked_up) == 2
    callers.find(presented)
    assert len(looked_up) == 3
