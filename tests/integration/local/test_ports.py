import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.local.errors import PortOccupiedError
from services.local.ports import LOOPBACK, RANGE_FILE, settle_ports


@pytest.fixture
def occupied() -> Iterator[int]:
    with socket.create_server((LOOPBACK, 0)) as server:
        yield server.getsockname()[1]


def test_ports_are_kept_from_start_to_start(tmp_path: Path) -> None:
    first = settle_ports(tmp_path / "ports", None)
    assert first.broker != first.controller
    assert settle_ports(tmp_path / "ports", None) == first


def test_ports_lie_below_those_of_outgoing_connections(tmp_path: Path) -> None:
    lowest_outgoing = int(RANGE_FILE.read_text().split()[0])
    for n in range(20):
        ports = settle_ports(tmp_path / f"ports{n}", None)
        assert max(ports.broker, ports.controller) < lowest_outgoing


def test_a_named_port_wins_and_is_kept(tmp_path: Path) -> None:
    kept = tmp_path / "ports"
    first = settle_ports(kept, None)
    free = first.controller - 1 if first.controller - 1 != first.broker else first.broker - 1
    assert settle_ports(kept, free).broker == free
    assert settle_ports(kept, None).broker == free


def test_an_occupied_port_is_named_and_not_kept(tmp_path: Path, occupied: int) -> None:
    with pytest.raises(PortOccupiedError, match=f"port {occupied} on 127.0.0.1"):
        settle_ports(tmp_path / "ports", occupied)
    assert not (tmp_path / "ports").exists()


def test_a_kept_port_that_was_taken_meanwhile_is_named(tmp_path: Path) -> None:
    kept = tmp_path / "ports"
    ports = settle_ports(kept, None)
    with (
        socket.create_server((LOOPBACK, ports.broker)),
        pytest.raises(PortOccupiedError, match="--kafka-port"),
    ):
        settle_ports(kept, None)


def test_ports_torn_by_a_crash_are_chosen_anew(tmp_path: Path) -> None:
    kept = tmp_path / "ports"
    kept.write_text('{"broker": 12')
    assert settle_ports(kept, None).broker > 0
