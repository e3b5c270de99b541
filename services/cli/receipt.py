"""`truceline receipt`: prove what was taken in; the keys that sign it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import rich_click as click

from services.cli.output import EXIT_NO, instant, json_option, print_json, print_table, printable
from services.receipts.key_folder import OVERLAP, PUBLIC_FILE, rotate
from services.receipts.public_keys import PublicKeys, read_public, write_public
from services.receipts.receipt import SignedReceipt, read_signed
from services.receipts.verify import Finding, verify
from services.settings import load_settings

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
HOUR = timedelta(hours=1)

SAID = {
    Finding.VALID: "valid",
    Finding.UNKNOWN_KEY: "NOT valid: the key {key} is not in the key file; ask for a newer one",
    Finding.WRONG_SIGNATURE: "NOT valid: the signature is not over this receipt",
    Finding.KEY_DID_NOT_HOLD: "NOT valid: the key {key} did not hold at {at}",
    Finding.OTHER_EVENT: "valid, but NOT of this event: its bytes have another SHA-256",
}


@click.group(epilog="Example: truceline receipt keys")
def receipt() -> None:
    """Verify receipts; show and rotate the keys that sign them."""


@receipt.command(name="verify", epilog="Example: truceline receipt verify receipt.json")
@click.argument("file", metavar="RECEIPT", type=FILE)
@click.option("--keys", type=FILE, help="Public key file. Default: this installation's own.")
@click.option("--event", type=FILE, help="The event as it was sent: are these its bytes?")
@json_option
def verify_(file: Path, *, keys: Path | None, event: Path | None, as_json: bool) -> None:
    """Check RECEIPT: signed by us, by a key that held, and with --event for these bytes.

    It needs no engine and no network. Exit code 1: it is not valid. With --json one line
    {"finding", "receipt"}.
    """
    known = read_public(keys or load_settings().receipt_keys / PUBLIC_FILE)
    one = read_signed(file.read_bytes())
    finding = verify(one, known, event.read_bytes() if event else None)
    if as_json:
        print_json({"finding": finding.value, "receipt": _plain(one)})
    else:
        at = one.receipt.received_at
        click.echo(printable(SAID[finding].format(key=one.receipt.key_id, at=at)))
        if finding is Finding.VALID:
            click.echo(printable(_sentence(one)))
    if finding is not Finding.VALID:
        sys.exit(EXIT_NO)


@receipt.group(
    invoke_without_command=True, epilog="Example: truceline receipt keys --out keys.json"
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write the public key file there; it is for everybody.",
)
@json_option
@click.pass_context
def keys(ctx: click.Context, *, out: Path | None, as_json: bool) -> None:
    """Show the public keys of receipts, old ones too.

    With --json one line: the public key file, for `truceline receipt verify --keys`.
    """
    if ctx.invoked_subcommand is not None:
        return
    known = read_public(load_settings().receipt_keys / PUBLIC_FILE)
    if out is not None:
        out.write_bytes(write_public(known))
    _show(known, as_json=as_json)


@keys.command(name="rotate", epilog="Example: truceline receipt keys rotate --overlap-hours 24")
@click.option(
    "--overlap-hours",
    type=click.IntRange(0, 720),
    default=OVERLAP // HOUR,
    show_default=True,
    help="How long the key before still signs. 0: it was stolen; restart the gateway.",
)
@json_option
def rotate_(overlap_hours: int, *, as_json: bool) -> None:
    """Make a new key that signs from now on; the first one where there is none.

    The old public keys stay, so that every receipt can be verified for good: hand out the key file
    anew. With --json one line as of `truceline receipt keys`.
    """
    folder = load_settings().receipt_keys
    _show(rotate(folder, datetime.now(UTC), overlap_hours * HOUR), as_json=as_json)


def _show(known: PublicKeys, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.buffer.write(write_public(known, indent=0))
        return
    print_table(
        "Keys that sign receipts",
        ("Key!", "From, UTC", "Until, UTC", "Public key"),
        [
            (
                key.key_id,
                key.not_before,
                "further notice" if key.not_after is None else key.not_after,
                key.public_key,
            )
            for key in known.keys
        ],
        note="The file for those who verify: truceline receipt keys --out FILE",
    )


def _sentence(one: SignedReceipt) -> str:
    said = one.receipt
    at = instant(datetime.fromisoformat(said.received_at))
    return (
        f"{said.kind} {said.id} of {said.source} ({said.mission}), version {said.revision},"
        f" received {at}, SHA-256 {said.sha256}"
    )


def _plain(one: SignedReceipt) -> dict[str, object]:
    said = one.receipt
    return {name: getattr(said, name) for name in said.__struct_fields__}
