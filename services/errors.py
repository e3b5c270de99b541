"""Errors of the services that are nobody's own.

ServiceError                 one clear line that says what to do; the command line prints it
├── SettingsError            where the engines or keys are is not known, or unusable
└── KeysError                the producers' keys cannot be read or must not be used
"""

from __future__ import annotations


class ServiceError(Exception):
    """Root of what the services raise for a person to act on."""


class SettingsError(ServiceError):
    """Where something is, is not known or cannot be used."""


class KeysError(ServiceError):
    """The producers' keys cannot be read, or must not be used as they lie."""
