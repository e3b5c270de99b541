"""Our programs as processes of their own, told where PostgreSQL and Kafka are."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from services.local.endpoints import DATABASE_VARIABLE, KAFKA_VARIABLE


def _environment(url: str, bootstrap: str) -> dict[str, str]:
    return {**os.environ, DATABASE_VARIABLE: url, KAFKA_VARIABLE: bootstrap}


@contextmanager
def running(module: str, url: str, bootstrap: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program, killed in the end."""
    process = subprocess.Popen([sys.executable, "-m", module], env=_environment(url, bootstrap))
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def ended_without_database(module: str, bootstrap: str) -> subprocess.CompletedProcess[bytes]:
    """A program that is told an address where there can be no PostgreSQL."""
    return subprocess.run(
        [sys.executable, "-m", module],
        env=_environment("mysql://x", bootstrap),
        capture_output=True,
        check=False,
        timeout=60,
    )
