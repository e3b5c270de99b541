"""`truceline timer`: one timer, by hand or in a container."""

from __future__ import annotations

import rich_click as click

from services.cli.output import json_option


@click.command(epilog="Example: truceline timer")
@json_option
def timer(*, as_json: bool) -> None:
    """Run one timer, until SIGTERM.

    It writes a row for each instant at which something falls due: a deadline passes, a truce begins
    or lapses, a corridor grows stale. One is enough, `truceline up` starts it; several do no harm.
    Its log is JSON lines on standard error, with or without --json. The exit code is 78 where a
    person has to change something before it can run.
    """
    del as_json
    from services.timer.__main__ import main  # noqa: PLC0415  the Kafka client is for who runs it

    main()
