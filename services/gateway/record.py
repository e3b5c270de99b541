"""Record: what came of a post, counted, and in the log with its request's id and its events' keys.

Place on the data's way: after the commit, before the answer. One line a post, however many events
it has, and only so many lines a second: under load it costs next to nothing. What is held back is
in the store all the same, under the same keys.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import structlog

from services.gateway.posts import Outcome, Post, Status
from services.logs import KEYS_SHOWN, Sparing
from services.metrics.catalogue import EVENTS
from services.metrics.tally import Tally

log = structlog.get_logger(__name__)

LINES_PER_S: Final = 50
_WORDS: Final = {status: status.name.lower() for status in Status}


class Record:
    """Of one gateway; used on its event loop alone."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._sparing = Sparing(LINES_PER_S)

    def note(self, request_id: str, posts: Sequence[Post], outcomes: Sequence[Outcome]) -> None:
        """Note what came of a post; `posts` are those of its events that could be stored."""
        if len(outcomes) == 1:
            self._tally.count(EVENTS, 1, _WORDS[outcomes[0].status])
        else:
            for status, number in Counter(outcome.status for outcome in outcomes).items():
                self._tally.count(EVENTS, number, _WORDS[status])
        if posts and self._sparing.lets():
            log.info(
                "took in",
                request_id=request_id,
                events=len(posts),
                keys=[str(post.key) for post in posts[:KEYS_SHOWN]],
                held_back=self._sparing.held_back(),
            )
