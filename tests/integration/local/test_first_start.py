"""First starts that cannot work: one clear line each, and nothing left running."""

import contextlib
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from services.local.engines import Engines
from services.local.errors import (
    EngineFailedError,
    FolderInUseError,
    FolderUnreachableError,
    JarsUnfetchedError,
    PortOccupiedError,
)
from services.local.orphans import find_processes
from services.local.ports import LOOPBACK
from services.local.postgres import API_ROLE

OWN_DATABASE = "postgresql://somewhere/else"
OWN_KAFKA = "127.0.0.1:9"


@pytest.fixture
def place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="truceline-test-") as made:
        yield Path(made)


def test_an_occupied_port_is_named_and_nothing_is_left_running(place: Path) -> None:
    with socket.create_server((LOOPBACK, 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(PortOccupiedError, match=f"port {port}"):
            Engines(place, kafka_port=port).start()
    assert find_processes("postgres", place / "postgres") == []
    assert find_processes("java", place / "kafka") == []


def test_without_a_network_the_first_start_says_so(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(variable, "http://127.0.0.1:1")  # nobody answers there
    monkeypatch.setenv("TRUCELINE_CACHE", str(place / "cache"))
    place.chmod(0o711)
    with pytest.raises(JarsUnfetchedError, match="45 of Apache Kafka's 45 jars") as caught:
        Engines(place / "data", given_database_url=OWN_DATABASE).start()
    assert "\n" not in str(caught.value)


def test_engines_of_ones_own_are_taken_as_given_and_none_is_started(place: Path) -> None:
    engines = Engines(place, given_database_url=OWN_DATABASE, given_kafka_bootstrap=OWN_KAFKA)
    with engines as endpoints:
        assert (endpoints.database_url, endpoints.kafka_bootstrap) == (OWN_DATABASE, OWN_KAFKA)
        assert endpoints.api_database_url is None  # whoever has the database says where
    assert not (place / "postgres").exists()
    assert not (place / "kafka").exists()


def test_the_gateways_address_may_be_given_beside_them(place: Path) -> None:
    engines = Engines(
        place,
        given_database_url=OWN_DATABASE,
        given_kafka_bootstrap=OWN_KAFKA,
        given_api_database_url="postgresql://api@somewhere/else",
    )
    with engines as endpoints:
        assert endpoints.api_database_url == "postgresql://api@somewhere/else"


def test_a_folder_in_use_is_refused_and_what_runs_on_it_goes_on(engines: Engines) -> None:
    running = (engines.postgres.pid, engines.kafka.pid)
    second = Engines(engines.folder.path)
    with pytest.raises(FolderInUseError, match=f"process {os.getpid()}"):
        second.start()
    second.stop()
    assert (engines.postgres.pid, engines.kafka.pid) == running


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's engines run as somebody else")
def test_a_folder_behind_a_closed_one_is_told_with_the_barrier(place: Path) -> None:
    with pytest.raises(FolderUnreachableError, match=rf"\({place} does not let it in\)"):
        Engines(place / "data")


def test_data_that_postgresql_refuses_is_told_with_its_own_words(place: Path) -> None:
    engines = Engines(place, given_kafka_bootstrap=OWN_KAFKA)
    with engines as endpoints, psycopg.connect(endpoints.api_database_url or "") as gateway:
        assert gateway.execute("SELECT current_user").fetchone() == (API_ROLE,)
    (place / "postgres" / "PG_VERSION").write_text("12\n")
    with pytest.raises(EngineFailedError, match=r"ended with code 1: .*FATAL") as caught:
        engines.start()
    assert "\n" not in str(caught.value)


def test_a_path_too_long_for_a_socket_works_all_the_same(place: Path) -> None:
    place.chmod(0o711)
    deep = place / ("very-long-name-" * 8) / "data's"
    deep.parent.mkdir()
    engines = Engines(deep, given_kafka_bootstrap=OWN_KAFKA)
    with engines as endpoints:
        socket_folder = Path(endpoints.database_url.partition("host=")[2])
        assert not socket_folder.is_relative_to(deep)
        assert socket_folder.stat().st_mode & 0o777 == 0o700
    with contextlib.suppress(FileNotFoundError):
        (socket_folder / ".s.PGSQL.5432.lock").unlink()
    socket_folder.rmdir()
