"""`truceline topics`: the Kafka topics, on a Kafka of one's own."""

from __future__ import annotations

import rich_click as click

from services.cli.output import json_option, print_json
from services.settings import load_settings
from streams.topics import DEFAULT_PARTITIONS
from streams.topics import topics as wanted


@click.command(epilog="Example: truceline topics --partitions 16")
@click.option(
    "--partitions",
    type=click.IntRange(1, 1024),
    default=DEFAULT_PARTITIONS,
    show_default=True,
    help="How many workers can share the load, at most. Chosen once: it cannot be lowered.",
)
@json_option
def topics(partitions: int, *, as_json: bool) -> None:
    """Make the Kafka topics that are not there; those that are stay as they are.

    `truceline up` does it by itself. With --json one line {"topics": [...]}.
    """
    from services.make_topics import make_topics  # noqa: PLC0415  the Kafka client takes its time

    make_topics(load_settings().kafka(), partitions)
    names = [topic.name.value for topic in wanted(partitions)]
    if as_json:
        print_json({"topics": names})
    else:
        click.echo(f"the topics are there: {', '.join(names)}")
