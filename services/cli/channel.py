"""`truceline channel`: what mission and parties ask and tell each other."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

import msgspec
import rich_click as click

from services.channel import ChannelAsked, MessageTold, list_messages
from services.cli.bringing import CHANNEL, FILE, Author, Way, author_options, way_options
from services.cli.output import INSTANT, json_option, print_json, print_table
from services.errors import AnswerIsNoError
from services.settings import load_settings
from services.store.engine import connect
from streams.channel.messages import FORMAT, Dissent, Message, Notice, Reply, Request

UNDER: Final = "--under osce-smm/donetsk-luhansk-illustrative"
_HASH: Final = "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c"


class NoSuchMessageError(AnswerIsNoError):
    """No message can be made of what was given."""


@click.group(epilog="Example: truceline channel list --overdue")
def channel() -> None:
    """Write and read the joint channel: requests, replies, dissents, notices.

    list reads the database; what is written goes to the gateway, under the writer's token. Nothing
    here changes a finding.
    """


@channel.command(name="list", epilog="Example: truceline channel list --overdue")
@click.option("--mission", help="Mission id.")
@click.option("--agreement", help="Agreement id.")
@click.option("--about", help="A case.")
@click.option("--overdue", is_flag=True, help="Only requests to which somebody owes an answer.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@json_option
def list_(  # noqa: PLR0913 (each is one thing that may be asked for)
    mission: str | None,
    agreement: str | None,
    about: str | None,
    overdue: bool,
    limit: int,
    *,
    as_json: bool,
) -> None:
    """List messages, the newest first.

    With --json a message a line: "mission", "agreement", "message", "sha256", "kind", "author",
    "source", "to", "at", "received_at", "answers", "about", "deadline", "owed", "text".
    """
    asked = ChannelAsked(datetime.now(UTC), mission, agreement, about, overdue)
    with connect(load_settings().database()) as conn:
        found = [it.told for it in islice(list_messages(conn, asked), limit)]
    if as_json:
        for told in found:
            print_json(msgspec.to_builtins(told))
        return
    print_table(
        "Joint channel",
        ("Message!", "Kind", "From, to", "Received!", "Owed", "Text"),
        [_row(told) for told in found],
        note="Overdue is no finding.",
    )


def _row(told: MessageTold) -> tuple[object, ...]:
    owed = tuple(
        f"{it.party}: {'overdue' if it.overdue_since else 'answered' if it.answer else 'awaited'}"
        for it in told.owed
    )
    return told.message, told.kind, (told.author, *told.to), told.received_at, owed, told.text


def _bring(kind: type[Message], under: str, source: str, way: Way, **said: Any) -> None:  # noqa: ANN401
    fields = Author(under, source).fields()
    try:
        plain = msgspec.to_builtins({"format": FORMAT, **fields, **said})
        message = msgspec.convert({**plain, "message": kind.__struct_config__.tag}, kind)
    except msgspec.ValidationError as error:
        raise NoSuchMessageError(f"no message can be made of this: {error}") from error
    way.bring(CHANNEL, msgspec.json.encode(message, order="deterministic"))


_TEXT: Final = click.option("--text", required=True, help="Word for word, as it is shown.")
_TO: Final = click.option("--to", multiple=True, help="A party; repeatable. None: the mission.")
_ABOUT: Final = click.option("--about", help="A case.")


@channel.command(
    epilog=(
        "Example: truceline channel request --to ua --deadline 2018-09-08T11:00+03:00"
        f" --text 'Which units?' {UNDER} --as office"
    )
)
@_TO
@click.option("--deadline", type=INSTANT, help="Who has not answered by then is overdue.")
@_ABOUT
@_TEXT
@author_options
@way_options
def request(  # noqa: PLR0913 (what a request says)
    *,
    to: tuple[str, ...],
    deadline: datetime | None,
    about: str | None,
    text: str,
    under: str,
    source: str,
    **way: Any,  # noqa: ANN401 (`Way`)
) -> None:
    """Ask parties, or the mission, for an answer."""
    given = {"deadline": deadline, "about": about}
    said = {name: value for name, value in given.items() if value is not None}
    _bring(Request, under, source, Way(**way), to=to, text=text, **said)


@channel.command(
    epilog=f"Example: truceline channel reply {_HASH} --text 'None.' {UNDER} --as ua-liaison"
)
@click.argument("message", metavar="SHA256")
@_TEXT
@click.option("--dissent", "dissents", is_flag=True, help="Disagree with it.")
@author_options
@way_options
def reply(
    *,
    message: str,
    text: str,
    dissents: bool,
    under: str,
    source: str,
    **way: Any,  # noqa: ANN401 (`Way`)
) -> None:
    """Answer the request of this hash, or disagree with the message of this hash."""
    if dissents:
        _bring(Dissent, under, source, Way(**way), text=text, **{"with": message})
    else:
        _bring(Reply, under, source, Way(**way), text=text, request=message)


@channel.command(epilog=f"Example: truceline channel notice --text 'Noted.' {UNDER} --as office")
@_TO
@_ABOUT
@_TEXT
@author_options
@way_options
def notice(
    *,
    to: tuple[str, ...],
    about: str | None,
    text: str,
    under: str,
    source: str,
    **way: Any,  # noqa: ANN401 (`Way`)
) -> None:
    """Tell parties, or the mission, something that nobody has to answer."""
    said = {} if about is None else {"about": about}
    _bring(Notice, under, source, Way(**way), to=to, text=text, **said)


@channel.command(name="file", epilog="Example: truceline channel file request.json")
@click.argument("file", type=FILE)
@way_options
def file_(*, file: Path, **way: Any) -> None:  # noqa: ANN401 (`Way`)
    """Bring the message in FILE, byte for byte, as --write or another program made it."""
    Way(**way).bring(CHANNEL, file.read_bytes())
