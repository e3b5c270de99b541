"""Know who may submit through the gateway: tokens, by the hash of their secret.

A token is revoked once and nothing else of it ever changes: what it vouched for stays explainable.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

# An update is let by where it revokes a token that was not revoked, and changes nothing else.
GUARD = """
CREATE TRIGGER token_is_only_revoked BEFORE UPDATE ON tokens FOR EACH ROW
WHEN (OLD.revoked_at IS NOT NULL
    OR (OLD.id, OLD.secret_hash, OLD.label, OLD.mission, OLD.agreement, OLD.roles, OLD.sources,
        OLD.created_at, OLD.expires_at)
    IS DISTINCT FROM (NEW.id, NEW.secret_hash, NEW.label, NEW.mission, NEW.agreement, NEW.roles,
        NEW.sources, NEW.created_at, NEW.expires_at))
EXECUTE FUNCTION refuse_change_of_history()
"""


def upgrade() -> None:
    op.create_table(
        "tokens",
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("expires_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("secret_hash", sa.LargeBinary, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("mission", sa.Text, nullable=False),
        sa.Column("agreement", sa.Text),
        sa.Column("roles", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("sources", sa.ARRAY(sa.Text), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("secret_hash"),
    )
    op.execute(GUARD)
    op.execute(
        "CREATE TRIGGER token_is_kept BEFORE DELETE ON tokens"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history()"
    )
    op.execute(
        "CREATE TRIGGER tokens_are_kept BEFORE TRUNCATE ON tokens"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history()"
    )


def downgrade() -> None:
    op.drop_table("tokens")
