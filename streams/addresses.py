"""Addresses: the content hashes of the documents at hand, each reckoned once.

Place on the data's way: beside the register. Writing a large agreement in its canonical form takes
seconds, and the store, whose key the hash is, knows it already.
"""

from __future__ import annotations

from collections.abc import Iterable

from streams.agreement import Document, content_hash


class Addresses:
    """The hash of a document; threads may share one.

    By identity: comparing two large documents takes as long as hashing one.
    """

    def __init__(self, known: Iterable[tuple[Document, str]] = ()) -> None:
        self._known = {id(document): (document, address) for document, address in known}

    def of(self, document: Document) -> str:
        """Lower-case hex SHA-256 of the document's canonical bytes."""
        found = self._known.get(id(document))
        if found is None:
            # Kept with its document, so that no other can get the same identity.
            found = self._known[id(document)] = (document, content_hash(document))
        return found[1]
