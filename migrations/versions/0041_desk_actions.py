"""Keep what people decide of automatic results, and let the gateway add to it.

The key is the item and the number of the act: of two who decide upon one state at once the second
finds its place taken. The gateway's role adds acts of the missions and agreements that its scope
names, and changes none.
"""

import sqlalchemy as sa
from alembic import op

from services.local.postgres import API_ROLE

revision = "0041"
down_revision = "0040"

MISSIONS = "(SELECT string_to_array(current_setting('truceline.missions', true), ','))::text[]"
BY_IT = "agreement IN (SELECT hash FROM agreements)"  # those that their own policy lets by
OF_SCOPE = f"mission = ANY ({MISSIONS}) AND {BY_IT}"


def upgrade() -> None:
    op.create_table(
        "desk_actions",
        sa.Column("key", sa.Uuid, nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("received_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("reading", sa.Integer, nullable=False),
        sa.Column("people", sa.Integer, nullable=False),
        sa.Column("mission", sa.Text, nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("term_id", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("review", sa.Text, nullable=False),
        sa.Column("principal", sa.Text, nullable=False),
        sa.Column("token_id", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("into_item", sa.Text),
        sa.Column("parts", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("agreement", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("mission", "item", "seq"),
    )
    op.create_index("desk_actions_by_key", "desk_actions", ["key", "term_id", "seq"])
    op.execute(
        "CREATE TRIGGER history_rows BEFORE UPDATE OR DELETE ON desk_actions"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history()"
    )
    op.execute(
        "CREATE TRIGGER history_table BEFORE TRUNCATE ON desk_actions"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history()"
    )
    op.execute("ALTER TABLE desk_actions ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY api_reads ON desk_actions FOR SELECT TO {API_ROLE} USING ({OF_SCOPE})"
    )
    op.execute(
        f"CREATE POLICY api_adds ON desk_actions FOR INSERT TO {API_ROLE} WITH CHECK ({OF_SCOPE})"
    )
    op.execute(f"GRANT SELECT, INSERT ON desk_actions TO {API_ROLE}")


def downgrade() -> None:
    op.drop_table("desk_actions")
