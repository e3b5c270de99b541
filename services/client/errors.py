"""Errors of the client. All of them stop the command; what is in the spool stays safe.

ClientError                  the gateway cannot be asked as things are
├── GatewayUrlError          the address is none, or would send in the clear
└── TokenError               the token is not there, is none, or may be read by others
"""

from __future__ import annotations

from services.errors import ServiceError


class ClientError(ServiceError):
    """The gateway cannot be asked as things are."""


class GatewayUrlError(ClientError):
    """The address is none, or would send in the clear."""


class TokenError(ClientError):
    """The token is not there, is none, or may be read by others."""
