"""`truceline worker`: one worker, by hand or in a container."""

from __future__ import annotations

import rich_click as click

from services.cli.output import json_option


@click.command(epilog="Example: truceline worker")
@json_option
def worker(*, as_json: bool) -> None:
    """Run one worker, until SIGTERM.

    It takes reports and statuses from Kafka and commits what comes of them; start as many as
    there are cores, `truceline up` starts two. Its log is JSON lines on standard error, with or
    without --json. The exit code is 78 where a person has to change something before it can run.
    """
    del as_json
    from services.worker.__main__ import main  # noqa: PLC0415  Faust is for those who run it

    main()
