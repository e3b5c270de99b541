"""Await: return when the database answers and its tables are this program's.

Place on the data's way: once, before a worker, relay, timer or gateway does its first work. A
machine that starts brings up PostgreSQL and them in any order, so a database that is away or
recovering is waited for.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import psycopg
import structlog

from services.store.errors import Fate, fate_of
from services.store.revision import check_version

log = structlog.get_logger(__name__)

FIRST_WAIT_S: Final = 0.1
LONGEST_WAIT_S: Final = 5.0


def await_tables(
    url: str,
    *,
    check: Callable[[str], None] = check_version,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Check the tables' version, again and again while the database is away.

    Raises:
        SchemaError: the tables are not this program's.
        psycopg.Error: an error that time does not mend.
    """
    wait_s = FIRST_WAIT_S
    while True:
        try:
            return check(url)
        except psycopg.Error as error:
            if fate_of(error) is Fate.STOP:
                raise
            # Going on is safe: nothing was read and nothing written.
            log.warning("the database is away, retrying", wait_s=wait_s, error=str(error))
        sleep(wait_s)
        wait_s = min(wait_s * 2, LONGEST_WAIT_S)
