"""`truceline rejected`: what was refused, and why."""

from __future__ import annotations

from datetime import datetime

import rich_click as click

from services.cli.output import INSTANT, json_option, print_json, print_table, require_order
from services.settings import load_settings
from services.store.engine import connect
from services.store.queries.rejected import FoundRejected
from services.store.queries.rejected import rejected as find
from streams.decode import Reason
from streams.keys import Key

MESSAGE_LIMIT = 160


class PageType(click.ParamType):
    """Where the next page begins, as the page before said it."""

    name = "page"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[datetime, Key]:
        """Read the mark, or say where it comes from."""
        try:
            received, key = str(value).split("~", 1)
            return datetime.fromisoformat(received), Key.parse(key)
        except ValueError:
            self.fail(f"{value!r} is no page: copy it from the page before", param, ctx)


def mark(row: FoundRejected) -> str:
    """What to hand to `--after` for the page that follows."""
    return f"{row.received_at.isoformat()}~{row.key}"


@click.command(epilog="Example: truceline rejected --reason missing_utc_offset")
@click.option("--reason", type=click.Choice([reason.value for reason in Reason]), metavar="CODE")
@click.option("--mission", help="Mission id, where the event says it.")
@click.option("--since", type=INSTANT, help="Received at or after, with UTC offset.")
@click.option("--until", type=INSTANT, help="Received before.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@click.option("--after", type=PageType(), help="The page that follows, as the one before says it.")
@json_option
def rejected(  # noqa: PLR0913, PLR0917 (each is one thing an operator may ask for)
    reason: str | None,
    mission: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    after: tuple[datetime, Key] | None,
    *,
    as_json: bool,
) -> None:
    """List refused events, newest first.

    Their bytes are kept, under the SHA-256 that --json shows as "content_hash"; but of what may be
    about an exchange of people the SHA-256 and the reason alone ("size_bytes" is null). With --json
    an event a line; its "page" is what --after takes for those that follow it.
    """
    require_order(since, until)
    with connect(load_settings().database()) as conn:
        found = find(
            conn,
            reason=reason,
            mission=mission,
            since=since,
            until=until,
            limit=limit,
            after=after,
        )
    if as_json:
        for row in found:
            print_json({**row._asdict(), "page": mark(row)})
    else:
        print_rejected(found)
    if len(found) == limit:
        click.echo(f"the next page: --after {mark(found[-1])}", err=True)


def print_rejected(found: list[FoundRejected]) -> None:
    """Refused events as a table."""
    print_table(
        "Refused events",
        ("Received!", "Reason and message", "Event"),
        [
            (
                row.received_at,
                (row.reason, row.message[:MESSAGE_LIMIT]),
                (row.event_id or "no id", _size(row)),
            )
            for row in found
        ],
        note="Mend what the message says and submit again, under the same id.",
    )


def _size(row: FoundRejected) -> str:
    return "not kept" if row.size_bytes is None else f"{row.size_bytes:,} bytes"
