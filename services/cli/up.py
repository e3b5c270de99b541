"""`truceline up`: the engines, workers, relay, timer and gateway, on a data folder."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import rich_click as click

from services.cli.output import json_option, print_json
from services.keyring import make_keys, read_keys
from services.local.endpoints import API_DATABASE_VARIABLE, DATABASE_VARIABLE, KAFKA_VARIABLE
from services.local.folder import HOME_VARIABLE, default_folder
from services.local.up import GATEWAY, Plan
from services.local.up import up as bring_up
from services.make_topics import make_topics
from services.receipts.key_folder import make_receipt_keys
from services.settings import (
    KEYS_VARIABLE,
    RECEIPT_KEYS_VARIABLE,
    check_bootstrap,
    check_database_url,
)


def usual_workers(cores: int) -> int:
    """One for every two cores: the other half is for the engines, the relay and the gateway.

    A turn costs a worker, and Kafka and PostgreSQL for it, nearly the same for ten reports as for
    twenty. A second worker on two cores doubles that, for ever, and gains in a large backlog alone.
    """
    return max(1, cores // 2)


@click.command(epilog="Example: truceline up --workers 2")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help="Data folder. Default: TRUCELINE_HOME, else the user's own.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=lambda: usual_workers(len(os.sched_getaffinity(0))),
    show_default="one for every two cores",
)
@click.option("--kafka-port", type=click.IntRange(1, 65535), help="Default: one that is free.")
@json_option
def up(folder: Path | None, workers: int, kafka_port: int | None, *, as_json: bool) -> None:
    """Start PostgreSQL, Kafka, workers, relay, timer and gateway, and keep them up.

    Until Ctrl-C. A second `up` on the same folder goes on where the first stopped.
    TRUCELINE_DATABASE_URL and TRUCELINE_KAFKA_BOOTSTRAP name engines of your own, which are then
    not started. With --json a line {"event"} for each line that is said; the one that begins with
    "up" comes when all runs.
    """

    def say(line: str) -> None:
        if as_json:
            print_json({"event": line})
        else:
            click.echo(line)

    database_url, bootstrap, api_database_url = _given_engines()
    home = folder or default_folder()
    os.environ[HOME_VARIABLE] = str(home)  # the workers look for their keys there
    bring_up(
        home,
        plan_of(home, workers, gateway=database_url is None or api_database_url is not None),
        say=say,
        kafka_port=kafka_port,
        database_url=database_url,
        kafka_bootstrap=bootstrap,
        api_database_url=api_database_url,
    )


def _given_engines() -> tuple[str | None, str | None, str | None]:
    """The engines that the environment names, checked before anything is started."""
    if keys := os.environ.get(KEYS_VARIABLE):
        read_keys(Path(keys), required=True)
    url, bootstrap = os.environ.get(DATABASE_VARIABLE), os.environ.get(KAFKA_VARIABLE)
    api = os.environ.get(API_DATABASE_VARIABLE)
    return (
        check_database_url(url) if url else None,
        check_bootstrap(bootstrap) if bootstrap else None,
        check_database_url(api, API_DATABASE_VARIABLE) if api else None,
    )


def plan_of(home: Path, workers: int, *, gateway: bool = True) -> Plan:
    """What runs on the engines: migrations, topics, keys, workers, relay, timer, gateway."""

    def migrate(database_url: str) -> None:
        if not os.environ.get(KEYS_VARIABLE):
            make_keys(home / "keys" / "producers.toml")
        if not os.environ.get(RECEIPT_KEYS_VARIABLE):
            make_receipt_keys(home / "keys" / "receipts", datetime.now(UTC))
        from services.store.migrate import upgrade  # noqa: PLC0415  Alembic takes its time

        upgrade(database_url)

    worker = (sys.executable, "-m", "services.worker")
    return Plan(
        migrate=migrate,
        create_topics=make_topics,
        services={
            **{f"worker-{number}": worker for number in range(1, workers + 1)},
            "relay": (sys.executable, "-m", "services.relay"),
            "timer": (sys.executable, "-m", "services.timer"),
            # On a database of the user's own there is one where its role's address is given too.
            **({GATEWAY: (sys.executable, "-m", "services.gateway")} if gateway else {}),
        },
    )
