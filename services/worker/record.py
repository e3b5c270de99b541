"""Record: what came of a batch, counted, and in the log by the events' keys.

Place on the data's way: after the commit. An event's key is the same word in the gateway's log, in
the relay's and here, and the key of its rows. One line a batch: violations and refusals for
everybody, all of it where the level is `debug`.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import structlog

from services.logs import KEYS_SHOWN
from services.metrics import catalogue
from services.metrics.tally import Tally
from services.worker.incoming import Refused
from streams.decode import Reason
from streams.keys import EventKind, Key, rejected_key

log = structlog.get_logger(__name__)

KINDS: Final = [(kind.value,) for kind in EventKind]


def make_tally() -> Tally:
    """Of a worker."""
    return Tally(
        {
            catalogue.READ: KINDS,
            catalogue.BATCH_SECONDS: KINDS,
            catalogue.REFUSED: [(reason.value,) for reason in Reason],
            catalogue.VIOLATIONS: [()],
        }
    )


class Record:
    """Of one worker; its lanes share it."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def note(
        self,
        kind: EventKind,
        keys: Sequence[Key],
        refused: Sequence[Refused],
        violated: Sequence[Key],
        took_s: float,
    ) -> None:
        """Note a batch: the keys of what could be read, what was refused, which keys breach."""
        self._tally.count(catalogue.READ, len(keys), kind.value)
        self._tally.count(catalogue.VIOLATIONS, len(violated))
        self._tally.observe(catalogue.BATCH_SECONDS, took_s, kind.value)
        for reason, number in Counter(item.refusal.reason.value for item in refused).items():
            self._tally.count(catalogue.REFUSED, number, reason)
        if log.is_enabled_for(logging.DEBUG) and keys:
            log.debug("committed", kind=kind.value, events=len(keys), keys=[str(k) for k in keys])
        if violated:
            log.info("violations", rows=len(violated), keys=_shown(violated))
        if refused:
            # As `truceline rejected` and the announcement name them.
            at = [rejected_key(it.record.topic, it.raw) for it in refused[:KEYS_SHOWN]]
            reasons = sorted({item.refusal.reason.value for item in refused})
            log.info("refused", events=len(refused), reasons=reasons, keys=_shown(at))


def _shown(keys: Iterable[Key]) -> list[str]:
    return [str(key) for key in list(dict.fromkeys(keys))[:KEYS_SHOWN]]
