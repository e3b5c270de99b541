"""Decoded: documents as they were read last, by their hashes.

Place on the data's way: table → bytes → **document** → whatever an agreement has a part in.
Reading the text of an agreement of a thousand corridors takes longer than all else of an answer,
and under one hash stands one text for ever. Which hashes there are for an asker PostgreSQL says,
each time: nothing is shown to anybody because somebody else has asked for it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Final

from streams.agreement import Agreement
from streams.methodology import Methodology

LIMIT_BYTES: Final = 32 * 1024 * 1024
"""Of text. In memory a document is several times as long."""


class Decoded:
    """Documents by hash; what was not asked for the longest is forgotten. Threads share one."""

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[bytes, tuple[Agreement | Methodology, int]] = OrderedDict()

    def held(self) -> Mapping[bytes, Agreement | Methodology]:
        """What is there now; it stays in this mapping, whatever is forgotten."""
        with self._lock:
            return {address: document for address, (document, _) in self._kept.items()}

    def keep(self, address: bytes, document: Agreement | Methodology, size_bytes: int) -> None:
        """Keep it, the last one however long it is: who read it had room for it."""
        with self._lock:
            self._kept[address] = document, size_bytes
            self._kept.move_to_end(address)
            while len(self._kept) > 1 and self._size_bytes() > self._limit_bytes:
                self._kept.popitem(last=False)

    def used(self, address: bytes) -> None:
        """Somebody asked for it."""
        with self._lock:
            if address in self._kept:
                self._kept.move_to_end(address)

    def _size_bytes(self) -> int:
        return sum(size for _, size in self._kept.values())
