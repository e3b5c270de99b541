"""`truceline agreement`: check, sign, load, list, show, diff; methodologies as well."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import rich_click as click

from services.cli.agreement_calendar import calendar
from services.cli.agreement_index import index_line
from services.cli.agreement_named import named
from services.cli.agreement_sign import keygen, sign_, signatures, standing
from services.cli.output import (
    EXIT_NO,
    json_option,
    print_json,
    print_lines,
    print_table,
    printable,
    span,
)
from services.documents import examine_file, read_document_file
from services.drafts import versions
from services.drawn_zones import drawn_zones, extent, measured_baselines, zone_features
from services.load import load_documents
from services.settings import load_settings
from services.signature_files import is_signature, read_signature_file, signatures_beside
from services.store.documents import DocumentKind, list_documents
from services.store.engine import connect
from services.store.signatures import signatures as all_signatures
from streams.agreement import Agreement, Term, content_hash
from streams.corridors.announced import windows_of
from streams.documents.difference import difference
from streams.methodology import Methodology
from streams.signing import Signature, signature_hash

DOCUMENT = {DocumentKind.AGREEMENT: "agreement", DocumentKind.METHODOLOGY: "methodology"}
FILES = click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)


@click.group(epilog="Example: truceline agreement check agreement.yaml methodology.yaml")
def agreement() -> None:
    """Check, sign, load, list, show and compare agreements and methodologies."""


@agreement.command(epilog="Example: truceline agreement check agreement.yaml methodology.yaml")
@FILES
@json_option
def check(files: tuple[Path, ...], *, as_json: bool) -> None:
    """Find every mistake in FILES at once, each with its line.

    With --json one line {"mistakes", "advice", "documents"}: a mistake has "code", "path",
    "message", "line", "file". The exit code is 1 where there are mistakes.
    """
    found = {path: examine_file(path) for path in files}
    mistakes = [mistake for examined in found.values() for mistake in examined.mistakes]
    advice = [mistake for examined in found.values() for mistake in examined.advice]
    sound = {
        path.name: content_hash(examined.document)
        for path, examined in found.items()
        if examined.document is not None
    }
    if as_json:
        print_json({"mistakes": mistakes, "advice": advice, "documents": sound})
    else:
        print_lines(str(mistake) for mistake in mistakes)
        print_lines(f"{item} (advice)" for item in advice)
        print_lines(f"{name}: no mistakes, {address}" for name, address in sound.items())
    if mistakes:
        sys.exit(EXIT_NO)


@agreement.command(epilog="Example: truceline agreement load agreement.yaml methodology.yaml")
@FILES
@json_option
def load(files: tuple[Path, ...], *, as_json: bool) -> None:
    """Load FILES; from then on they judge.

    All or none of them. A version that is loaded never changes: an amended document is a new
    version under the same id. Signatures (*.signature.json) are loaded as well; one that does not
    count is refused. With --json, a line each: "document", "hash", "new", and of a signature
    "signed_by".
    """
    documents = [read_document_file(path) for path in files if not is_signature(path)]
    made = [read_signature_file(path) for path in files if is_signature(path)]
    with connect(load_settings().database()) as conn:
        loaded = load_documents(conn, documents, datetime.now(UTC), made)
    for one, is_new in zip((*documents, *made), loaded, strict=True):
        _say_loaded(one, is_new=is_new, as_json=as_json)


def _say_loaded(one: Agreement | Methodology | Signature, *, is_new: bool, as_json: bool) -> None:
    if isinstance(one, Signature):
        name, address, by = f"{one.agreement}@{one.version}", signature_hash(one), one.party
    else:
        name, address, by = f"{one.id}@{one.version}", content_hash(one), None
    if as_json:
        signed_by = {} if by is None else {"signed_by": by}
        print_json({"document": name, "hash": address, "new": is_new, **signed_by})
        return
    what = name if by is None else f"signature of {by} under {name}"
    word = "loaded" if is_new else "was loaded before, byte for byte"
    click.echo(f"{what} {word}, {address}")


@agreement.command(name="list", epilog="Example: truceline agreement list --json")
@json_option
def list_(*, as_json: bool) -> None:
    """List every version that is loaded.

    With --json, a line each: "kind", "hash", "id", "version", "mission", "valid_from",
    "valid_to" (null: until further notice), "loaded_at", and of an agreement "draft".
    """
    with connect(load_settings().database()) as conn:
        rows = [(kind, row) for kind in DocumentKind for row in list_documents(conn, kind)]
        drafts = {address: bool(it.missing) for address, it in versions(conn).items()}
    if as_json:
        for kind, row in rows:
            draft = {"draft": drafts[row.hash]} if row.hash in drafts else {}
            print_json({"kind": DOCUMENT[kind], **row._asdict(), **draft})
        return
    print_table(
        "Loaded documents",
        ("Document", "Mission", "In force, UTC", "Hash"),
        [
            (
                (
                    f"{row.id}@{row.version}",
                    f"  {'draft ' * drafts.get(row.hash, False)}{DOCUMENT[kind]}",
                ),
                row.mission,
                span(row.valid_from, row.valid_to),
                row.hash.hex()[:12],
            )
            for kind, row in rows
        ],
        note="What is not listed judges nothing: truceline agreement load FILES",
    )


@agreement.command(epilog="Example: truceline agreement show donetsk-luhansk-illustrative@1")
@click.argument("name")
@click.option("--geojson", is_flag=True, help="The zones as they are judged by, for a map.")
@json_option
def show(name: str, *, geojson: bool, as_json: bool) -> None:
    """Show an agreement: a loaded version (ID or ID@VERSION) or a file.

    With --json the whole document on one line, as the parties wrote it. With --geojson one
    FeatureCollection of all zones, the derived ones drawn.
    """
    document = named(name)
    if geojson:
        print_json(zone_features(document))
        return
    if as_json:
        print_json(msgspec.to_builtins(document))
        return
    print_lines(
        [
            f"{document.id}@{document.version}  {document.title}",
            f"hash {content_hash(document)}, mission {document.mission}",
            *([document.notice.strip()] if document.notice else []),
        ]
    )
    print_agreement(document)
    click.echo(_signed_line(name, document))
    click.echo(index_line(document, load_settings()))


def _signed_line(name: str, document: Agreement) -> str:
    if Path(name).is_file():
        return standing(document, [it.signature for it in signatures_beside(Path(name), document)])
    with connect(load_settings().database()) as conn:
        return standing(document, all_signatures(conn))


def print_agreement(document: Agreement) -> None:
    """Zones, terms and corridors as tables."""
    whole = document.valid
    zones = [
        (
            (drawn.zone.id, f"  {drawn.zone.kind.value}"),
            (drawn.zone.name, f"  {drawn.derivation}"),
            f"{drawn.area_km2:,.3f}",
            extent(drawn.bounds),
            span((drawn.zone.valid or whole).from_, (drawn.zone.valid or whole).to),
        )
        for drawn in drawn_zones(document)
    ]
    columns = ("Zone", "Name and outline", "km² #", "West, south, east, north", "In force, UTC")
    print_table("Zones", columns, zones)
    baselines = [
        (b.id, b.name, b.party or "-", f"{length_m / 1000:,.2f}")
        for b, length_m in measured_baselines(document)
    ]
    if baselines:
        print_table("Baselines", ("Baseline", "Name", "Party", "Length, km #"), baselines)
    terms = [((t.id, f"  {t.severity.value}"), t.clause, _speaks_of(t)) for t in document.terms]
    print_table("Terms", ("Term", "Clause", "Prohibits"), terms)
    corridors = [
        (c.id, c.name, c.width_m or "area", c.axis.value, len(windows_of(c)))
        for c in document.corridors
    ]
    print_table("Corridors", ("Corridor", "Name", "Width, m #", "Agreed", "Windows #"), corridors)


def _speaks_of(term: Term) -> str:
    kinds = ", ".join(kind.value for kind in term.prohibits or term.requires)
    return f"(requires) {kinds}" if term.requires else kinds


@agreement.command(epilog="Example: truceline agreement diff agreement-1.yaml agreement-2.yaml")
@click.argument("a")
@click.argument("b")
@json_option
def diff(a: str, b: str, *, as_json: bool) -> None:
    """Say what changed from A to B: files, or loaded versions (ID@VERSION).

    With --json a line for each change.
    """
    changes = difference(named(a), named(b))
    for change in changes:
        if as_json:
            print_json(msgspec.to_builtins(change))
        else:
            click.echo(printable(change.sentence))
    if not changes and not as_json:
        click.echo("nothing changed")


agreement.add_command(calendar)
agreement.add_command(keygen)
agreement.add_command(sign_, name="sign")
agreement.add_command(signatures)
