"""Start a child process that dies with us, in a process group of its own, logging to a file."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from services.local import launch
from services.local.account import Account
from services.local.logs import last_line

# The kernel counts a parent as dead when the *thread* that started the child ends. This one
# thread starts all of them and lives as long as the process.
_SPAWNER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spawn")


def spawn(  # noqa: PLR0913 - named arguments, each with one meaning
    argv: Sequence[str],
    *,
    cwd: Path,
    log: Path,
    account: Account | None = None,
    env: Mapping[str, str] | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start `argv` (an absolute program path first); its output is appended to `log`.

    The child leads a session of its own, so Ctrl-C at the terminal does not reach it: whoever
    started it stops it, in order. `death_signal` is what it gets when this process ends. Without
    `env` it gets a bare environment.
    """
    drop = account is not None and not account.is_caller
    uid, gid = (account.uid, account.gid) if account and drop else (launch.STAY, launch.STAY)
    command = [
        *(sys.executable, "-I", "-S", launch.__file__),
        *map(str, (os.getpid(), int(death_signal), uid, gid, int(env is None))),
        *argv,
    ]
    return _SPAWNER.submit(_popen, command, cwd, log, os.environ if env is None else env).result()


def describe_end(process: subprocess.Popen[bytes] | None, log: Path, since: int) -> str:
    """Say how a child ended, with the line of its log (from byte `since` on) that tells why."""
    code = process.poll() if process else None
    if code is None:
        return "is not running"
    how = f"was killed ({signal.Signals(-code).name})" if code < 0 else f"ended with code {code}"
    return f"{how}: {last_line(log, since)}"


def _popen(
    command: list[str], cwd: Path, log: Path, env: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - argv lists of our own, no shell
            command,
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
