"""Which account runs the engines: the caller, or an unprivileged one when the caller is root.

PostgreSQL refuses to run as root, and Kafka has no need to.
"""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from services.local.errors import AccountMissingError, FolderUnreachableError

UNPRIVILEGED = "nobody"


@dataclass(frozen=True, slots=True)
class Account:
    """An account of this machine."""

    name: str
    uid: int
    gid: int

    @property
    def is_caller(self) -> bool:
        """Whether it is the account this process runs as."""
        return self.uid == os.geteuid()


def caller() -> Account:
    """Return the account of this process."""
    return _lookup(os.geteuid())


def engine_account() -> Account:
    """Return the account to run the engines as: never root."""
    if os.geteuid() != 0:
        return caller()
    try:
        entry = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise AccountMissingError(
            f"as root the engines run as {UNPRIVILEGED!r}, and this machine has no such account: "
            "create it, or start truceline as an ordinary user"
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def require_reachable(path: Path, account: Account) -> None:
    """Raise FolderUnreachableError if `account` may not enter a folder above `path`, or `path`."""
    barrier = find_barrier(path, account)
    if barrier is not None:
        raise FolderUnreachableError(path, account.name, barrier)


def make_open_folder(path: Path) -> None:
    """Make `path` and what is missing above it; root's stay open to all whatever root's umask."""
    missing = [step for step in (path, *path.parents) if not step.exists()]
    path.mkdir(mode=0o755, parents=True, exist_ok=True)
    if os.geteuid() == 0:
        for made in missing:
            made.chmod(0o755)


def find_barrier(path: Path, account: Account) -> Path | None:
    """Return the topmost folder of `path` that `account` may not enter, by its mode bits."""
    for step in reversed([path, *path.parents]):
        if step.is_dir() and not _may_enter(step, account):
            return step
    return None


def _may_enter(folder: Path, account: Account) -> bool:
    status = folder.stat()
    if account.uid == status.st_uid:
        return bool(status.st_mode & 0o100)
    if account.gid == status.st_gid:
        return bool(status.st_mode & 0o010)
    return bool(status.st_mode & 0o001)


def _lookup(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise AccountMissingError(
            f"user id {uid} has no name on this machine, and PostgreSQL needs one: "
            "add it to /etc/passwd, or start truceline as another user"
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
