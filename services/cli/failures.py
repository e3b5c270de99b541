"""Failures: which errors a person can act on: their code, the line that says what to do, the exit.

A failure's code is its error's name in lower_snake_case (`FolderInUseError` → `folder_in_use`); of
what the gateway refused, the gateway's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import psycopg
from kafka.errors import KafkaError, MessageSizeTooLargeError, TopicAuthorizationFailedError

from services.cli.output import EXIT_CANNOT, EXIT_NO, plain
from services.client.errors import SaidNoError
from services.errors import AnswerIsNoError, ServiceError
from services.local.errors import LocalError
from services.store.errors import DocumentConflictError, StoreError
from streams.errors import AgreementError, Mistake, StreamError
from streams.smm.read import SmmError

OURS = (ServiceError, LocalError, StoreError, StreamError)
"""Their text is the line."""
NO = (AnswerIsNoError, DocumentConflictError, AgreementError, SmmError)
"""Nothing is broken: what was asked for has the answer no."""
MISMATCHED = (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn)


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as it is said."""

    code: str
    line: str
    exit_code: int = EXIT_CANNOT
    mistakes: tuple[Mistake, ...] = ()

    def __str__(self) -> str:
        """Every mistake as compilers print them, then the line with its code."""
        return "\n".join((*map(str, self.mistakes), f"truceline: {self.line} [{self.code}]"))

    def plain(self) -> dict[str, Any]:
        """For `--json`."""
        body: dict[str, Any] = {"error": self.line, "code": self.code}
        return {**body, "mistakes": plain(self.mistakes)} if self.mistakes else body


def failure_of(error: Exception) -> Failure | None:
    """What to say of an error, or None where it is a fault of ours."""
    if isinstance(error, AgreementError | SmmError):
        count = len(error.mistakes)
        line = f"{count} mistake{'s' * (count != 1)}, see above: mend the file and try again"
        return Failure("mistakes", line, EXIT_NO, error.mistakes)
    if isinstance(error, OURS):
        code = error.code if isinstance(error, SaidNoError) else code_of(error)
        return Failure(code, str(error), EXIT_NO if isinstance(error, NO) else 3)
    return _of_engines(error) or _of_system(error)


def code_of(error: Exception) -> str:
    """The reason code: the error's name in lower_snake_case."""
    name = type(error).__name__.removesuffix("Error")
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _of_engines(error: Exception) -> Failure | None:
    reason = (str(error).strip() or type(error).__name__).splitlines()[0]
    match error:
        case psycopg.Error() if isinstance(error, MISMATCHED):
            line = "the database's tables are not this program's: run `truceline db upgrade`"
            return Failure("not_migrated", line)
        case psycopg.errors.InsufficientPrivilege():
            line = f"PostgreSQL does not let this user do that ({reason}): grant it, or use another"
            return Failure("postgres_forbids", line)
        case psycopg.OperationalError():
            line = f"PostgreSQL does not answer ({reason}): is `truceline up` running?"
            return Failure("postgres_away", line)
        case MessageSizeTooLargeError():
            return Failure("too_large", f"an event is larger than Kafka takes ({reason})")
        case TopicAuthorizationFailedError():
            return Failure("kafka_forbids", f"Kafka does not let this user do that ({reason})")
        case KafkaError():
            return Failure(
                "kafka_away", f"Kafka does not answer ({reason}): is `truceline up` running?"
            )
    return None


def _of_system(error: Exception) -> Failure | None:
    """Something about a file or a folder that only its owner can change."""
    if isinstance(error, OSError) and error.filename:
        return Failure("file_unusable", f"{error.filename}: {error.strerror}")
    return None
