import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from services.local.account import engine_account
from services.local.spawn import describe_end, spawn

SLEEP = shutil.which("sleep") or "/bin/sleep"
SHELL = "/bin/sh"

PARENT = """
import sys, time
from pathlib import Path
from services.local.spawn import spawn
child = spawn([{sleep!r}, "60"], cwd=Path("/"), log=Path({log!r}))
print(child.pid, flush=True)
time.sleep(60)
"""


def is_gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return True
    return state == "Z"


def test_a_child_dies_with_its_killed_parent(tmp_path: Path) -> None:
    code = PARENT.format(sleep=SLEEP, log=str(tmp_path / "log"))
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.communicate()
    deadline = time.monotonic() + 5
    while not is_gone(child) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert is_gone(child)


def test_a_child_has_a_session_of_its_own_and_none_of_our_environment(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGHOST", "elsewhere")
    log = place / "log"
    child = spawn([SHELL, "-c", "env; umask; sleep 60"], cwd=place, log=log)
    assert os.getsid(child.pid) == child.pid
    deadline = time.monotonic() + 5
    while "0077" not in log.read_text() and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    assert "PGHOST" not in log.read_text()
    assert "TZ=UTC" in log.read_text()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give up root")
def test_a_child_of_root_gives_root_up_for_good(place: Path) -> None:
    account = engine_account()
    log = place / "log"
    script = "id -u; id -G; grep NoNewPrivs /proc/self/status"
    child = spawn([SHELL, "-c", script], cwd=place, log=log, account=account)
    assert child.wait(timeout=10) == 0
    assert log.read_text().split() == [str(account.uid), str(account.gid), "NoNewPrivs:", "1"]


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo FATAL: no room; exit 3", "ended with code 3: FATAL: no room"),
        ("kill -9 $$", "was killed (SIGKILL): nothing in the log"),
    ],
)
def test_how_a_child_ended_is_told_with_the_line_that_says_why(
    place: Path, script: str, said: str
) -> None:
    log = place / "log"
    child = spawn([SHELL, "-c", script], cwd=place, log=log)
    child.wait(timeout=10)
    assert describe_end(child, log, 0) == said
