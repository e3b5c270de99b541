"""`up` as a process: what it says, what it keeps running, how it ends."""

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from services.local.endpoints import read_endpoints
from services.local.engines import Engines
from services.local.orphans import find_processes

SERVE = "trap 'exit 0' TERM; while true; do sleep 0.05; done"
UP_S = 60.0


class Up:
    """A running `up`, and what it said so far."""

    def __init__(self, folder: Path, database_url: str, bootstrap: str, *scripts: str) -> None:
        self.folder = folder
        self.output = Path(tempfile.mkstemp(prefix="truceline-up-")[1])
        with self.output.open("w") as out:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "tests.integration.local.up_program"),
                    *(str(folder), database_url, bootstrap, *scripts),
                ],
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    def said(self) -> str:
        return self.output.read_text()

    def wait_for(self, what: str) -> None:
        deadline = time.monotonic() + UP_S
        while what not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.02)

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        return self.process.wait(timeout=60)


Begin = Callable[..., Up]


@pytest.fixture
def place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="truceline-test-", ignore_cleanup_errors=True) as made:
        yield Path(made)


@pytest.fixture
def begin(place: Path, engines: Engines, database_url: str) -> Iterator[Begin]:
    """Start an `up`: on the session's engines, or (own=True) on engines that it starts."""
    started: list[Up] = []

    def make(*scripts: str, own: bool = False) -> Up:
        given = ("", "") if own else (database_url, engines.kafka.bootstrap)
        started.append(Up(place, *given, *scripts))
        return started[-1]

    yield make
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()
        one.output.unlink()


def first_line_of(log: Path) -> str:
    deadline = time.monotonic() + 10
    while "\n" not in log.read_text() and time.monotonic() < deadline:
        time.sleep(0.02)
    return log.read_text().splitlines()[0]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_up_says_where_everything_is_and_stops_cleanly(
    begin: Begin, database_url: str, engines: Engines, how: signal.Signals
) -> None:
    running = begin(f"echo $$; {SERVE}")
    running.wait_for("Ctrl-C stops everything")
    service_pid = first_line_of(running.folder / "logs" / "s1.log")
    found = read_endpoints(running.folder)
    assert found is not None
    assert found.database_url == database_url
    assert running.end(how) == 0
    said = running.said()
    for part in (
        str(running.folder),
        database_url,
        engines.kafka.bootstrap,
        f"topics on {engines.kafka.bootstrap}",
        "s1",
        "stopped",
    ):
        assert part in said
    assert read_endpoints(running.folder) is None
    assert not Path(f"/proc/{service_pid}").exists()


def test_being_told_to_stop_while_starting_leaves_nothing_running(begin: Begin) -> None:
    starting = begin(own=True)
    deadline = time.monotonic() + 10
    data = starting.folder / "postgres"
    while not find_processes("postgres", data) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert starting.end(signal.SIGTERM) == 0
    assert starting.said() == "stopped\n"
    assert find_processes("postgres", data) == []
    assert find_processes("java", starting.folder / "kafka") == []
    assert find_processes("java", starting.folder / "kafka.new") == []


def test_a_service_that_dies_is_told_in_one_line_and_started_again(begin: Begin) -> None:
    running = begin("echo ERROR: cannot read the map; exit 5", SERVE)
    running.wait_for("s1 ended with code 5: ERROR: cannot read the map; starting it again in 1 s")
    assert "s2 " not in running.said().partition("Ctrl-C")[2]
    assert running.end(signal.SIGTERM) == 0


def test_services_are_told_where_the_engines_are(begin: Begin, database_url: str) -> None:
    running = begin('echo "at $TRUCELINE_DATABASE_URL and $TRUCELINE_KAFKA_BOOTSTRAP"; ' + SERVE)
    running.wait_for("Ctrl-C stops everything")
    line = first_line_of(running.folder / "logs" / "s1.log")
    assert line.startswith(f"at {database_url} and 127.0.0.1:")
    running.end(signal.SIGTERM)


def test_a_second_up_on_the_folder_is_refused_with_one_line(begin: Begin) -> None:
    first = begin(SERVE)
    first.wait_for("Ctrl-C stops everything")
    second = begin(SERVE)
    assert second.process.wait(timeout=30) == 3
    assert f"in use by another truceline (process {first.process.pid})" in second.said()
    assert read_endpoints(first.folder) is not None
    assert first.end(signal.SIGTERM) == 0


def test_after_sigkill_of_up_itself_the_next_one_goes_on_with_the_data(begin: Begin) -> None:
    first = begin(own=True)
    first.wait_for("Ctrl-C stops everything")
    where = read_endpoints(first.folder)
    assert where is not None
    with psycopg.connect(where.database_url) as connection:
        connection.execute("INSERT INTO seen VALUES (1)")
    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    second = begin(own=True)
    second.wait_for("Ctrl-C stops everything")
    assert read_endpoints(second.folder) == where
    with psycopg.connect(where.database_url) as connection:
        assert connection.execute("SELECT count(*) FROM seen").fetchone() == (1,)
    _an_engine_that_is_killed_runs_again(second, where.database_url)
    assert second.end(signal.SIGTERM) == 0
    assert find_processes("postgres", second.folder / "postgres") == []
    assert find_processes("java", second.folder / "kafka") == []


def _an_engine_that_is_killed_runs_again(running: Up, database_url: str) -> None:
    pid = int((running.folder / "postgres" / "postmaster.pid").read_text().split()[0])
    subprocess.run(["kill", "-9", str(pid)], check=True)
    running.wait_for("PostgreSQL was killed (SIGKILL)")
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(database_url).close()
        except psycopg.OperationalError:
            assert time.monotonic() < deadline, running.said()
            time.sleep(0.05)
        else:
            return
