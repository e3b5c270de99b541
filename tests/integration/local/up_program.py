"""A program as `truceline up` is one: brings up the folder and services named in its arguments.

Run by tests in a process of its own, so that signals reach it as they reach the real one:
`up_program FOLDER GIVEN_DATABASE GIVEN_KAFKA SERVICE_SCRIPT...`.
"""

import signal
import sys
from pathlib import Path

import psycopg

from services.local.errors import LocalError
from services.local.up import Plan, up

SHELL = "/bin/sh"


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def migrate(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS seen (id int)")


def main(folder: str, database_url: str, kafka_bootstrap: str, *scripts: str) -> int:
    # A shell lets what it starts behind itself ignore the one, nohup the other, and so the tests
    # that run in there.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    plan = Plan(
        migrate=migrate,
        create_topics=lambda bootstrap: say(f"topics on {bootstrap}"),
        services={f"s{n}": (SHELL, "-c", script) for n, script in enumerate(scripts, start=1)},
    )
    try:
        up(
            Path(folder),
            plan,
            say=say,
            database_url=database_url or None,
            kafka_bootstrap=kafka_bootstrap or None,
        )
    except LocalError as e:
        say(f"error: {e}")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
