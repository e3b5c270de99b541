"""`truceline submit` as everybody uses it: files → spool → gateway → receipts."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

import rich_click as click

from services.cli.output import EXIT_CANNOT, EXIT_NO, print_json, printable
from services.cli.sending import can_verify, gateway_of, progress, say_waiting, send
from services.client.deliver import Delivery
from services.settings import load_settings
from services.spool.entries import Counts, State
from services.spool.fill import Bad, Filler
from services.spool.spool import Spool

SAID_AT_MOST: Final = 20
"""Refused events that are named for a person; a wrong file may hold a million."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asks for."""

    mission: str
    spool: Path | None
    timeout_s: float
    unchecked: bool
    wait: bool
    plain_http: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the events of this call."""

    counts: Counts
    bad: tuple[Bad, ...]
    elsewhere: int
    delivery: Delivery

    @property
    def refused(self) -> int:
        """Refused here or by the gateway."""
        return len(self.bad)

    def exit_code(self, *, wait: bool) -> int:
        """By README's table; that something waits comes first."""
        if self.counts.waiting and wait:
            return EXIT_CANNOT
        return EXIT_NO if self.refused or self.counts.conflict or self.elsewhere else 0


def submit_to_gateway(files: tuple[Path, ...], wish: Wish, *, as_json: bool) -> None:
    """Put everything into the spool, send what waits there, say what became of it."""
    settings = load_settings()
    run = uuid4().hex
    with Spool((wish.spool or settings.spool).expanduser()) as spool:
        filler = _fill(spool, files, run, wish)
        delivery = Delivery()
        if wish.wait:
            delivery = send(spool, settings, wish.timeout_s, plain_http=wish.plain_http)
        counts = spool.counts(run)
        gateway = gateway_of(settings, plain_http=wish.plain_http)
        outcome = Outcome(
            counts,
            (*filler.bad, *_refused(spool, run)),
            spool.elsewhere(run, gateway) if gateway else 0,
            delivery if counts.waiting else Delivery(),
        )
        if as_json:
            _print(outcome, gateway, spool.folder)
        else:
            _say(outcome, spool, wait=wish.wait)
    sys.exit(outcome.exit_code(wait=wish.wait))


def _fill(spool: Spool, files: tuple[Path, ...], run: str, wish: Wish) -> Filler:
    filler = Filler(spool, run, datetime.now(UTC), wish.unchecked)
    with progress() as bar:
        task = bar.add_task("into the spool", total=None)
        for path in files:
            for count in filler.fill(path, wish.mission):
                bar.advance(task, count)
    return filler


def _refused(spool: Spool, run: str) -> list[Bad]:
    found = []
    for entry in spool.entries([State.REFUSED], run):
        file, _, line = entry.event.origin.rpartition(":")
        found.append(Bad(file, int(line), entry.reason, entry.detail or "refused by the gateway"))
    return found


def _print(outcome: Outcome, gateway: str | None, folder: Path) -> None:
    counts = asdict(outcome.counts)
    print_json(
        {
            **counts,
            "events": sum(counts.values()) - outcome.counts.refused + outcome.refused,
            "refused": outcome.refused,
            "elsewhere": outcome.elsewhere,
            "trouble": outcome.delivery.trouble or None,
            "gateway": gateway,
            "spool": str(folder),
            "verified": can_verify(load_settings()),
            "refusals": outcome.bad,
        }
    )


def _say(outcome: Outcome, spool: Spool, *, wait: bool) -> None:
    for bad in outcome.bad[:SAID_AT_MOST]:
        message = printable(bad.message)
        click.echo(
            f"{printable(bad.file)}:{bad.line}: {message} [{printable(bad.reason)}]", err=True
        )
    if len(outcome.bad) > SAID_AT_MOST:
        rest = len(outcome.bad) - SAID_AT_MOST
        click.echo(f"... and {rest} more: --json names all of them", err=True)
    if outcome.counts.conflict:
        click.echo(
            f"of {outcome.counts.conflict} events the gateway has another version under the same "
            "id: both are kept, and the more cautious reading stands. To correct a report, send "
            "one with an id of its own that supersedes it",
            err=True,
        )
    if outcome.elsewhere:
        click.echo(
            f"{outcome.elsewhere} events have their receipt from another gateway and were not "
            "sent to this one: give each gateway a spool of its own (--spool)",
            err=True,
        )
    counts = outcome.counts
    click.echo(
        f"{counts.receipted + counts.conflict} receipts, {outcome.refused} refused, "
        f"{counts.waiting} waiting"
    )
    if counts.waiting:
        delivery = outcome.delivery if wait else Delivery()
        say_waiting(counts.waiting, spool, delivery)
