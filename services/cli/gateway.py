"""`truceline gateway`: one gateway, by hand or in a container."""

from __future__ import annotations

import rich_click as click

from services.cli.output import json_option


@click.command(epilog="Example: truceline gateway")
@json_option
def gateway(*, as_json: bool) -> None:
    """Run one gateway, until SIGTERM.

    It takes reports and corridor statuses over HTTP and gives signed receipts. It listens on
    TRUCELINE_GATEWAY_LISTEN, by default on this machine alone (127.0.0.1:8470); for other machines
    put a proxy with TLS in front. `truceline up` starts one. Its log is JSON lines on standard
    error, with or without --json. The exit code is 78 where a person has to change something
    before it can run.
    """
    del as_json
    from services.gateway.__main__ import main  # noqa: PLC0415  the server is for who runs it

    main()
