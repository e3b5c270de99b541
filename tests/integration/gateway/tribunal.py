"""An agreement that gives four people keys to rule by, signed by its parties."""

from __future__ import annotations

from datetime import datetime

from services.load import load_documents
from services.store.engine import Connection
from services.store.signatures import add_signature
from streams.agreement import Agreement, SigningKey, Source
from streams.signing import public_text
from streams.vocabulary import Right
from tests.unit.streams.builders import agreement, methodology
from tests.unit.streams.signatures import PARTIES, private_key, signed_by

MISSION, NAME = "tribunal", "peace"
PANEL = ("anna", "bo", "cem", "dia")


def under() -> Agreement:
    """Its first version; each judge's key is called as the judge is."""
    keys = {
        name: SigningKey(id=name, public_key=public_text(private_key(name)), holder=name.title())
        for name in PANEL
    }
    panel = (Source(id=it, rights=(Right.RULE,), keys=(key,)) for it, key in keys.items())
    liaisons = (
        Source(id=f"{party}-liaison", rights=(Right.NOTIFY,), party=party)
        for party in ("north", "south")
    )
    return agreement(id=NAME, mission=MISSION, parties=PARTIES, sources=(*panel, *liaisons))


def load_signed(conn: Connection, document: Agreement, at: datetime) -> None:
    """Load a version, with the signatures of all of its parties."""
    load_documents(conn, [document, methodology(id="peace-method", mission=MISSION)], at)
    for party in PARTIES:
        add_signature(conn, signed_by(party.id, document, at), document, at)
