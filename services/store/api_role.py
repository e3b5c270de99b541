"""The role that the gateway logs in as: there, and not mightier than it may be.

Place on the data's way: under migration 0014, which gives the role what it may do. `truceline up`
makes the role with its database; elsewhere the operator does, with a password.
"""

from __future__ import annotations

from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from services.local.postgres import API_ROLE
from services.store.errors import ApiRoleError

# Roles are the cluster's: another database's migration may make it between look and CREATE.
_MAKE = f"""
DO $$ BEGIN
    CREATE ROLE {API_ROLE} NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""

_MIGHTY = text(
    "SELECT rolsuper OR rolbypassrls OR rolcreaterole"
    " OR pg_has_role(rolname, current_user, 'MEMBER') FROM pg_roles WHERE rolname = :role"
)


def require_api_role(connection: Connection) -> None:
    """Make sure of the role; one that is missing is made, and cannot log in until it is let.

    Raises:
        ApiRoleError: it may not be made by this user, or row-level security would not hold it.
    """
    mighty = connection.scalar(_MIGHTY, {"role": API_ROLE})
    if mighty is None:
        _make(connection)
    elif mighty:
        raise ApiRoleError(
            f"the role {API_ROLE} is a superuser, passes by row-level security, makes roles, or is"
            " a member of the tables' owner: take that from it, then try again"
        )


def _make(connection: Connection) -> None:
    try:
        connection.execute(text(_MAKE))
    except ProgrammingError as error:
        if isinstance(error.orig, InsufficientPrivilege):
            raise ApiRoleError(
                f"the role {API_ROLE} is missing, and this user may not make it: have"
                f" `CREATE ROLE {API_ROLE} LOGIN` run by one who may, then try again"
            ) from error
        raise
