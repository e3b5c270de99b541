"""What is fetched is never trusted: only a jar with the locked sum is put on the class path."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from services.local.errors import FolderUnwritableError, JarsDifferError, JarsUnfetchedError
from services.local.jars import LOCK, Jar, ensure_jars, read_lock

RIGHT = {"alpha": b"alpha's classes", "beta": b"beta's classes"}
LOCKED = [
    Jar("org.example", name, "1.0", hashlib.sha256(body).hexdigest())
    for name, body in RIGHT.items()
]


class Repository:
    """A fake repository: serves bodies, the given number of them damaged first."""

    def __init__(self, damage: Callable[[bytes], bytes] = bytes, *, times: int = 0) -> None:
        self.fetched: list[str] = []
        self._damage = damage
        self._left = times

    def fetch(self, jar: Jar, below: Path) -> Path:
        self.fetched.append(jar.artifact)
        body = RIGHT[jar.artifact]
        if self._left > 0:
            self._left -= 1
            body = self._damage(body)
        target = below / jar.name
        target.write_bytes(body)
        return target


def no_network(_jar: Jar, _below: Path) -> Path:
    raise requests.ConnectionError("Failed to resolve")


def contents(path: list[Path]) -> list[bytes]:
    return [jar.read_bytes() for jar in path]


def test_the_lock_names_45_jars_by_sum_and_no_host() -> None:
    locked = read_lock()
    assert len(locked) == 45
    assert len({jar.name for jar in locked}) == 45
    assert all(len(jar.sha256) == 64 for jar in locked)
    assert "://" not in LOCK.read_text(encoding="utf-8")


def test_jars_are_fetched_once_and_then_need_no_network(tmp_path: Path) -> None:
    repository = Repository()
    first = ensure_jars(tmp_path, locked=LOCKED, fetch=repository.fetch)
    assert contents(first) == list(RIGHT.values())
    assert ensure_jars(tmp_path, locked=LOCKED, fetch=no_network) == first
    assert sorted(repository.fetched) == ["alpha", "beta"]


@pytest.mark.parametrize("damage", [lambda b: b + b"!", lambda b: b[:-1]], ids=["more", "less"])
def test_a_jar_damaged_in_the_cache_is_fetched_again_alone(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    path = ensure_jars(tmp_path, locked=LOCKED, fetch=Repository().fetch)
    path[1].write_bytes(damage(path[1].read_bytes()))
    repository = Repository()
    assert contents(ensure_jars(tmp_path, locked=LOCKED, fetch=repository.fetch)) == [
        *RIGHT.values()
    ]
    assert repository.fetched == ["beta"]


def test_a_damaged_transfer_is_made_good_by_the_second_one(tmp_path: Path) -> None:
    repository = Repository(lambda body: body[:3], times=1)
    path = ensure_jars(tmp_path, locked=LOCKED, fetch=repository.fetch)
    assert contents(path) == list(RIGHT.values())
    assert len(repository.fetched) == 3


def test_a_jar_with_another_sum_twice_stops_the_start_and_is_not_kept(tmp_path: Path) -> None:
    repository = Repository(lambda _: b"another's classes", times=99)
    with pytest.raises(JarsDifferError, match="differs from the locked SHA-256"):
        ensure_jars(tmp_path, locked=LOCKED, fetch=repository.fetch)
    assert len(repository.fetched) == 4
    assert list((tmp_path / "jars").iterdir()) == []


def test_no_network_at_the_first_start_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(JarsUnfetchedError, match=r"2 of .* 2 jars .*no connection"):
        ensure_jars(tmp_path, locked=LOCKED, fetch=no_network)


def test_a_jar_that_is_not_in_the_repository_is_one_clear_line(tmp_path: Path) -> None:
    def not_found(_jar: Jar, _below: Path) -> Path:
        raise RuntimeError("Artifact not found\nand more")

    with pytest.raises(JarsUnfetchedError) as caught:
        ensure_jars(tmp_path, locked=LOCKED, fetch=not_found)
    assert "\n" not in str(caught.value)


def test_a_cache_that_cannot_be_written_is_told_apart_from_a_missing_network(
    tmp_path: Path,
) -> None:
    (tmp_path / "jars").touch()
    with pytest.raises(FolderUnwritableError, match="TRUCELINE_CACHE"):
        ensure_jars(tmp_path, locked=LOCKED, fetch=Repository().fetch)


def test_what_is_fetched_is_told_to_the_person_who_waits(tmp_path: Path) -> None:
    said: list[str] = []
    ensure_jars(tmp_path, locked=LOCKED, fetch=Repository().fetch, say=said.append)
    ensure_jars(tmp_path, locked=LOCKED, fetch=no_network, say=said.append)
    assert said == ["fetching Apache Kafka: 2 jars, once ..."]
