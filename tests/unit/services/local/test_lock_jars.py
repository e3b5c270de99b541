from services.local.jars import LOCK, read_lock
from services.local.lock_jars import COORDINATES, render_lock


def test_the_committed_lock_is_the_one_that_the_tool_writes() -> None:
    assert render_lock(read_lock()) == LOCK.read_text(encoding="utf-8")


def test_what_is_asked_for_is_in_the_lock() -> None:
    locked = {(jar.group, jar.artifact, jar.version) for jar in read_lock()}
    assert set(COORDINATES) <= locked


def test_the_lock_is_in_order_and_names_each_jar_once() -> None:
    names = [(jar.group, jar.artifact) for jar in read_lock()]
    assert names == sorted(set(names))
