"""Apache Kafka's programs: the jars of `jgo.lock.toml`, fetched once, checked at every start.

jgo fetches by Maven coordinates and checks nothing that holds (a tampered jar gets a new sum), so
no jar is used, or even lies in the folder of jars, before its SHA-256 equalled the locked one.
The lock names exact versions: nothing is resolved here, and no host is named.
"""

import hashlib
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import requests
from jgo.maven import MavenContext, PythonResolver

from services.local.account import make_open_folder
from services.local.errors import FolderUnwritableError, JarsDifferError, JarsUnfetchedError

LOCK: Final = Path(__file__).with_name("jgo.lock.toml")
FETCHERS: Final = 8  # small files on a far server: waiting, not work
ATTEMPTS: Final = 2  # a second one helps against a damaged transfer; a third would not


@dataclass(frozen=True, slots=True)
class Jar:
    """One locked jar."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def name(self) -> str:
        """Its file name."""
        return f"{self.artifact}-{self.version}.jar"


Fetch = Callable[[Jar, Path], Path]
"""Fetches a jar somewhere below a folder and returns where it lies, unchecked."""


def ensure_jars(
    cache: Path,
    *,
    locked: Sequence[Jar] | None = None,
    fetch: Fetch | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> list[Path]:
    """Return the class path: every locked jar below `cache`, its sum checked now.

    Raises JarsUnfetchedError where a jar is missing and cannot be fetched, JarsDifferError where
    one has another sum although it was deleted and fetched once more.
    """
    locked = read_lock() if locked is None else locked
    folder = cache / "jars"
    try:
        make_open_folder(folder)
        if wrong := find_wrong(locked, folder):
            say(f"fetching Apache Kafka: {len(wrong)} jars, once ...")
            _replace(wrong, folder, fetch or fetch_jar, total=len(locked))
    except requests.RequestException as e:  # its own OSError: the network, not the folder
        raise JarsUnfetchedError(len(locked), len(locked), type(e).__name__) from e
    except OSError as e:  # stop: only the person can give us a folder to write in
        raise FolderUnwritableError(folder, e.strerror or str(e)) from e
    return [folder / jar.name for jar in locked]


def read_lock(path: Path = LOCK) -> list[Jar]:
    """Return the jars that the lock file names."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["dependencies"]
    return [Jar(e["groupId"], e["artifactId"], e["version"], e["sha256"]) for e in entries]


def find_wrong(locked: Iterable[Jar], folder: Path) -> list[Jar]:
    """Return the jars that are missing from `folder` or have another sum than the locked one."""
    return [jar for jar in locked if not _is_right(jar, folder / jar.name)]


def fetch_jar(jar: Jar, below: Path) -> Path:
    """Fetch by Maven coordinates. Raises what requests raises, RuntimeError when not found."""
    context = MavenContext(resolver=PythonResolver(), repo_cache=below)
    fetched: Path = (
        context.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve()
    )
    return fetched


def _replace(wrong: list[Jar], folder: Path, fetch: Fetch, *, total: int) -> None:
    for _ in range(ATTEMPTS):
        for jar in wrong:
            (folder / jar.name).unlink(missing_ok=True)
        try:
            _fetch_checked(wrong, folder, fetch)
        except (requests.RequestException, RuntimeError) as e:
            # Stop: without a network there is nothing to retry, and what is here stays right.
            missing = len(find_wrong(wrong, folder))
            raise JarsUnfetchedError(missing, total, _why(e)) from e
        wrong = find_wrong(wrong, folder)
        if not wrong:
            return
    raise JarsDifferError(wrong[0].name, folder)


def _fetch_checked(wrong: list[Jar], folder: Path, fetch: Fetch) -> None:
    """Fetch `wrong` and move into `folder` those, and only those, whose sums are right."""
    staging = Path(tempfile.mkdtemp(prefix=".fetching-", dir=folder))
    try:
        with ThreadPoolExecutor(FETCHERS) as pool:
            fetches = [pool.submit(fetch, jar, staging) for jar in wrong]
            try:
                for jar, fetching in zip(wrong, fetches, strict=True):
                    got = fetching.result()
                    if _is_right(jar, got):
                        got.chmod(0o644)
                        got.replace(folder / jar.name)
            finally:
                pool.shutdown(cancel_futures=True)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _is_right(jar: Jar, path: Path) -> bool:
    try:
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest() == jar.sha256
    except FileNotFoundError:
        return False


def _why(e: Exception) -> str:
    if isinstance(e, requests.Timeout):
        return "the Maven repository did not answer in time"
    if isinstance(e, requests.ConnectionError):
        return "no connection to the Maven repository"
    return str(e).splitlines()[0][:200]
