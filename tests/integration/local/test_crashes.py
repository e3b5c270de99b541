"""SIGKILL and what it leaves behind: committed rows and topics stay, the addresses too."""

import contextlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import NewTopic

from services.local.engines import Engines
from services.local.orphans import find_processes
from services.local.spawn import spawn


@pytest.fixture
def bystander(engines: Engines) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the engines' account that has nothing to do with them."""
    account = engines.folder.account
    process = spawn(["/bin/sleep", "60"], cwd=Path("/"), log=Path("/dev/null"), account=account)
    yield process
    process.kill()
    process.wait()


def make_topic(bootstrap: str) -> str:
    topic = f"kept-{uuid4().hex}"
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.create_topics([NewTopic(topic, num_partitions=2, replication_factor=1)])
    admin.close()
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    producer.send(topic, b"kept")
    producer.flush()
    producer.close()
    return topic


def topics(bootstrap: str) -> set[str]:
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    found = set(admin.list_topics())
    admin.close()
    return found


def test_after_sigkill_of_both_rows_topics_and_addresses_are_there(
    engines: Engines, database_url: str
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
    topic = make_topic(engines.kafka.bootstrap)
    before = (engines.postgres.url, engines.kafka.bootstrap)
    open_session = psycopg.connect(database_url)
    open_session.execute("INSERT INTO kept VALUES (0)")
    engines.postgres.kill()
    engines.kafka.kill()
    assert engines.postgres.pid is None
    assert engines.kafka.pid is None
    engines.postgres.start()
    engines.kafka.start()
    assert (engines.postgres.url, engines.kafka.bootstrap) == before
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT count(*), min(n) FROM kept").fetchone() == (1000, 1)
    assert topic in topics(engines.kafka.bootstrap)


def test_killing_postgresql_leaves_none_of_its_sessions(
    engines: Engines, database_url: str
) -> None:
    data = engines.folder.path / "postgres"
    with psycopg.connect(database_url):
        assert len(find_processes("postgres", data)) > 5
        engines.postgres.kill()
    assert find_processes("postgres", data) == []
    engines.postgres.start()


def test_a_pid_file_whose_number_passed_to_another_process_is_no_hindrance(
    engines: Engines, database_url: str, bystander: subprocess.Popen[bytes]
) -> None:
    data = engines.folder.path / "postgres"
    socket_lock = engines.folder.path / "socket" / ".s.PGSQL.5432.lock"
    for pid_file in (data / "postmaster.pid", socket_lock):
        engines.postgres.kill()
        lines = pid_file.read_text().splitlines(keepends=True)
        pid_file.write_text("".join([f"{bystander.pid}\n", *lines[1:]]))
        engines.postgres.start()
        with psycopg.connect(database_url) as connection:
            connection.execute("SELECT 1")
    assert bystander.poll() is None


def test_a_torn_pid_file_is_no_hindrance(engines: Engines, database_url: str) -> None:
    engines.postgres.kill()
    (engines.folder.path / "postgres" / "postmaster.pid").write_text("")
    engines.postgres.start()
    with psycopg.connect(database_url) as connection:
        connection.execute("SELECT 1")


def test_starting_over_a_running_server_ends_it_and_goes_on(
    engines: Engines, database_url: str
) -> None:
    old = engines.postgres.pid
    engines.postgres.start()
    assert engines.postgres.pid != old
    with psycopg.connect(database_url) as connection:
        connection.execute("SELECT 1")


def test_stopping_is_clean_and_quick(engines: Engines, database_url: str) -> None:
    data = engines.folder.path
    with contextlib.closing(psycopg.connect(database_url)):
        began = time.monotonic()
        engines.postgres.stop()
        engines.kafka.stop()
        took = time.monotonic() - began
    pid_file_left = (data / "postgres/postmaster.pid").exists()
    marked_clean = (data / "kafka/.kafka_cleanshutdown").exists()
    engines.postgres.start()
    engines.kafka.start()
    assert took < 15
    assert marked_clean
    assert not pid_file_left


def test_postgresql_has_no_door_but_its_socket(engines: Engines) -> None:
    with psycopg.connect(engines.postgres.admin_url) as admin:
        assert admin.execute("SHOW listen_addresses").fetchone() == ("",)
        assert admin.execute("SHOW unix_socket_permissions").fetchone() == ("0700",)
    assert (engines.folder.path / "socket").stat().st_mode & 0o777 == 0o700
