"""Kafka's two ports on the loopback interface: chosen at the first start, kept afterwards.

They are taken below the range from which the system picks ports for outgoing connections: a port
from that range can be somebody's by the next start, even that of a client that tries to reach the
very engine that is down.
"""

import json
import random
import socket
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from services.local.errors import PortOccupiedError

LOOPBACK: Final = "127.0.0.1"
LOWEST: Final = 10_240
DEFAULT_PORT: Final = 8_470
"""The gateway's, where nobody says otherwise and nobody has it."""
RANGE_FILE: Final = Path("/proc/sys/net/ipv4/ip_local_port_range")


@dataclass(frozen=True, slots=True)
class Ports:
    """Where clients reach the broker, and where broker and controller meet."""

    broker: int
    controller: int


def settle_ports(kept: Path, broker: int | None) -> Ports:
    """Return the ports written in `kept`, choosing and writing them first where there are none.

    A `broker` port that is named wins. Raises PortOccupiedError when one of them is taken.
    """
    known = _read(kept)
    ports = Ports(
        broker=broker or (known.broker if known else _choose()),
        controller=known.controller if known else _choose(),
    )
    for port in (ports.broker, ports.controller):
        if not _is_free(port):
            raise PortOccupiedError("Kafka", port)
    kept.write_text(json.dumps(asdict(ports)) + "\n", encoding="utf-8")
    return ports


def settle_gateway(kept: Path) -> int:
    """Return the gateway's port written in `kept`; at first the default one, where it is free.

    Raises PortOccupiedError when the one that was settled is taken.
    """
    try:
        port = int(kept.read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):  # none, or torn by a crash: choose anew
        port = DEFAULT_PORT if _is_free(DEFAULT_PORT) else _choose()
        kept.write_text(f"{port}\n", encoding="ascii")
    if not _is_free(port):
        raise PortOccupiedError("the gateway", port)
    return port


def _read(kept: Path) -> Ports | None:
    try:
        return Ports(**json.loads(kept.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):  # none, or torn by a crash: choose anew
        return None


def _choose() -> int:
    top = int(RANGE_FILE.read_text(encoding="ascii").split()[0]) if RANGE_FILE.exists() else 32_768
    candidates = range(LOWEST, max(top, LOWEST + 1_000))
    for port in random.sample(candidates, 200):
        if _is_free(port):
            return port
    raise PortOccupiedError("Kafka", candidates[0])


def _is_free(port: int) -> bool:
    """Whether a server could listen there: connections of a past one in TIME_WAIT do not count."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:  # taken, or not ours to take: either way not for this engine
            return False
    return True
