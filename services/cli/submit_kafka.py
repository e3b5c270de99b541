"""`truceline submit --kafka`: reports and corridor statuses straight into Kafka, tagged."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import rich_click as click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from services.cli.output import EXIT_NO, print_json, printable
from services.errors import KeysError
from services.event_files import read_events
from services.keyring import LOCAL_KEY, read_keys
from services.private_file import read_private_key
from services.settings import Settings, load_settings
from services.submit import Submitter, Vouch
from streams.source_keys import sign_event
from streams.tags import ProducerKey, make_tag, signed_headers

SAID_AT_MOST = 20
"""Refused events that are named for a person; a wrong file may hold a million."""


class By(NamedTuple):
    """Who vouches for what is sent."""

    key_id: str | None
    """None: the key that this account's own commands tag with."""
    private: Path | None
    """A source's private key, to sign with; None: what is sent gets a tag."""


def submit_to_kafka(
    files: tuple[Path, ...], mission: str, by: By, *, unchecked: bool, as_json: bool
) -> None:
    """Send everything; the exit code is 1 where something would be refused."""
    settings = load_settings()
    vouch = _vouch(settings, by)
    refused = 0
    with Submitter(settings.kafka(), vouch, unchecked=unchecked) as submitter, _progress() as bar:
        task = bar.add_task("sending", total=None)
        for found in _send(submitter, files, mission):
            bar.advance(task)
            if found is not None:
                refused += 1
                _say(found, refused, as_json=as_json)
        sent = submitter.flush()
    _summarise(sent, refused, tagged=vouch is not None, as_json=as_json)
    if refused:
        sys.exit(EXIT_NO)


class Bad(NamedTuple):
    """An event that would be refused."""

    file: str
    line: int | None
    refused: str
    message: str
    sent: bool


def _send(submitter: Submitter, files: tuple[Path, ...], mission: str) -> Iterator[Bad | None]:
    """Send everything; for each event None, or what is wrong with it."""
    for path in files:
        events = read_events(path, mission=mission)
        for mistake in events.mistakes:
            message = f"{mistake.path}: {mistake.message}"
            yield Bad(path.name, mistake.line, mistake.code, message, sent=False)
        for line, raw in enumerate(events.raws, start=1):
            if raw:
                sent, refusal = submitter.submit(raw)
                yield refusal and Bad(path.name, line, refusal.reason, refusal.message, sent=sent)


def _vouch(settings: Settings, by: By) -> Vouch | None:
    if by.private is not None and by.key_id is not None:
        private, name = read_private_key(by.private), by.key_id
        return lambda raw: signed_headers(name, sign_event(private, raw))
    key = _key(settings, by.key_id)
    return partial(make_tag, key) if key else None


def _key(settings: Settings, key_id: str | None) -> ProducerKey | None:
    path = settings.producer_keys
    keys = read_keys(path, required=settings.keys_required)
    if key_id is not None and key_id not in keys:
        there = ", ".join(sorted(keys)) or "none"
        raise KeysError(f"no key {key_id!r} in {path}; there are: {there}")
    key = keys.get(key_id or LOCAL_KEY)
    if key is None:
        click.echo(
            f"no key {LOCAL_KEY!r} in {path}: sending untagged; nothing of it will be more than a "
            "possible violation, and it opens and settles nothing",
            err=True,
        )
    return key


def _progress() -> Progress:
    """A counter on standard error, where that is a terminal."""
    columns = (SpinnerColumn(), TextColumn("{task.description} {task.completed}"))
    err = Console(stderr=True)
    return Progress(*columns, console=err, transient=True, disable=not err.is_terminal)


def _say(bad: Bad, number: int, *, as_json: bool) -> None:
    if as_json:
        print_json(bad)
    elif number <= SAID_AT_MOST:
        word = "sent all the same" if bad.sent else "not sent"
        message = printable(bad.message)
        click.echo(f"{bad.file}:{bad.line}: {message} [{bad.refused}] ({word})", err=True)


def _summarise(sent: int, refused: int, *, tagged: bool, as_json: bool) -> None:
    if as_json:
        print_json({"sent": sent, "refused": refused, "tagged": tagged})
        return
    if refused > SAID_AT_MOST:
        click.echo(f"... and {refused - SAID_AT_MOST} more: --json names all of them", err=True)
    click.echo(f"{sent} events sent, {refused} refused")
