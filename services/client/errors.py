"""Errors of the client. All of them stop the command; what is in the spool stays safe.

ClientError                  the gateway cannot be asked as things are
├── GatewayAwayError         no answer, or none that is the gateway's
├── GatewayUrlError          the address is none, or would send in the clear
└── TokenError               the token is not there, is none, or may be read by others

SaidNoError                  the gateway was asked, and its answer is no
"""

from __future__ import annotations

from dataclasses import dataclass

from services.errors import AnswerIsNoError, ServiceError


class ClientError(ServiceError):
    """The gateway cannot be asked as things are."""


class GatewayUrlError(ClientError):
    """The address is none, or would send in the clear."""


class GatewayAwayError(ClientError):
    """No answer, or none that is the gateway's."""


@dataclass
class SaidNoError(AnswerIsNoError):
    """The gateway was asked, and its answer is no."""

    code: str
    """The problem's, as the gateway's table has it."""
    detail: str

    def __str__(self) -> str:
        """The line: what is wrong, and what to do."""
        return self.detail


class TokenError(ClientError):
    """The token is not there, is none, or may be read by others."""
