"""Intake of the demo: as a mission would, with a token, through the spool and the gateway.

    token → files → spool → gateway → receipts, one of them verified, and posted a second time

Place on the data's way: its first steps, in the demo's own folder. A receipt is verified with the
public key file and nothing else: no engine is asked.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from services.client.answer import hear
from services.client.batch import Batch
from services.client.deliver import Deliverer
from services.client.post import Gateway, HttpGateway
from services.client.token import read_token
from services.errors import ServiceError
from services.private_file import write_private
from services.receipts.key_folder import PUBLIC_FILE
from services.receipts.public_keys import read_public
from services.receipts.receipt import SignedReceipt, read_parts
from services.receipts.verify import Finding, verifier, verify
from services.spool.entries import Entry, Receipt, State
from services.spool.fill import Filler
from services.spool.spool import Spool
from services.store.engine import Connection
from services.tokens.stored import Wanted, create_token
from services.tokens.token import Role

SECRET: Final = Path("keys", "token")
ROAD_SECRET: Final = Path("keys", "token-road")
"""Of the second mission; both in the data folder."""
ROLES: Final = frozenset({Role.REPORTER, Role.CORRIDOR_OPERATOR})


class IntakeError(ServiceError):
    """Not everything came through to the gateway; the message says why."""


@dataclass(frozen=True, slots=True)
class RefusedPost:
    """An event that the gateway refused: nothing of it is stored."""

    origin: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class ShownReceipt:
    """One receipt, and what checking it came to."""

    signed: SignedReceipt
    verified: bool
    """By the public key file alone, for the very bytes that were sent."""
    one_byte_off: Finding
    """What the same check says of other bytes."""
    same_again: bool
    """The same event was posted once more and got this receipt."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What the gateway said."""

    sent: tuple[int, ...]
    """Events of each file."""
    receipts: int
    refused: tuple[RefusedPost, ...]
    receipt: ShownReceipt


def make_token(conn: Connection, mission: str, path: Path) -> None:
    """Make a token for the mission, its secret in a private file."""
    wanted = Wanted("the demo", mission, ROLES, days=1)
    _, secret = create_token(conn, wanted, datetime.now(UTC))
    write_private(path, f"{secret.text}\n")
    conn.commit()


def send_through_gateway(
    url: str, folder: Path, files: list[Path], mission: str, shown: str
) -> Intake:
    """Send every event of the files, also the one that will be refused; what came of it.

    Args:
        url: the gateway's address.
        folder: the instance's data folder, with the token and the public keys.
        files: what to send.
        mission: whose the observations are.
        shown: id of the report whose receipt is looked at.

    Raises:
        IntakeError: something still waits, or has no receipt.
    """
    public = folder / "keys" / "receipts" / PUBLIC_FILE
    token = read_token(folder / SECRET)
    with Spool(folder / "spool") as spool, closing(HttpGateway(url, token)) as gateway:
        sent = _deliver(spool, gateway, files, mission, public)
        receipted = list(spool.entries([State.RECEIPTED]))
        refused = [
            RefusedPost(entry.event.origin, entry.reason, entry.detail)
            for entry in spool.entries([State.REFUSED])
        ]
        receipt = _show(_find(receipted, shown), gateway, public)
        return Intake(sent, len(receipted), tuple(refused), receipt)


def send_plainly(url: str, folder: Path, files: list[Path], mission: str) -> tuple[int, ...]:
    """Send every event of a second mission's files; how many each has.

    Raises:
        IntakeError: something still waits.
    """
    public = folder / "keys" / "receipts" / PUBLIC_FILE
    token = read_token(folder / ROAD_SECRET)
    with Spool(folder / "spool-road") as spool, closing(HttpGateway(url, token)) as gateway:
        return _deliver(spool, gateway, files, mission, public)


def _deliver(
    spool: Spool, gateway: HttpGateway, files: list[Path], mission: str, public: Path
) -> tuple[int, ...]:
    filler = Filler(spool, "demo", datetime.now(UTC), unchecked=True)
    sent = tuple(sum(filler.fill(path, mission)) for path in files)
    delivery = Deliverer(spool, gateway, verifier(public)).deliver()
    if filler.bad or delivery.trouble:
        raise IntakeError(f"not everything was sent: {delivery.trouble or filler.bad[0]}")
    return sent


def _find(entries: list[Entry], event_id: str) -> Entry:
    for entry in entries:
        if entry.receipt is not None and _read(entry.receipt).receipt.id == event_id:
            return entry
    raise IntakeError(f"the report {event_id} got no receipt")


def _show(entry: Entry, gateway: Gateway, public: Path) -> ShownReceipt:
    assert entry.receipt is not None, "it was found by its receipt"
    signed, keys, raw = _read(entry.receipt), read_public(public), entry.event.raw
    batch = Batch((entry,), as_lines=False)
    heard = hear(batch, gateway.post(batch, 30.0), datetime.now(UTC))
    again = [one.receipt for one in heard.settled if one.receipt is not None]
    return ShownReceipt(
        signed,
        verified=verify(signed, keys, raw) is Finding.VALID,
        one_byte_off=verify(signed, keys, raw + b" "),
        same_again=[_read(one) for one in again] == [signed],
    )


def _read(receipt: Receipt) -> SignedReceipt:
    return read_parts(receipt.receipt, receipt.signature)
