"""Errors of the services that are nobody's own.

ServiceError                 one clear line that says what to do; the command line prints it
├── SettingsError            where the engines or keys are is not known, or unusable
├── KeysError                the producers' keys cannot be read or must not be used
└── AnswerIsNoError          nothing is broken; what was asked for has the answer no
    └── NotFoundError        nothing is there under that name
"""

from __future__ import annotations


class ServiceError(Exception):
    """Root of what the services raise for a person to act on."""


class SettingsError(ServiceError):
    """Where something is, is not known or cannot be used."""


class KeysError(ServiceError):
    """The producers' keys cannot be read, or must not be used as they lie."""


class AnswerIsNoError(ServiceError):
    """Nothing is broken: what was asked for has the answer no."""


class NotFoundError(AnswerIsNoError):
    """Nothing is there under that name."""
