"""`truceline schema`: the wire's vocabulary for other programs."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import rich_click as click

from services.cli.output import json_option
from streams.schema import asyncapi, json_schema


@click.command(epilog="Example: truceline schema --asyncapi --out asyncapi.json")
@click.option("--asyncapi", "as_asyncapi", is_flag=True, help="AsyncAPI 3 instead of JSON Schema.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="A file instead of standard output.",
)
@json_option
def schema(*, as_asyncapi: bool, out: Path | None, as_json: bool) -> None:
    """Write the JSON Schema of reports and statuses, or the AsyncAPI document.

    It is JSON in any case (JSON Schema 2020-12, AsyncAPI 3); with --json all on one line.
    """
    document = asyncapi() if as_asyncapi else json_schema()
    text = json.dumps(document, indent=None if as_json else 2) + "\n"
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8")
