"""The role that the timer's sessions take: there, and theirs to take.

Place on the data's way: under migration 0023, which says what it may do. The timer logs in as the
tables' owner, as workers and relays do, and gives up all but this before it asks anything.
"""

from __future__ import annotations

from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from services.local.postgres import TIMER_ROLE
from services.store.errors import TimerRoleError

# Roles are the cluster's: another database's migration may make it between look and CREATE.
_MAKE = f"""
DO $$ BEGIN
    CREATE ROLE {TIMER_ROLE} NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""
_GIVE = f"GRANT {TIMER_ROLE} TO CURRENT_USER"
_TAKEN = text("SELECT pg_has_role(current_user, oid, 'MEMBER') FROM pg_roles WHERE rolname = :role")


def require_timer_role(connection: Connection) -> None:
    """Make sure that there is the role, and that this user may take it.

    Raises:
        TimerRoleError: it is not so, and this user may not make it so.
    """
    user = connection.scalar(text("SELECT session_user"))
    found = connection.scalar(_TAKEN, {"role": TIMER_ROLE})
    if found:
        return
    try:
        if found is None:
            connection.execute(text(_MAKE))
        connection.execute(text(_GIVE))
    except ProgrammingError as error:
        if isinstance(error.orig, InsufficientPrivilege):
            raise TimerRoleError(
                f"the role {TIMER_ROLE} is missing, or {user} may not take it: have"
                f" `CREATE ROLE {TIMER_ROLE}` and `GRANT {TIMER_ROLE} TO {user}` run by one who"
                " may, then try again"
            ) from error
        raise
