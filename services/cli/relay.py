"""`truceline relay`: one relay, by hand or in a container."""

from __future__ import annotations

import rich_click as click

from services.cli.output import json_option


@click.command(epilog="Example: truceline relay")
@json_option
def relay(*, as_json: bool) -> None:
    """Run one relay, until SIGTERM.

    It sends what the gateway has stored into Kafka, in order within a source. One is enough,
    `truceline up` starts it; a second one shares the work and takes over when the first one dies.
    Its log is JSON lines on standard error, with or without --json. The exit code is 78 where a
    person has to change something before it can run.
    """
    del as_json
    from services.relay.__main__ import main  # noqa: PLC0415  the Kafka client is for who runs it

    main()
