"""`truceline agreement keygen`, `sign`, `signatures`: parties sign with their own keys."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import rich_click as click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.cli.agreement_named import named
from services.cli.output import EXIT_NO, json_option, print_json, print_table
from services.documents import read_agreement_file
from services.errors import AnswerIsNoError
from services.private_file import private_pem, read_private_key, write_private
from services.settings import load_settings
from services.signature_files import signatures_beside, write_signature_file
from services.store.engine import connect
from services.store.signatures import loaded_signatures
from streams.agreement import Agreement, SigningKey, content_hash
from streams.assessment import DRAFT
from streams.signing import FORMAT, Flaw, Signature, flaw_of, public_text, sign, signed, written

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(exists=False, dir_okay=False, path_type=Path)


class CannotSignError(AnswerIsNoError):
    """The key is not one by which the party can sign this version."""


@click.command(epilog="Example: truceline agreement keygen government-2026.pem")
@click.argument("file", type=NEW_FILE)
@json_option
def keygen(file: Path, *, as_json: bool) -> None:
    """Make a key to sign agreements by: the private one in FILE, for its owner alone.

    FILE must be new; it gets mode 0600. Keep it where nobody else can read it, with a copy: who has
    it can sign. The public key is printed, for the party's `keys` in the agreement. With --json one
    line {"public_key"}.
    """
    private = Ed25519PrivateKey.generate()
    write_private(file, private_pem(private).decode("ascii"))
    public = public_text(private)
    if as_json:
        print_json({"public_key": public})
        return
    click.echo("For the party's `keys` in the agreement; it is no secret:")
    click.echo(f"      - {{id: NAME-OF-THE-KEY, public_key: {public}}}")


@click.command(
    epilog="Example: truceline agreement sign agreement.yaml --party government --key k.pem"
)
@click.argument("file", type=FILE)
@click.option("--party", required=True, help="Id of the party that signs, or of a guarantor.")
@click.option("--key", "key_file", required=True, type=FILE, help="Its private key's file.")
@json_option
def sign_(file: Path, *, party: str, key_file: Path, as_json: bool) -> None:
    """Sign the version in FILE for a party; the signature goes into a file beside it.

    Needs no engine and no network. What is signed is the version's hash, as `truceline agreement
    check` prints it: compare it with the other parties before. With --json one line {"file",
    "agreement", "version", "sha256", "party", "key", "signed_at"}.
    """
    document = read_agreement_file(file)
    private = read_private_key(key_file)
    key = _key_of(document, party, public_text(private))
    made = sign(
        Signature(
            format=FORMAT,
            agreement=document.id,
            version=document.version,
            sha256=content_hash(document),
            party=party,
            key=key.id,
            signed_at=written(datetime.now(UTC)),
        ),
        private,
    )
    flaw = flaw_of(made, document, made.sha256)
    if flaw is not None:
        raise CannotSignError(f"the key {key.id} of {party} cannot sign now [{flaw}]")
    path = write_signature_file(file, made)
    if as_json:
        said = {name: getattr(made, name) for name in ("agreement", "version", "sha256", "party")}
        print_json({"file": path.name, **said, "key": made.key, "signed_at": made.signed_at})
        return
    click.echo(f"{party} has signed {document.id}@{document.version}, SHA-256 {made.sha256}")
    click.echo(f"with the key {made.key}, at {made.signed_at}: {path.name}")


def _key_of(document: Agreement, party: str, public: str) -> SigningKey:
    whose = next((it for it in (*document.parties, *document.guarantors) if it.id == party), None)
    if whose is None:
        known = ", ".join(it.id for it in (*document.parties, *document.guarantors))
        raise CannotSignError(f"the agreement has no party {party!r}; there is {known}")
    key = next((key for key in whose.keys if key.public_key == public), None)
    if key is None:
        raise CannotSignError(
            f"the agreement does not name this key of {party}: its public key is {public}; "
            "put it into the party's `keys`, then sign"
        )
    return key


class Shown(NamedTuple):
    """A signature as it is listed."""

    party: str
    key: str
    signed_at: str
    loaded_at: datetime | None
    """None: it lies in a file."""
    counts: bool
    why_not: Flaw | None


@click.command(epilog="Example: truceline agreement signatures donetsk-luhansk-illustrative@1")
@click.argument("name")
@json_option
def signatures(name: str, *, as_json: bool) -> None:
    """Show who has signed an agreement: a loaded version (ID or ID@VERSION) or a file.

    Each signature is verified again. Exit code 1: it is a draft, since a party's is missing. With
    --json one line {"agreement", "version", "sha256", "draft", "missing", "signatures"}.
    """
    document = named(name)
    sha256 = content_hash(document)
    shown = _beside(Path(name), document) if Path(name).is_file() else _loaded(document, sha256)
    have = {one.party for one in shown if one.counts}
    missing = [party.id for party in document.parties if party.id not in have]
    if as_json:
        about = {"agreement": document.id, "version": document.version, "sha256": sha256}
        print_json({**about, "draft": bool(missing), "missing": missing, "signatures": shown})
    else:
        _print(document, shown, missing)
    if missing:
        sys.exit(EXIT_NO)


def _beside(file: Path, document: Agreement) -> list[Shown]:
    return [
        Shown(it.party, it.key, it.signed_at, None, flaw is None, flaw)
        for _, it, flaw in signatures_beside(file, document)
    ]


def _loaded(document: Agreement, sha256: str) -> list[Shown]:
    with connect(load_settings().database()) as conn:
        loaded = loaded_signatures(conn, mission=document.mission)
    ours = [it for it in loaded if it.signature.sha256 == sha256]
    flaws = [flaw_of(it.signature, document, sha256) for it in ours]
    return [
        Shown(it.party, it.key, it.signed_at, at, flaw is None, flaw)
        for (at, _, it), flaw in zip(ours, flaws, strict=True)
    ]


def _print(document: Agreement, shown: Sequence[Shown], missing: Sequence[str]) -> None:
    waits = f"{DRAFT}: {', '.join(missing)} missing" if missing else "signed by all parties"
    print_table(
        f"Signatures under {document.id}@{document.version}",
        ("Party", "Key", "Signed at!", "Loaded, UTC", "Counts"),
        [
            (one.party, one.key, one.signed_at, one.loaded_at or "a file", one.why_not or "yes")
            for one in shown
        ],
        note=waits,
    )


def standing(document: Agreement, given: Sequence[Signature]) -> str:
    """In a word or a few: whether a version is signed, for lists and heads."""
    missing = signed(document, content_hash(document), given).missing
    return f"draft, not signed by {', '.join(missing)}" if missing else "signed by all parties"
