"""Ask Kafka whether it answers as clients need it: its group coordinator found, not just a port."""

import logging
import socket
from typing import Final

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

CONNECT_S: Final = 0.5
ANSWER_MS: Final = 5_000
NOBODYS_GROUP: Final = "truceline-probe"  # asked for, never joined: nothing of it is kept


def answers(host: str, port: int) -> bool:
    """Whether the broker at `host:port` finds the coordinator of a group, asked once."""
    try:
        socket.create_connection((host, port), timeout=CONNECT_S).close()
    except OSError:  # not listening yet; the caller asks again until its own deadline
        return False
    quiet = logging.getLogger("kafka")
    level = quiet.level
    quiet.setLevel(logging.CRITICAL)  # it reports each refusal of a broker that is starting
    try:
        return _finds_coordinator(f"{host}:{port}")
    finally:
        quiet.setLevel(level)


def _finds_coordinator(bootstrap: str) -> bool:
    try:
        admin = KafkaAdminClient(
            bootstrap_servers=bootstrap,
            request_timeout_ms=ANSWER_MS,
            client_id="truceline-probe",
        )
    except KafkaError:  # not ready; the caller asks again until its own deadline
        return False
    try:
        admin.describe_groups([NOBODYS_GROUP])
    except KafkaError:  # the coordinator is not there yet; as above
        return False
    finally:
        admin.close()
    return True
