"""The spool's file: what is put stays, once, as it was; what is settled stays settled."""

from __future__ import annotations

import sqlite3
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.spool.entries import Counts, Event, Kind, Receipt, Settlement, State
from services.spool.errors import SpoolOpenToOthersError, SpoolTooNewError, SpoolUnusableError
from services.spool.folder import FILE, only_sender
from services.spool.spool import PAGE, Spool

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
RECEIPT = Receipt(b'{"sha256":"00"}', "c2ln")
GATEWAY = "https://gateway"


def event(raw: bytes) -> Event:
    return Event(raw, Kind.REPORT, "a.ndjson:1")


def receipted(number: int) -> Settlement:
    return Settlement(number, State.RECEIPTED, RECEIPT)


def refused(number: int) -> Settlement:
    return Settlement(number, State.REFUSED, reason="unknown_mission", detail="no such mission")


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    return tmp_path / "home" / "spool"


def test_the_bytes_stay_as_they_were_through_closing(folder: Path) -> None:
    raws = [b'{"id": 1}', b"\xff\x00\n\r not even text", b" ", b"x" * 2_000_000]
    with Spool(folder) as spool:
        spool.put(map(event, raws), NOW)
    with Spool(folder) as spool:
        assert [entry.event.raw for entry in spool.waiting(10)] == raws
        assert spool.waiting(1)[0].put_at == NOW


def test_the_same_bytes_twice_are_one_entry(folder: Path) -> None:
    with Spool(folder) as spool:
        assert spool.put([event(b"a"), event(b"a"), event(b"b")], NOW) == (2, 1)
        assert spool.put([event(b"b")], NOW) == (0, 1)
        assert spool.counts() == Counts(waiting=2)


def test_folder_and_files_are_their_owners_alone(folder: Path) -> None:
    with Spool(folder) as spool:
        spool.put([event(b"a")], NOW)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert modes == {FILE: 0o600}


@pytest.mark.parametrize("name", ["", FILE])
def test_a_spool_that_others_may_read_is_refused(folder: Path, name: str) -> None:
    Spool(folder).close()
    (folder / name).chmod(0o755)
    with pytest.raises(SpoolOpenToOthersError, match="chmod"):
        Spool(folder)


def test_every_commit_waits_for_the_disk(folder: Path) -> None:
    with Spool(folder) as spool:
        (synchronous,) = spool._db.execute("PRAGMA synchronous").fetchone()
        (journal,) = spool._db.execute("PRAGMA journal_mode").fetchone()
    assert (synchronous, journal) == (3, "delete")


def test_a_put_that_fails_half_way_leaves_nothing(folder: Path) -> None:
    def events() -> object:
        yield event(b"a")
        raise RuntimeError

    with Spool(folder) as spool:
        with pytest.raises(RuntimeError):
            spool.put(events(), NOW)  # type: ignore[arg-type]  # a generator that breaks
        assert spool.counts() == Counts()
        assert spool.put([event(b"a")], NOW).new == 1


def test_what_has_a_receipt_keeps_it_whatever_comes_later(folder: Path) -> None:
    with Spool(folder) as spool:
        spool.put([event(b"a")], NOW)
        spool.settle([receipted(1)], GATEWAY, NOW)
        spool.put([event(b"a")], NOW)
        spool.settle([refused(1)], GATEWAY, NOW)
        (entry,) = spool.entries([State.RECEIPTED])
        assert (entry.receipt, entry.gateway, entry.settled_at) == (RECEIPT, GATEWAY, NOW)
        assert spool.waiting(1) == []


def test_what_was_refused_waits_again_when_it_is_put_again(folder: Path) -> None:
    with Spool(folder) as spool:
        spool.put([event(b"a")], NOW)
        spool.settle([refused(1)], GATEWAY, NOW)
        (entry,) = spool.entries([State.REFUSED])
        assert (entry.reason, entry.detail) == ("unknown_mission", "no such mission")
        spool.put([event(b"a")], NOW)
        assert spool.counts() == Counts(waiting=1)
        spool.settle([refused(1)], GATEWAY, NOW)
        assert spool.ask_again() == 1
        assert spool.waiting(1)[0].reason == ""


def test_a_run_counts_what_it_put_also_what_was_known(folder: Path) -> None:
    with Spool(folder) as spool:
        spool.put([event(b"a"), event(b"b")], NOW, "first")
        spool.settle([receipted(1)], GATEWAY, NOW)
        spool.put([event(b"a"), event(b"c")], NOW, "second")
        assert spool.counts("second") == Counts(waiting=1, receipted=1)
        assert spool.elsewhere("second", GATEWAY) == 0
        assert spool.elsewhere("second", "https://another") == 1


def test_trouble_is_kept_until_something_comes_through(folder: Path) -> None:
    with Spool(folder) as spool:
        spool.put([event(b"a")], NOW)
        spool.note_trouble("no answer", NOW)
        spool.note_trouble("still none", NOW + timedelta(seconds=1))
        found = spool.trouble()
        assert found is not None
        assert (found.message, found.at) == ("still none", NOW + timedelta(seconds=1))
        spool.settle([receipted(1)], GATEWAY, NOW)
        assert spool.trouble() is None


def test_the_oldest_that_waits_is_told(folder: Path) -> None:
    with Spool(folder) as spool:
        assert spool.oldest_waiting() is None
        spool.put([event(b"a")], NOW)
        spool.put([event(b"b")], NOW + timedelta(hours=1))
        spool.settle([receipted(1)], GATEWAY, NOW)
        assert spool.oldest_waiting() == NOW + timedelta(hours=1)


def test_whoever_reads_slowly_keeps_nobody_from_writing(folder: Path) -> None:
    with Spool(folder) as spool, Spool(folder) as other:
        spool.put([event(b"%d" % n) for n in range(PAGE + 1)], NOW)
        reading = spool.entries([State.WAITING])
        next(reading)
        other.put([event(b"more")], NOW)
        assert 1 + sum(1 for _ in reading) == PAGE + 2


def test_one_sends_at_a_time_and_the_lock_ends_with_its_holder(folder: Path) -> None:
    Spool(folder).close()
    with only_sender(folder, 0) as first, only_sender(folder, 0) as second:
        assert (first, second) == (True, False)
    with only_sender(folder, 0) as third:
        assert third


def test_a_spool_of_a_newer_version_is_left_alone(folder: Path) -> None:
    Spool(folder).close()
    db = sqlite3.connect(folder / FILE)
    db.execute("PRAGMA user_version = 2")
    db.close()
    with pytest.raises(SpoolTooNewError, match="update this one"):
        Spool(folder)


def test_a_damaged_file_is_said_in_one_line(folder: Path) -> None:
    Spool(folder).close()
    (folder / FILE).write_bytes(b"no database at all" * 100)
    with pytest.raises(SpoolUnusableError, match="not a database"):
        Spool(folder)


def test_a_folder_that_cannot_be_made_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SpoolUnusableError, match="--spool"):
        Spool(tmp_path / "file" / "spool")
