"""The engines of an ordinary user. Tests run as root become one for this; others are one."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.local.account import caller, engine_account, find_barrier
from services.local.engines import Engines
from services.local.programs import cache_folder

REPOSITORY = Path(__file__).parents[3]
SITE = Path(sysconfig.get_path("purelib"))

PROGRAM = """
import os, sys
from pathlib import Path
import psycopg
from services.local.engines import Engines
assert os.geteuid() != 0
for expected in (1, 2):
    with Engines(Path(sys.argv[1])) as endpoints:
        with psycopg.connect(endpoints.database_url) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS starts (n int)")
            connection.execute("INSERT INTO starts VALUES (1)")
            counted = connection.execute("SELECT count(*) FROM starts").fetchone()
            assert counted == (expected,), counted
print("well")
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that belongs to an ordinary user, with the fetched jars in its cache."""
    user = engine_account()
    made = Path(tempfile.mkdtemp(prefix="truceline-user-"))
    if (jars := cache_folder() / "jars").exists():
        shutil.copytree(jars, made / "cache" / "jars")
    for path in (made, *made.rglob("*")):
        os.chown(path, user.uid, user.gid)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def interpreter(home: Path) -> tuple[str, dict[str, str]]:
    """A Python that the user can run (a copy, where root keeps it to itself), its environment."""
    user = engine_account()
    paths = {"PYTHONPATH": f"{REPOSITORY}:{SITE}", "HOME": str(home), "PATH": "/usr/bin:/bin"}
    for needed in (REPOSITORY, SITE):
        if not user.is_caller and find_barrier(needed, user):
            pytest.skip(f"{user.name} cannot reach {needed}")
    base = Path(sys.base_prefix)
    if user.is_caller or find_barrier(base, user) is None:
        return f"{base}/bin/python{sysconfig.get_python_version()}", paths
    version = f"python{sysconfig.get_python_version()}"
    for tree in ("bin", "lib"):
        ignored = shutil.ignore_patterns("site-packages", "test", "*.a", "idlelib", "__pycache__")
        shutil.copytree(base / tree, home / "python" / tree, ignore=ignored, symlinks=True)
    return f"{home}/python/bin/{version}", paths | {"LD_LIBRARY_PATH": f"{home}/python/lib"}


def test_an_ordinary_user_starts_stops_and_goes_on(
    home: Path, interpreter: tuple[str, dict[str, str]], engines: Engines
) -> None:
    assert engines.kafka.pid  # the session's engines have fetched the jars
    user = engine_account()
    program, environment = interpreter
    done = subprocess.run(
        [program, "-c", PROGRAM, str(home / "data")],
        env={**environment, "TRUCELINE_CACHE": str(home / "cache")},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        user=None if user.is_caller else user.uid,
        group=None if user.is_caller else user.gid,
    )
    assert done.stdout == "well\n", done.stderr
    assert (home / "data").stat().st_uid == user.uid


def test_the_sessions_engines_belong_to_no_root(engines: Engines) -> None:
    for pid in (engines.postgres.pid, engines.kafka.pid):
        assert pid is not None
        assert Path(f"/proc/{pid}").stat().st_uid == engine_account().uid != 0
    if caller().uid == 0:
        assert (engines.folder.path / "conf").stat().st_uid == 0
