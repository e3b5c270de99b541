"""OSCE SMM observation tables → reports, by explicit tables: nothing refused, nothing guessed."""

from streams.smm.read import reports_from_smm

__all__ = ["reports_from_smm"]
