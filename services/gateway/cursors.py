"""Cursors: where the next page begins, sealed.

Place on the data's way: a page → its `Link` → the next question. Who sees coarsely must not learn
from it which event a row is of, so it is encrypted; and it goes with the question it was given
for, so that nobody walks with it through another one. The same place in the same question has the
same cursor (AES-SIV, RFC 5297): an unchanged page keeps its tag.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from services.gateway.parameters import bad
from services.receipts.key_folder import Signers
from streams.keys import Key
from streams.text64 import bytes64, text64

P = TypeVar("P", bound=tuple[Any, ...])

_PURPOSE: Final = b"truceline.cursor.v1"


class Cursors:
    """Seals and opens cursors; gateways that share the receipts' keys open each other's."""

    def __init__(self, signers: Signers) -> None:
        self._signers = signers

    def seal(self, place: tuple[Any, ...], question: bytes) -> str:
        """The text of a place."""
        packed = msgspec.msgpack.encode(tuple(place), enc_hook=bytes)  # a `Key`
        return text64(self._cipher().encrypt(packed, [question]))

    def open(self, text: str, question: bytes, kind: type[P]) -> P:
        """The place that a text stands for, of the kind that was sealed for this question.

        Raises:
            ProblemError: it is no cursor of this question, or its key has been replaced.
        """
        sealed = bytes64(text)
        try:
            packed = self._cipher().decrypt(sealed or b"", [question])
        except (InvalidTag, ValueError):  # whatever it is, nothing was sealed as this
            raise bad("after", "is no page of this question; ask again without it") from None
        place: P = msgspec.msgpack.decode(packed, type=kind, dec_hook=_read)
        return place

    def _cipher(self) -> AESSIV:
        return AESSIV(self._signers.at(datetime.now(UTC)).secret_for(_PURPOSE))


def _read(kind: type[Any], value: Any) -> Any:  # noqa: ANN401 (msgspec's hook)
    assert kind is Key, "nothing else is sealed that msgspec does not know"
    return Key(value)
