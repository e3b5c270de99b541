"""Errors of receipts.

ServiceError
├── ReceiptKeysError       the keys that sign, or the public key file, cannot be read or used
└── AnswerIsNoError
    └── NoReceiptError     what was handed over is no receipt
"""

from __future__ import annotations

from services.errors import AnswerIsNoError, ServiceError


class ReceiptKeysError(ServiceError):
    """The keys that sign, or the public key file, cannot be read or must not be used."""


class NoReceiptError(AnswerIsNoError):
    """What was handed over is no receipt."""
