"""Say which person holds a token, where one does: what takes two people must know them apart.

A label is for people and says nothing: two tokens of one person would be two people.
"""

import sqlalchemy as sa
from alembic import op

from services.local.postgres import API_ROLE

revision = "0040"
down_revision = "0039"

TRIGGER = "token_is_only_revoked"
SEEN = ("id", "label", "mission", "agreement", "roles", "sources", "created_at", "expires_at")
KEPT = (*SEEN, "secret_hash")
NAMED = ("principal",)


def guard(columns: tuple[str, ...]) -> None:
    """Let an update by where it revokes a token that was not revoked, and changes nothing else."""
    old, new = (", ".join(f"{row}.{name}" for name in columns) for row in ("OLD", "NEW"))
    op.execute(f"DROP TRIGGER {TRIGGER} ON tokens")
    op.execute(
        f"CREATE TRIGGER {TRIGGER} BEFORE UPDATE ON tokens FOR EACH ROW"
        f" WHEN (OLD.revoked_at IS NOT NULL OR ({old}) IS DISTINCT FROM ({new}))"
        " EXECUTE FUNCTION refuse_change_of_history()"
    )


def find_by_hash(columns: tuple[str, ...], types: str) -> None:
    """Answer for one hash with these columns; what it returns cannot be replaced in place."""
    told = ", ".join(f"t.{name}" for name in columns)
    op.execute("DROP FUNCTION find_token")
    op.execute(f"""
        CREATE FUNCTION find_token(hash bytea)
        RETURNS TABLE (id text, label text, mission text, agreement text, roles text[],
            sources text[], created_at timestamptz, expires_at timestamptz,
            revoked_at timestamptz{types})
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
        BEGIN ATOMIC
            SELECT {told} FROM tokens AS t WHERE t.secret_hash = find_token.hash;
        END
    """)  # noqa: S608  of our own text alone
    op.execute("REVOKE ALL ON FUNCTION find_token FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION find_token TO {API_ROLE}")


def upgrade() -> None:
    op.add_column("tokens", sa.Column("principal", sa.Text))
    guard((*KEPT, *NAMED))
    find_by_hash((*SEEN, "revoked_at", *NAMED), ", principal text")


def downgrade() -> None:
    find_by_hash((*SEEN, "revoked_at"), "")
    guard(KEPT)
    op.drop_column("tokens", "principal")
