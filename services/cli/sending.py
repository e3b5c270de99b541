"""What `submit` and `spool retry` share: their options, and sending what waits in a spool."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final, TypeVar

import rich_click as click
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from services.client.address import check_gateway_url
from services.client.deliver import Deliverer, Delivery, Pace
from services.client.errors import ClientError
from services.client.post import HttpGateway
from services.client.token import read_token
from services.receipts.key_folder import PUBLIC_FILE
from services.receipts.verify import verifier
from services.settings import Settings
from services.spool.folder import only_sender
from services.spool.spool import Spool

PATIENCE_S: Final = 30.0
F = TypeVar("F", bound=Callable[..., Any])


def spool_option(command: F) -> F:
    """`--spool FOLDER`."""
    return click.option(
        "--spool",
        "spool_folder",
        type=click.Path(file_okay=False, path_type=Path),
        help="Folder of the spool.  [default: `spool` in the data folder]",
    )(command)


def timeout_option(command: F) -> F:
    """`--timeout SECONDS`."""
    return click.option(
        "--timeout",
        "timeout_s",
        type=click.FloatRange(min=1.0),
        default=PATIENCE_S,
        show_default=True,
        help="Seconds in which something has to come through, before it gives up for now.",
    )(command)


def plain_http_option(command: F) -> F:
    """`--plain-http`."""
    return click.option(
        "--plain-http",
        is_flag=True,
        help="Let http leave this machine: only where the way itself is protected.",
    )(command)


def send(spool: Spool, settings: Settings, timeout_s: float, *, plain_http: bool) -> Delivery:
    """Send what waits; what stands in the way is in the result, since the events are safe."""
    waiting = spool.counts().waiting
    if not waiting:
        return Delivery()
    try:
        address = check_gateway_url(settings.gateway_url, allow_plain=plain_http)
        token = read_token(settings.token_file)
    except ClientError as error:
        return Delivery(str(error), stopped=True)  # stop: a person has to mend it, then retry
    with only_sender(spool.folder, timeout_s) as alone:
        if not alone:
            return Delivery("another process sends from this spool")
        with closing(HttpGateway(address, token)) as gateway, progress() as bar:
            task = bar.add_task("receipts", total=waiting)
            return Deliverer(
                spool,
                gateway,
                verifier(settings.receipt_keys / PUBLIC_FILE),
                Pace(timeout_s),
                lambda count: bar.advance(task, count),
            ).deliver()


def can_verify(settings: Settings) -> bool:
    """Whether there is a public key file to check receipts against."""
    return (settings.receipt_keys / PUBLIC_FILE).exists()


def gateway_of(settings: Settings, *, plain_http: bool) -> str | None:
    """The gateway's address, or None where it is not taken: such a one may hold a password."""
    try:
        return check_gateway_url(settings.gateway_url, allow_plain=plain_http)
    except ClientError:
        return None  # `send` says what is wrong with it


def progress() -> Progress:
    """A counter on standard error, where that is a terminal."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn())
    err = Console(stderr=True)
    return Progress(*columns, console=err, transient=True, disable=not err.is_terminal)


def say_waiting(count: int, spool: Spool, delivery: Delivery) -> None:
    """Tell a person that nothing is lost, and how to go on."""
    asked = f", and asks to wait {delivery.asked_s:.0f} s" if delivery.asked_s else ""
    click.echo(f"{delivery.trouble or 'not sent yet'}{asked}", err=True)
    click.echo(
        f"{count} events are safe in the spool {spool.folder}: go on with `truceline spool retry`",
        err=True,
    )
