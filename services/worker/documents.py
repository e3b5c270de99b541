"""Documents: the agreements and methodologies loaded, as a register to judge by.

Place on the data's way: read at the start of every transaction, so that a version is in force from
the moment it is loaded, in the same order for everybody.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from functools import partial

import structlog

from services.store.documents import Document, LoadedDocument, loaded_documents
from services.store.engine import Answer, Connection
from services.store.signatures import signatures
from streams.addresses import Addresses
from streams.agreement import Agreement
from streams.inforce import Index, Register
from streams.methodology import Methodology
from streams.signing import Signature

log = structlog.get_logger(__name__)

_HASHES = (
    "SELECT hash FROM agreements UNION ALL SELECT hash FROM methodologies"
    " UNION ALL SELECT hash FROM agreement_signatures"
)


AskRegister = Callable[[Connection], Answer[Register]]
"""How a transaction comes to what it judges by; `Documents.ask` outside of tests."""

DOCUMENTS_LOCK = 0x7472_7563_646F_6373
"""Advisory lock: shared by the transactions that judge, held alone by the one that loads.

Otherwise one that began before a load and commits after it would fold its corridors by the old
documents over what the load had folded by the new ones.
"""


class Documents:
    """Keeps the compiled register until another document is loaded; the lanes share one.

    A lane that still judges by what was loaded before goes on with the register that it has. The
    zones' index is built aside, so that no report waits for it: until it is there, and put in
    place of the register without it at once, the same answers take longer.
    """

    def __init__(self, index: Index | None = None) -> None:
        self._index = index
        self._loading = threading.Lock()
        self._hashes: frozenset[bytes] = frozenset()
        self._register = Register((), ())

    def ask(self, conn: Connection) -> Answer[Register]:
        """What is in force by the documents that are loaded, until this transaction ends."""
        conn.execute("SELECT pg_advisory_xact_lock_shared(%s)", [DOCUMENTS_LOCK])
        loaded = conn.execute(_HASHES)

        def answer() -> Register:
            hashes = frozenset(address for (address,) in loaded)
            with self._loading:
                if hashes != self._hashes:
                    before, self._register = self._register, load_register(conn)
                    self._hashes = hashes
                    self._begin(self._register, before)
                return self._register

        return answer

    def _begin(self, register: Register, before: Register) -> None:
        """Index the register's zones, in a thread of its own; until then `before` is kept too."""
        if self._index is not None:
            work = partial(self._build, self._index, register, before)
            threading.Thread(target=work, name="index", daemon=True).start()

    def _build(self, index: Index, register: Register, before: Register) -> None:
        try:
            indexed = register.indexed(index, before)
        except Exception:  # the tree goes on answering, and the same
            log.exception("could not index the zones in force")
            return
        with self._loading:
            if self._register is register:
                self._register = indexed


def load_alone(conn: Connection) -> None:
    """Wait until nobody judges by what is loaded now, and keep it so until the commit."""
    conn.execute("SELECT pg_advisory_xact_lock(%s)", [DOCUMENTS_LOCK])


def load_register(conn: Connection) -> Register:
    """Every document and signature that is loaded."""
    return register_of(loaded_documents(conn), signatures(conn))


def register_of(
    documents: Iterable[LoadedDocument[Document]], signed: Iterable[Signature] = ()
) -> Register:
    """A register of these documents, and of the signatures under them."""
    loaded = list(documents)
    both = [entry.document for entry in loaded]
    return Register(
        [document for document in both if isinstance(document, Agreement)],
        [document for document in both if isinstance(document, Methodology)],
        signatures=signed,
        addresses=Addresses((entry.document, entry.hash.hex()) for entry in loaded),
    )
