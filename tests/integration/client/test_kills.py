"""SIGKILL at random moments: what the spool said it has is there, and nothing counts twice."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from services.spool.entries import Counts, Event, Kind, State
from services.spool.folder import FILE
from services.spool.spool import Spool
from tests.integration.client.gateway import Mood, check, gateway
from tests.integration.client.sender import raw_of

KILLS = 8
SENDER = "tests.integration.client.sender"


def started(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", SENDER, *words], stdout=subprocess.PIPE, text=True
    )


def killed(process: subprocess.Popen[str]) -> list[int]:
    process.kill()
    out, _ = process.communicate()
    # The last line may be cut off: it was not said.
    return [int(line) for line in out.splitlines(keepends=True) if line.endswith("\n")]


def test_what_was_put_survives_every_kill(tmp_path: Path) -> None:
    chance, said = random.Random(4), 0
    for _ in range(KILLS):
        process = started("put", str(tmp_path / "spool"), str(said))
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(chance.uniform(0, 0.15))
        numbers = [int(first), *killed(process)]
        said = numbers[-1] + 1
        with Spool(tmp_path / "spool") as spool:
            there = [entry.event.raw for entry in spool.entries(list(State))]
            # One more may be there: it was committed, and killed before it was said.
            assert there[:said] == [raw_of(n) for n in range(said)]
            assert len(there) <= said + 1
        with sqlite3.connect(tmp_path / "spool" / FILE) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        db.close()


def test_a_sender_that_is_killed_again_and_again_loses_nothing_and_doubles_nothing(
    tmp_path: Path,
) -> None:
    raws = [raw_of(n) for n in range(600)]
    chance = random.Random(5)
    moods = [Mood.WELL, Mood.KEPT_THEN_RESET, Mood.KEPT_THEN_HALF, Mood.FORGETS, Mood.RESET]
    folder = tmp_path / "spool"
    with Spool(folder) as spool:
        spool.put([Event(raw, Kind.REPORT) for raw in raws], datetime.now(UTC))
    with gateway(lambda: chance.choice(moods)) as (address, kept):
        landed = 0
        for _ in range(KILLS):
            process = started("send", str(folder), address)
            before = kept.asked.total()
            while kept.asked.total() == before and process.poll() is None:
                time.sleep(0.005)
            time.sleep(chance.uniform(0, 0.03))
            landed += process.poll() is None
            killed(process)
            assert_the_spool_claims_nothing_that_the_gateway_lacks(folder, set(kept.raws))
        assert landed, "no kill hit a sender at work"
        assert started("send", str(folder), address).wait(timeout=60) == 0
        assert sorted(kept.raws) == sorted(raws)
        assert all(len(versions) == 1 for versions in kept.versions.values())
    with Spool(folder) as spool:
        assert spool.counts() == Counts(receipted=len(raws))


def assert_the_spool_claims_nothing_that_the_gateway_lacks(folder: Path, there: set[bytes]) -> None:
    with Spool(folder) as spool:
        for entry in spool.entries([State.RECEIPTED, State.CONFLICT]):
            assert entry.receipt is not None
            assert check(entry.receipt.receipt, entry.receipt.signature) is None
            assert entry.event.raw in there
