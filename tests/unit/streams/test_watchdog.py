from streams.watchdog import Position, Stall, Watchdog

REPORTS_0 = ("reports", 0)
REPORTS_1 = ("reports", 1)
NEVER = float("-inf")


def test_lag_without_progress_is_a_stall_after_the_limit_and_not_before() -> None:
    watchdog = Watchdog(stall_after_s=60)
    stuck = {REPORTS_0: Position(end=100, committed=40)}
    assert watchdog.look(0, stuck, NEVER) is None
    assert watchdog.look(59, stuck, NEVER) is None
    assert watchdog.look(60, stuck, NEVER) == Stall(REPORTS_0, lag=60, seconds=60)


def test_progress_starts_the_count_anew_however_small() -> None:
    watchdog = Watchdog(stall_after_s=60)
    watchdog.look(0, {REPORTS_0: Position(100, 40)}, NEVER)
    assert watchdog.look(50, {REPORTS_0: Position(200, 41)}, NEVER) is None
    assert watchdog.look(109, {REPORTS_0: Position(300, 41)}, NEVER) is None
    assert watchdog.look(110, {REPORTS_0: Position(300, 41)}, NEVER) is not None


def test_an_idle_partition_may_stand_still_for_ever() -> None:
    watchdog = Watchdog(stall_after_s=60)
    for now in range(0, 1000, 50):
        assert watchdog.look(now, {REPORTS_0: Position(100, 100)}, NEVER) is None


def test_waiting_begins_with_the_lag_not_with_the_last_commit() -> None:
    watchdog = Watchdog(stall_after_s=60)
    watchdog.look(0, {REPORTS_0: Position(100, 100)}, NEVER)
    assert watchdog.look(1000, {REPORTS_0: Position(101, 100)}, NEVER) is None
    assert watchdog.look(1060, {REPORTS_0: Position(101, 100)}, NEVER) is not None


def test_a_sign_of_life_from_a_retry_puts_the_stall_off() -> None:
    watchdog = Watchdog(stall_after_s=60)
    stuck = {REPORTS_0: Position(100, 40)}
    watchdog.look(0, stuck, NEVER)
    assert watchdog.look(200, stuck, 150) is None
    assert watchdog.look(210, stuck, 150) == Stall(REPORTS_0, lag=60, seconds=60)


def test_one_stuck_partition_among_moving_ones_is_found() -> None:
    watchdog = Watchdog(stall_after_s=60)
    for now in range(0, 60, 10):
        positions = {REPORTS_0: Position(100, 40), REPORTS_1: Position(100, now)}
        assert watchdog.look(now, positions, NEVER) is None
    positions = {REPORTS_0: Position(100, 40), REPORTS_1: Position(100, 60)}
    assert watchdog.look(60, positions, NEVER) == Stall(REPORTS_0, lag=60, seconds=60)


def test_a_partition_that_was_revoked_meanwhile_counts_from_its_return() -> None:
    watchdog = Watchdog(stall_after_s=60)
    stuck = {REPORTS_0: Position(100, 40)}
    watchdog.look(0, stuck, NEVER)
    watchdog.look(30, {}, NEVER)
    assert watchdog.look(80, stuck, NEVER) is None
    assert watchdog.look(140, stuck, NEVER) is not None
