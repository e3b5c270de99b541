"""`truceline agreement`: check, load, list, show, diff; methodologies as well."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from services.cli.output import EXIT_NO, instant, json_option, print_json, print_table
from services.documents import examine_file, read_agreement_file
from services.errors import ServiceError
from services.load import load_documents
from services.settings import load_settings
from services.store.documents import DocumentKind, agreements, list_documents
from services.store.engine import connect
from streams.agreement import Agreement, content_hash
from streams.difference import difference
from streams.errors import AgreementError, Mistake
from streams.methodology import Methodology

FILES = click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)


@click.group()
def agreement() -> None:
    """Check, load, list, show and compare agreements and methodologies."""


@agreement.command(epilog="Example: truceline agreement check agreement.yaml methodology.yaml")
@FILES
@json_option
def check(files: tuple[Path, ...], *, as_json: bool) -> None:
    """Find every mistake in FILES at once, each with its line."""
    found = {path: examine_file(path) for path in files}
    mistakes = [mistake for examined in found.values() for mistake in examined.mistakes]
    advice = [mistake for examined in found.values() for mistake in examined.advice]
    if as_json:
        print_json({"mistakes": _plain(mistakes), "advice": _plain(advice)})
    else:
        for mistake in mistakes:
            click.echo(f"{mistake}")
        for item in advice:
            click.echo(f"{item} (advice)")
        for path, examined in found.items():
            if examined.document is not None:
                click.echo(f"{path.name}: no mistakes, {content_hash(examined.document)}")
    if mistakes:
        sys.exit(EXIT_NO)


@agreement.command(epilog="Example: truceline agreement load agreement.yaml methodology.yaml")
@FILES
@json_option
def load(files: tuple[Path, ...], *, as_json: bool) -> None:
    """Load FILES; from then on they judge. A version that is loaded never changes."""
    documents = [_required(path) for path in files]
    with connect(load_settings().database()) as conn:
        loaded = load_documents(conn, documents, datetime.now(UTC))
    for document, is_new in zip(documents, loaded, strict=True):
        name = f"{document.id}@{document.version}"
        if as_json:
            print_json({"document": name, "hash": content_hash(document), "new": is_new})
        else:
            word = "loaded" if is_new else "was loaded before, byte for byte"
            click.echo(f"{name} {word}, {content_hash(document)}")


@agreement.command(name="list", epilog="Example: truceline agreement list --json")
@json_option
def list_(*, as_json: bool) -> None:
    """List every version that is loaded."""
    with connect(load_settings().database()) as conn:
        rows = [(kind, row) for kind in DocumentKind for row in list_documents(conn, kind)]
    if as_json:
        for kind, row in rows:
            print_json({"kind": kind.value, **row._asdict()})
        return
    print_table(
        "Loaded documents",
        ("Kind", "Document", "Mission", "In force from", "to", "Hash"),
        [
            (
                kind.value,
                f"{row.id}@{row.version}",
                row.mission,
                row.valid_from,
                instant(row.valid_to),
                row.hash.hex()[:12],
            )
            for kind, row in rows
        ],
    )


@agreement.command(epilog="Example: truceline agreement show donetsk-luhansk-illustrative@1")
@click.argument("name")
@json_option
def show(name: str, *, as_json: bool) -> None:
    """Show an agreement: a loaded version (ID or ID@VERSION) or a file."""
    document = _named(name)
    if as_json:
        print_json(msgspec.to_builtins(document))
        return
    click.echo(f"{document.id}@{document.version}  {document.title}")
    click.echo(f"hash {content_hash(document)}, mission {document.mission}")
    if document.notice:
        click.echo(document.notice.strip())
    zones = [
        (z.id, z.kind.value, z.name, z.valid and instant(z.valid.from_)) for z in document.zones
    ]
    print_table("Zones", ("Zone", "Kind", "Name", "In force from"), zones)
    terms = [
        (t.id, t.clause, ", ".join(kind.value for kind in t.prohibits), t.severity.value)
        for t in document.terms
    ]
    print_table("Terms", ("Term", "Clause", "Prohibits", "Severity"), terms)
    corridors = [
        (c.id, c.name, c.width_m, c.axis.value, len(c.windows)) for c in document.corridors
    ]
    print_table("Corridors", ("Corridor", "Name", "Width m #", "Agreed", "Windows #"), corridors)


@agreement.command(epilog="Example: truceline agreement diff agreement-1.yaml agreement-2.yaml")
@click.argument("a")
@click.argument("b")
@json_option
def diff(a: str, b: str, *, as_json: bool) -> None:
    """Say what changed from A to B: files, or loaded versions (ID@VERSION)."""
    changes = difference(_named(a), _named(b))
    for change in changes:
        if as_json:
            print_json(msgspec.to_builtins(change))
        else:
            click.echo(str(change))
    if not changes and not as_json:
        click.echo("nothing changed")


def _required(path: Path) -> Agreement | Methodology:
    examined = examine_file(path)
    if examined.document is None:
        raise AgreementError(examined.mistakes)
    return examined.document


class UnknownDocumentError(ServiceError):
    """Nothing is loaded under this name and there is no such file."""


def _named(name: str) -> Agreement:
    """A file, or a loaded version; without a version the newest."""
    if Path(name).is_file():
        return read_agreement_file(Path(name))
    wanted, _, version = name.partition("@")
    with connect(load_settings().database()) as conn:
        found = [
            document
            for document in agreements(conn)
            if document.id == wanted and version in ("", str(document.version))
        ]
    if not found:
        raise UnknownDocumentError(f"no agreement {name!r}: see `truceline agreement list`")
    return max(found, key=lambda document: document.version)


def _plain(mistakes: list[Mistake]) -> object:
    return msgspec.to_builtins(mistakes)
