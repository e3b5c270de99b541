"""The data folder: its layout, its maker's mark, its lock.

    FOLDER/            the caller's, 0700 (root's is 0711: the engines' account passes through)
      layout           the layout's number; a folder of a newer one is refused
      lock             held by the one `truceline up` that runs on the folder
      run.json         where the running engines are (0600)
      kafka.json       Kafka's ports, so that addresses outlive a restart
      keys/  spool/    producers' keys, tokens; events on their way to a gateway (0700)
      grids/           the index of the zones in force, by their hash; may be removed (0700)
      conf/            the engines' settings, written anew at each start
      logs/            one log a process
      postgres/  kafka/  socket/  tmp/       the engines' own (0700, their account's)

As root nothing of root's lies in a folder that the engines' account can write.
"""

import fcntl
import os
import shutil
import time
from pathlib import Path
from typing import Final

from services.local.account import (
    Account,
    engine_account,
    make_open_folder,
    require_reachable,
)
from services.local.errors import (
    FolderForeignError,
    FolderFullError,
    FolderInUseError,
    FolderTooNewError,
    FolderUnwritableError,
)

LAYOUT: Final = 1
NEEDED_MB: Final = 300  # both engines, empty, take about 100 MB; the rest is room to work
LOCK_S: Final = 0.5
BEFORE_UP: Final = ("keys", "spool", "grids")
"""What may lie in it before the first `up`: a key or token, spooled reports, a worker's index."""
HOME_VARIABLE: Final = "TRUCELINE_HOME"


def default_folder() -> Path:
    """Return TRUCELINE_HOME, else the system's place for such data."""
    if home := os.environ.get(HOME_VARIABLE):
        return Path(home).expanduser()
    if os.geteuid() == 0:
        return Path("/var/lib/truceline")
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local/share") / "truceline"


class Folder:
    """A data folder, made and checked. `hold` locks it; `release` or the process's end frees it."""

    def __init__(self, path: Path, *, needed_mb: int = NEEDED_MB) -> None:
        self.path = path.expanduser().absolute()
        self.account = engine_account()
        self._lock: int | None = None
        try:
            self._make(needed_mb)
        except OSError as e:  # stop: whatever the system refuses here, the person has to change
            raise FolderUnwritableError(self.path, e.strerror or str(e)) from e

    @property
    def conf(self) -> Path:
        """Settings of the engines, written anew at each start."""
        return self.path / "conf"

    @property
    def logs(self) -> Path:
        """One log file a process."""
        return self.path / "logs"

    @property
    def is_ours(self) -> bool:
        """Whether this process holds it."""
        return self._lock is not None

    def hold(self) -> None:
        """Lock the folder for this process, or raise FolderInUseError."""
        if self._lock is None:
            self._lock = _take_lock(self.path)

    def release(self) -> None:
        """Give the lock back."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def own(self, name: str) -> Path:
        """Make the folder `name` for the engines' account alone, and return it."""
        made = self.path / name
        made.mkdir(mode=0o700, exist_ok=True)
        give(made, self.account)
        return made

    def write_conf(self, name: str, text: str) -> Path:
        """Write a settings file that the engines' account can read, and return it."""
        target = self.conf / name
        target.write_text(text, encoding="utf-8")
        target.chmod(0o644)  # no secret is in any of them
        return target

    def _make(self, needed_mb: int) -> None:
        fresh = not self.path.exists()
        if not self.account.is_caller:
            require_reachable(self.path.parent, self.account)
        make_open_folder(self.path.parent)
        self.path.mkdir(mode=0o700, exist_ok=True)
        self._require_ours(fresh=fresh)
        self.path.chmod(0o700 if self.account.is_caller else 0o711)
        self._require_room(needed_mb)
        (self.path / "layout").write_text(f"{LAYOUT}\n", encoding="utf-8")
        self.conf.mkdir(mode=0o755, exist_ok=True)
        self.logs.mkdir(mode=0o700, exist_ok=True)
        self.conf.chmod(0o755)

    def _require_ours(self, *, fresh: bool) -> None:
        if not self.path.is_dir():
            raise FolderForeignError(self.path, "it is not a folder")
        if (owner := self.path.stat().st_uid) != os.geteuid():
            raise FolderForeignError(self.path, f"it belongs to user id {owner}, not to you")
        mark = self.path / "layout"
        if mark.exists():
            found = mark.read_text(encoding="utf-8").strip()
            if not found.isdigit() or int(found) > LAYOUT:
                raise FolderTooNewError(self.path, found[:20], LAYOUT)
        elif not fresh and any(entry.name not in BEFORE_UP for entry in self.path.iterdir()):
            raise FolderForeignError(self.path, "it holds other files")

    def _require_room(self, needed_mb: int) -> None:
        free_mb = shutil.disk_usage(self.path).free // 1_000_000
        if free_mb < needed_mb:
            raise FolderFullError(self.path, free_mb, needed_mb)


def is_held(path: Path) -> bool:
    """Whether a `truceline up` runs on the folder `path` now."""
    try:
        opened = os.open(path / "lock", os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(opened)
    return False


def _take_lock(path: Path) -> int:
    """Lock the folder; the kernel frees it when the process ends, however it ends."""
    opened = os.open(path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + LOCK_S  # `is_held` of somebody else holds it for a moment
    while True:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:  # retry until the deadline, then it is another `up`: stop
            if time.monotonic() > deadline:
                holder = os.pread(opened, 20, 0).decode("ascii", "replace").strip()
                os.close(opened)
                raise FolderInUseError(path, f" (process {holder})" if holder else "") from None
            time.sleep(0.02)
    os.ftruncate(opened, 0)
    os.pwrite(opened, f"{os.getpid()}\n".encode("ascii"), 0)
    return opened


def give(path: Path, account: Account) -> None:
    """Make `path` belong to `account`."""
    if not account.is_caller:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
