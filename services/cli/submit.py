"""`truceline submit`: reports and corridor statuses to the gateway, by way of the spool."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from services.cli.output import json_option
from services.cli.sending import (
    PATIENCE_S,
    plain_http_option,
    spool_option,
    timeout_option,
)
from services.cli.submit_gateway import Wish, submit_to_gateway
from services.event_files import is_table
from services.keyring import LOCAL_KEY


@click.command(epilog="Example: truceline submit observations.csv --mission osce-smm")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--mission", default="", help="Whose observations the rows of an SMM-shaped CSV are.")
@click.option("--unchecked", is_flag=True, help="Send also what would be refused.")
@click.option(
    "--wait/--no-wait",
    default=True,
    show_default=True,
    help="Wait for receipts, or put the events into the spool alone.",
)
@timeout_option
@plain_http_option
@spool_option
@click.option("--kafka", is_flag=True, help="For operators: straight into Kafka, tagged.")
@click.option(
    "--key",
    "key_id",
    help=f"With --kafka: key to tag or sign with.  [default: {LOCAL_KEY}; to sign: none]",
)
@click.option(
    "--sign",
    "private",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With --kafka and --key: the source's private key; signs in place of the tag.",
)
@json_option
def submit(  # noqa: PLR0913, PLR0917  its options
    files: tuple[Path, ...],
    mission: str,
    key_id: str | None,
    private: Path | None,
    timeout_s: float,
    spool_folder: Path | None,
    *,
    unchecked: bool,
    wait: bool,
    plain_http: bool,
    kafka: bool,
    as_json: bool,
) -> None:
    """Send FILES of reports and corridor statuses to the gateway.

    FILES are NDJSON, JSON, or CSV of the SMM shape. Each event is looked at first; one that would
    be refused is named and not sent. The others are put on this machine's disk, then sent, and
    kept there with the gateway's receipts. The same event again counts once.

    Exit code 1: events were refused, or the gateway knew another version of one. 3: events wait;
    they are safe in the spool, and `truceline spool retry` goes on.

    With --json one object: "events", "receipted", "conflict", "refused", "waiting", "elsewhere",
    "trouble", "gateway", "spool", "verified", "refusals". With --kafka as well: a line {"file",
    "line", "refused", "message", "sent"} for each that would be refused, then {"sent", "refused",
    "tagged"}.
    """
    if not mission and any(is_table(path) for path in files):
        raise click.UsageError("a table does not say whose observations it holds: give --mission")
    if (key_id is not None or private is not None) and not kafka:
        raise click.UsageError("--key and --sign are for what goes into Kafka: give --kafka too")
    if private is not None and key_id is None:
        raise click.UsageError("--sign: name the key with --key, as the agreement calls it")
    if kafka:
        if not wait or plain_http or spool_folder is not None or timeout_s != PATIENCE_S:
            raise click.UsageError("--kafka goes past spool and gateway: leave out their options")
        from services.cli.submit_kafka import By, submit_to_kafka  # noqa: PLC0415  Kafka takes its time

        by = By(key_id, private)
        submit_to_kafka(files, mission, by, unchecked=unchecked, as_json=as_json)
        return
    wish = Wish(mission, spool_folder, timeout_s, unchecked, wait, plain_http)
    submit_to_gateway(files, wish, as_json=as_json)
