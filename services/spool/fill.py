"""Fill: the events of files into the spool.

Place on the data's way: files → spool. A crash in between: what was put is on disk; submit the
files again, what is there already is known by its bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from services.event_files import read_events
from services.spool.entries import Event, Kind
from services.spool.spool import Spool
from services.submit import decision_of
from streams.topics import TopicName

AT_ONCE: Final = 500
"""Events of one commit: each commit waits for the disk."""


_KIND: Final = {
    TopicName.REPORTS: Kind.REPORT,
    TopicName.CORRIDOR_STATUS: Kind.CORRIDOR_STATUS,
    TopicName.CONTEXT: Kind.CONTEXT,
}


@dataclass(frozen=True, slots=True)
class Bad:
    """An event that would be refused."""

    file: str
    line: int | None
    reason: str
    message: str


@dataclass(slots=True)
class Filler:
    """Puts events of files, some at a time."""

    spool: Spool
    run: str
    now: datetime
    unchecked: bool = False
    bad: list[Bad] = field(default_factory=list)

    def fill(self, path: Path, mission: str) -> Iterator[int]:
        """Put the events of a file, except those that would be refused; yields as it goes.

        Raises:
            services.event_files.EventFileError: the file cannot be read as events.
            SpoolUnusableError: the disk is full; what was yielded is safe.
        """
        waiting: list[Event] = []
        for event in self._events(path, mission):
            waiting.append(event)
            if len(waiting) == AT_ONCE:
                yield self._put(waiting)
        yield self._put(waiting)

    def _put(self, waiting: list[Event]) -> int:
        self.spool.put(waiting, self.now, self.run)
        count = len(waiting)
        waiting.clear()
        return count

    def _events(self, path: Path, mission: str) -> Iterator[Event]:
        events = read_events(path, mission=mission)
        for mistake in events.mistakes:
            message = f"{mistake.path}: {mistake.message}"
            self.bad.append(Bad(path.name, mistake.line, mistake.code, message))
        for line, raw in enumerate(events.raws, start=1):
            if not raw:
                continue
            decision = decision_of(raw)
            refusal = decision.refusal
            if refusal is not None and (refusal.withheld or not self.unchecked):
                self.bad.append(Bad(path.name, line, refusal.reason, refusal.message))
                continue
            yield Event(raw, _KIND[decision.topic], f"{path.name}:{line}")
