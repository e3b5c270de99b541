"""PostgreSQL 18 from its wheel: Unix socket only, peer authentication, one database.

Two roles: `truceline` owns it, `truceline_api` owns nothing (the gateway's, migration 0014).

The binaries are called by us; the wheel's own helper creates accounts and opens folders when it
runs as root. `start` on the data of a killed server recovers it: the same way in, always.
"""

import os
import signal
import tempfile
import time
from hashlib import sha256
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psycopg

from services.local.account import Account, caller, require_reachable
from services.local.build import build_data
from services.local.engine import Engine
from services.local.errors import EngineFailedError, FolderUnwritableError
from services.local.folder import Folder, give
from services.local.logs import size_of
from services.local.programs import make_cache, postgres_bin
from services.local.spawn import spawn

ROLE: Final = "truceline"
API_ROLE: Final = "truceline_api"
TIMER_ROLE: Final = "truceline_timer"
DATABASE: Final = "truceline"
SOCKET_NAME: Final = ".s.PGSQL.5432"
SOCKET_BYTES: Final = 107 - len(f"/{SOCKET_NAME}")  # what a socket's address holds, on Linux
READY_S: Final = 120.0  # recovery after a crash replays at most max_wal_size
POLL_S: Final = 0.02

# For two cores and a notebook's memory. Durability is PostgreSQL's own default: fsync on.
SETTINGS: Final = """\
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = '512MB'
effective_cache_size = '1GB'
work_mem = '16MB'
maintenance_work_mem = '128MB'
wal_buffers = '64MB'
max_wal_size = '4GB'
checkpoint_timeout = '15min'
random_page_cost = 1.1
max_worker_processes = 4
max_parallel_workers = 2
max_parallel_workers_per_gather = 1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %u@%d '
log_checkpoints = off
"""

# The socket is the only way in, and the system tells who is on its other end: no passwords.
HBA: Final = "local all all peer map=truceline\n"


class Postgres(Engine):
    """One PostgreSQL server on the data folder."""

    name = "PostgreSQL"
    program = "postgres"
    place = "postgres"
    stop_signal = signal.SIGINT
    stop_s = 20.0

    def __init__(self, folder: Folder) -> None:
        super().__init__(folder)
        self._bin = Path()
        self._socket = _socket_path(folder)

    @property
    def url(self) -> str:
        """The address of the database `truceline`, for the role that owns it."""
        return self.url_of(DATABASE)

    @property
    def admin_url(self) -> str:
        """The address for the superuser, who can create databases; same accounts let in."""
        return self.url_of("postgres", role="postgres")

    @property
    def api_url(self) -> str:
        """The address for the role that the gateway logs in as; same accounts let in."""
        return self.url_of(DATABASE, role=API_ROLE)

    def url_of(self, database: str, role: str = ROLE) -> str:
        """Return the address of `database` on this server."""
        return f"postgresql://{role}@/{database}?host={quote(str(self._socket), safe='/')}"

    def prepare(self) -> None:
        """End a server left over on this data, and make the data if there is none."""
        account = self._folder.account
        self._bin = postgres_bin(account, make_cache(account))
        self._end(self._left_over())
        if not self._data.exists():
            build_data(self._folder, "postgres", self.name, self._initdb, self.log)
        # No server works on this data (looked up above, and the folder is locked), so whatever
        # number stands in the pid file belongs to somebody else by now.
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        _make_private(self._socket, account)
        (self._socket / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)

    def launch(self) -> None:
        """Start the server; `wait_ready` tells when it answers."""
        self._log_start = size_of(self.log)
        self._process = spawn(
            [str(self._bin / self.program), "-D", str(self._data), *self._options()],
            cwd=self._data,
            log=self.log,
            account=self._folder.account,
            death_signal=signal.SIGINT,  # fast shutdown: no client holds it up
        )

    def wait_ready(self) -> None:
        """Wait until it answers, and make sure role and database are there."""
        deadline = time.monotonic() + READY_S
        while True:
            try:
                with psycopg.connect(self.admin_url, autocommit=True, connect_timeout=5) as admin:
                    return _ensure_database(admin)
            except psycopg.OperationalError as e:  # not up yet, or recovering: ask again
                self._require_alive()
                if time.monotonic() > deadline:
                    why = f"did not answer within {READY_S:.0f} s ({_first_line(e)})"
                    raise EngineFailedError(self.name, why, self.log) from e
            time.sleep(POLL_S)

    def _require_alive(self) -> None:
        if self._process is None or self._process.poll() is not None:
            raise EngineFailedError(self.name, self.ended(), self.log)

    def _left_over(self) -> int | None:
        try:
            return int((self._data / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        except (OSError, ValueError, IndexError):  # none, or torn: all found are told to end
            return None

    def _initdb(self, data: Path) -> list[str]:
        return [
            *(str(self._bin / "initdb"), "-D", str(data), "-U", "postgres", "-A", "peer"),
            *("--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"),
        ]

    def _options(self) -> list[str]:
        """Write the settings as they are to be from this start on, and point to them."""
        people = dict.fromkeys((self._folder.account.name, caller().name))
        ident = "".join(
            f'truceline "{name}" {role}\n'
            for name in people
            for role in (ROLE, API_ROLE, "postgres")
        )
        write = self._folder.write_conf
        settings = f"{SETTINGS}unix_socket_directories = '{_quoted(self._socket)}'\n"
        return [
            *("-c", f"config_file={write('postgresql.conf', settings)}"),
            *("-c", f"hba_file={write('pg_hba.conf', HBA)}"),
            *("-c", f"ident_file={write('pg_ident.conf', ident)}"),
        ]


def _socket_path(folder: Folder) -> Path:
    """Return where the socket goes: in the folder, or in the temporary one if that is too long."""
    inside = folder.path / "socket"
    if len(os.fsencode(inside)) <= SOCKET_BYTES:
        return inside
    digest = sha256(os.fsencode(folder.path)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"truceline-{digest}"


def _make_private(socket: Path, account: Account) -> None:
    """Make the socket's folder the engines' alone; refuse one that somebody else put there."""
    if len(os.fsencode(socket)) > SOCKET_BYTES:
        raise FolderUnwritableError(socket, "too long for a socket: set TMPDIR to a shorter path")
    if not account.is_caller:
        require_reachable(socket.parent, account)
    socket.mkdir(mode=0o700, exist_ok=True)
    if socket.is_symlink() or socket.stat().st_uid not in (os.geteuid(), account.uid):
        raise FolderUnwritableError(socket, "somebody else made it: remove it")
    socket.chmod(0o700)
    give(socket, account)


def _ensure_database(admin: psycopg.Connection[tuple[object, ...]]) -> None:
    """Create roles and database where they are missing; a crash in between is made good here."""
    for role, may in ((ROLE, "LOGIN"), (API_ROLE, "LOGIN"), (TIMER_ROLE, "NOLOGIN")):
        if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
            admin.execute(f"CREATE ROLE {role} {may}")
    admin.execute(f"GRANT {TIMER_ROLE} TO {ROLE}")
    if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
        admin.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _first_line(e: Exception) -> str:
    return (str(e).splitlines() or ["no reason given"])[0]
