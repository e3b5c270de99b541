from pathlib import Path

from services.local.logs import last_line, size_of, trim_log


def test_the_line_that_tells_of_the_failure_is_found_among_the_rest(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("LOG: starting\nFATAL:  no space left\nLOG: database system is shut down\n")
    assert last_line(log) == "FATAL:  no space left"


def test_what_older_runs_wrote_is_not_meant(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("FATAL: of yesterday\n")
    start = size_of(log)
    with log.open("a") as more:
        more.write("went quietly\n")
    assert last_line(log, start) == "went quietly"


def test_a_stack_trace_is_told_by_its_exception(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("java.io.IOException: disk\n\tat a.b(C.java:1)\n\tat Error.d(E.java:2)\n")
    assert last_line(log) == "java.io.IOException: disk"


def test_a_missing_an_empty_and_a_binary_log_are_no_failure(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert last_line(log) == "no log was written"
    log.write_bytes(b"")
    assert last_line(log) == "nothing in the log"
    log.write_bytes(b"\xff\xfe\n" * 10)
    assert last_line(log)


def test_a_log_past_its_limit_begins_anew_while_its_writer_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"old" * 10)
        assert not trim_log(log, limit_bytes=30)
        assert trim_log(log, limit_bytes=29)
        writer.write(b"new")
    assert log.read_bytes() == b"new"
    assert (tmp_path / "log.1").read_bytes() == b"old" * 10
