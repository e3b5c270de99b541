"""Logs: JSON lines, and one line of a flood."""

from __future__ import annotations

import json
import logging
import subprocess
import sys

import pytest

from services.logs import REPEAT_S, OnceInAWhile


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def record(line: int, file: str = "a.py") -> logging.LogRecord:
    return logging.LogRecord("name", logging.WARNING, file, line, "said", None, None)


def test_a_line_from_one_place_passes_once_in_a_while_and_says_how_often_it_was_held() -> None:
    clock = Clock()
    once = OnceInAWhile(clock)
    assert once.filter(record(1))
    assert not any(once.filter(record(1)) for _ in range(5))
    clock.now = REPEAT_S - 0.001
    assert not once.filter(record(1))
    clock.now = REPEAT_S
    again = record(1)
    assert once.filter(again)
    assert vars(again)["repeated"] == 6
    clock.now = 2 * REPEAT_S
    later = record(1)
    assert once.filter(later)
    assert vars(later)["repeated"] == 0


def test_other_places_are_not_held_back() -> None:
    once = OnceInAWhile(Clock())
    assert all(once.filter(record(line, file)) for line in (1, 2) for file in ("a.py", "b.py"))


PROGRAM = """
import logging, structlog
from services.logs import configure_logs
configure_logs()
log = logging.getLogger("kafka.client")
for number in range(3):
    log.warning("broker %s is away", number)
log.info("nobody needs this")
structlog.get_logger("services.worker").warning("retrying", attempt=2)
try:
    raise ValueError("with\\nlines")
except ValueError:
    logging.getLogger("faust").exception("failed")
"""


@pytest.fixture(name="lines", scope="module")
def _lines() -> list[dict[str, object]]:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert ran.stdout == ""
    return [json.loads(line) for line in ran.stderr.splitlines()]


def test_every_line_is_json_whoever_writes_it(lines: list[dict[str, object]]) -> None:
    assert [line["event"] for line in lines] == ["broker 0 is away", "retrying", "failed"]
    for line in lines:
        assert str(line["timestamp"]).endswith("Z")
        assert line["level"] in {"warning", "error"}
    assert (lines[0]["logger"], lines[1]["attempt"]) == ("kafka.client", 2)


def test_a_traceback_stays_on_its_line(lines: list[dict[str, object]]) -> None:
    assert "ValueError: with\nlines" in str(lines[2]["exception"])
