"""The spool's SQLite file: events put, taken for sending, settled, counted.

One file with a rollback journal and `synchronous=EXTRA`: when a call returns, what it wrote is on
disk, and so is the end of its journal. WAL would be faster and needs shared memory, which sticks
and network folders lack. A crash inside a call means: nothing of that call happened.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

from services.spool.entries import Counts, Entry, Event, Kind, Receipt, Settlement, State, Trouble
from services.spool.errors import SpoolTooNewError, SpoolUnusableError
from services.spool.folder import FILE, make_folder

LAYOUT: Final = 1
BUSY_S: Final = 30.0
"""How long another process may hold the file; its calls are short."""

TABLES: Final = """
CREATE TABLE events (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    digest     BLOB NOT NULL UNIQUE,
    raw        BLOB NOT NULL,
    kind       TEXT NOT NULL,
    origin     TEXT NOT NULL,
    put_at     TEXT NOT NULL,
    run        TEXT NOT NULL,
    state      TEXT NOT NULL DEFAULT 'waiting',
    settled_at TEXT,
    gateway    TEXT NOT NULL DEFAULT '',
    receipt    BLOB,
    signature  TEXT,
    reason     TEXT NOT NULL DEFAULT '',
    detail     TEXT NOT NULL DEFAULT '',
    CHECK (state IN ('waiting', 'receipted', 'refused', 'conflict')),
    CHECK ((receipt IS NOT NULL) = (state IN ('receipted', 'conflict'))),
    CHECK ((receipt IS NULL) = (signature IS NULL))
);
CREATE INDEX events_by_state ON events (state, number);
CREATE INDEX events_by_run ON events (run);
CREATE TABLE trouble (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    at      TEXT NOT NULL,
    message TEXT NOT NULL
);
"""

# The same bytes again are the same entry. What was refused is asked again: an operator may have
# loaded the agreement meanwhile. What has a receipt keeps it.
PUT: Final = """
INSERT INTO events (digest, raw, kind, origin, put_at, run)
VALUES (:digest, :raw, :kind, :origin, :now, :run)
ON CONFLICT (digest) DO UPDATE SET
    run = excluded.run,
    origin = excluded.origin,
    state = CASE state WHEN 'refused' THEN 'waiting' ELSE state END,
    settled_at = CASE state WHEN 'refused' THEN NULL ELSE settled_at END,
    reason = '',
    detail = ''
"""

KNOWN: Final = "SELECT 1 FROM events WHERE digest = :digest"

# A receipt is never taken back, whatever an answer that came late says.
SETTLE: Final = """
UPDATE events SET state = ?, settled_at = ?, gateway = ?, receipt = ?, signature = ?, reason = ?,
    detail = ?
WHERE number = ? AND state IN ('waiting', 'refused')
"""

COLUMNS: Final = (
    "number, raw, kind, origin, state, put_at, settled_at, receipt, signature, gateway, reason,"
    " detail"
)


PAGE: Final = 500


class Put(NamedTuple):
    """How many of the events that were put are new, and how many the spool had."""

    new: int
    known: int


class Spool:
    """The spool in a folder, made if it is not there. A context manager; for one thread."""

    def __init__(self, folder: Path) -> None:
        make_folder(folder)
        self.folder = folder
        with self._told():
            self._db = sqlite3.connect(folder / FILE, timeout=BUSY_S, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = DELETE")
            self._db.execute("PRAGMA synchronous = EXTRA")
            self._make_tables()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def put(self, events: Iterable[Event], now: datetime, run: str = "") -> Put:
        """Put events, all or none; when it returns they are on disk.

        Args:
            events: their bytes stay exactly as they are.
            now: when.
            run: name of the call that put them, by which `counts` finds them.
        """
        new = known = 0
        with self._transaction():
            for event in events:
                row = _row(event, now, run)
                known_already = self._db.execute(KNOWN, row).fetchone()
                self._db.execute(PUT, row)
                new, known = new + (not known_already), known + bool(known_already)
        return Put(new, known)

    def waiting(self, limit: int, after: int = 0) -> list[Entry]:
        """The first that wait, in the order in which they were put.

        Args:
            limit: how many, at most.
            after: only those with a higher number.
        """
        return self._select("state = 'waiting' AND number > ?", (after,), limit)

    def settle(self, settlements: Sequence[Settlement], gateway: str, now: datetime) -> None:
        """Keep what the gateway said, all or nothing.

        A crash before it: the gateway is asked again, and says the same.
        """
        with self._transaction():
            self._db.executemany(SETTLE, [_settled(one, gateway, now) for one in settlements])
            self._db.execute("DELETE FROM trouble")

    def note_trouble(self, message: str, now: datetime) -> None:
        """Keep why a try came to nothing, until one comes to something."""
        with self._transaction():
            self._db.execute(
                "INSERT OR REPLACE INTO trouble VALUES (1, ?, ?)", (_text(now), message)
            )

    def trouble(self) -> Trouble | None:
        """Why the last try came to nothing."""
        with self._told():
            row = self._db.execute("SELECT at, message FROM trouble").fetchone()
        return Trouble(datetime.fromisoformat(row[0]), row[1]) if row else None

    def ask_again(self) -> int:
        """Let what was refused wait again; how many."""
        with self._transaction():
            return self._db.execute(
                "UPDATE events SET state = 'waiting', settled_at = NULL, reason = '', detail = ''"
                " WHERE state = 'refused'"
            ).rowcount

    def counts(self, run: str | None = None) -> Counts:
        """Entries by state; only those of a run, where one is named."""
        where, values = ("", ()) if run is None else ("WHERE run = ?", (run,))
        query = f"SELECT state, count(*) FROM events {where} GROUP BY state"  # noqa: S608  ours
        with self._told():
            return Counts(**dict(self._db.execute(query, values).fetchall()))

    def elsewhere(self, run: str, gateway: str) -> int:
        """How many of a run have their receipt from another gateway than this."""
        query = "SELECT count(*) FROM events WHERE run = ? AND receipt NOT NULL AND gateway <> ?"
        with self._told():
            return int(self._db.execute(query, (run, gateway)).fetchone()[0])

    def entries(self, states: Iterable[State], run: str | None = None) -> Iterator[Entry]:
        """Entries in these states, in the order in which they were put."""
        wanted = [state.value for state in states]
        where = f"state IN ({', '.join('?' * len(wanted))}) AND number > ?"
        where += "" if run is None else " AND run = ?"
        last = 0
        # Page by page: whoever reads slowly keeps nobody from writing.
        while page := self._select(where, (*wanted, last, *([] if run is None else [run])), PAGE):
            yield from page
            last = page[-1].number

    def oldest_waiting(self) -> datetime | None:
        """When the one that waits longest was put."""
        with self._told():
            query = "SELECT min(put_at) FROM events WHERE state = 'waiting'"
            (oldest,) = self._db.execute(query).fetchone()
        return datetime.fromisoformat(oldest) if oldest else None

    def _select(self, where: str, values: tuple[object, ...], limit: int) -> list[Entry]:
        query = f"SELECT {COLUMNS} FROM events WHERE {where} ORDER BY number LIMIT ?"  # noqa: S608  ours
        with self._told():
            return [_entry(row) for row in self._db.execute(query, (*values, limit))]

    def _make_tables(self) -> None:
        with self._transaction():
            (layout,) = self._db.execute("PRAGMA user_version").fetchone()
            if layout > LAYOUT:
                raise SpoolTooNewError(self.folder)
            if layout == LAYOUT:
                return
            for statement in TABLES.split(";"):
                self._db.execute(statement)
            self._db.execute(f"PRAGMA user_version = {LAYOUT}")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing. The write lock is taken first: no two upgrade their locks and clash."""
        with self._told():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.rollback()
                raise
            self._db.commit()  # when it returns, it is on disk; a crash before: nothing happened

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say what SQLite says, so that a person can act."""
        try:
            yield
        except sqlite3.Error as error:  # stop: disk full, rights, a damaged file
            raise SpoolUnusableError(self.folder, str(error)) from error


def _row(event: Event, now: datetime, run: str) -> dict[str, object]:
    return {
        "digest": event.digest,
        "raw": event.raw,
        "kind": event.kind.value,
        "origin": event.origin,
        "now": _text(now),
        "run": run,
    }


def _settled(one: Settlement, gateway: str, now: datetime) -> tuple[object, ...]:
    receipt, signature = (
        (one.receipt.receipt, one.receipt.signature) if one.receipt else (None, None)
    )
    told = (one.state.value, _text(now), gateway, receipt, signature, one.reason, one.detail)
    return (*told, one.number)


def _entry(row: tuple[object, ...]) -> Entry:
    number, raw, kind, origin, state, put_at, settled_at, receipt, signature, *told = row
    assert isinstance(number, int)
    assert isinstance(raw, bytes)
    return Entry(
        number=number,
        event=Event(raw, Kind(str(kind)), str(origin)),
        state=State(str(state)),
        put_at=datetime.fromisoformat(str(put_at)),
        settled_at=datetime.fromisoformat(str(settled_at)) if settled_at else None,
        receipt=Receipt(receipt, str(signature)) if isinstance(receipt, bytes) else None,
        gateway=str(told[0]),
        reason=str(told[1]),
        detail=str(told[2]),
    )


def _text(instant: datetime) -> str:
    """In UTC and of one width, so that text sorts as time."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")
