"""Everything openacq 0.1 keeps."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("areas", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("vendor", sa.Text(), nullable=True),
        sa.Column("funds", sa.Text(), nullable=True),
        sa.Column("libraries", sa.Text(), nullable=True),
        sa.Column("rate_limit", sa.BigInteger(), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("revoked", sa.BigInteger(), nullable=True),
        sa.Column("last_used", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("institution", "id", name=op.f("pk_api_keys")),
    )
    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.create_index("ix_api_keys_name", ["institution", "name"], unique=False)

    op.create_table(
        "approval_rules",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("approval", sa.Boolean(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("criteria", sa.Text(), nullable=False),
        sa.Column("above", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "name", name=op.f("pk_approval_rules")),
    )
    op.create_table(
        "bib_words",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "word",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("field", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("mms_id", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("institution", "word", "field", "mms_id", name=op.f("pk_bib_words")),
        info={"part of": ("lines",)},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "bibs",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("mms_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("isbn", sa.Text(), nullable=False),
        sa.Column("issn", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("year", sa.Text(), nullable=False),
        sa.Column("vendor_title_number", sa.Text(), nullable=False),
        sa.Column("system_control_numbers", sa.Text(), nullable=False),
        sa.Column("brief", sa.Boolean(), nullable=False),
        sa.Column("suppressed", sa.Boolean(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("claim", sa.Text(), nullable=True),
        sa.Column("source_key", sa.Text(), nullable=True),
        sa.Column("source_hash", sa.Text(), nullable=True),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("modified", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "mms_id", name=op.f("pk_bibs")),
        info={"part of": ("lines",)},
    )
    with op.batch_alter_table("bibs", schema=None) as batch_op:
        batch_op.create_index(
            "ux_bibs_claim",
            ["institution", "claim"],
            unique=True,
            sqlite_where=sa.text("claim IS NOT NULL"),
            postgresql_where=sa.text("claim IS NOT NULL"),
        )
        batch_op.create_index(
            "ux_bibs_source_key",
            ["institution", "source_key"],
            unique=True,
            sqlite_where=sa.text("source_key IS NOT NULL"),
            postgresql_where=sa.text("source_key IS NOT NULL"),
        )

    op.create_table(
        "calls",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("ms", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("key_id", sa.BigInteger(), nullable=True),
        sa.Column("principal_id", sa.BigInteger(), nullable=True),
        sa.Column("key_name", sa.Text(), nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=True),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "id", name=op.f("pk_calls")),
    )
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.create_index("ix_calls_at", ["institution", "at", "id"], unique=False)
        batch_op.create_index(
            "ix_calls_folded",
            ["institution", "at"],
            unique=False,
            sqlite_where=sa.text("folded IS NOT NULL"),
            postgresql_where=sa.text("folded IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_calls_problems",
            ["institution", "at"],
            unique=False,
            sqlite_where=sa.text("problems <> ''"),
            postgresql_where=sa.text("problems <> ''"),
        )
        batch_op.create_index(
            "ix_calls_subject",
            ["institution", "subject", "at"],
            unique=False,
            sqlite_where=sa.text("subject <> ''"),
            postgresql_where=sa.text("subject <> ''"),
        )

    op.create_table(
        "changes",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("old", sa.Text(), nullable=True),
        sa.Column("new", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("institution", "id", name=op.f("pk_changes")),
    )
    with op.batch_alter_table("changes", schema=None) as batch_op:
        batch_op.create_index("ix_changes_subject", ["institution", "kind", "subject", "id"], unique=False)

    op.create_table(
        "claims",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("claim", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("institution", "claim", name=op.f("pk_claims")),
    )
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.create_index("ix_claims_expires", ["institution", "expires"], unique=False)

    op.create_table(
        "code_rows",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code_table", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("updated_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "code_table", "code", name=op.f("pk_code_rows")),
    )
    op.create_table(
        "collection_switches",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("collection_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("modified", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "collection_id", name=op.f("pk_collection_switches")),
    )
    op.create_table(
        "collections",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("collection_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("modified", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "collection_id", name=op.f("pk_collections")),
    )
    op.create_table(
        "credentials",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("institution", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "hash", name=op.f("pk_credentials")),
    )
    op.create_table(
        "departments",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("libraries", sa.Text(), nullable=False),
        sa.Column("work_days", sa.BigInteger(), nullable=False),
        sa.Column("map", sa.Text(), nullable=False),
        sa.Column("printer", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("operators", sa.Text(), nullable=False),
        sa.Column("circ_desk", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "id", name=op.f("pk_departments")),
    )
    with op.batch_alter_table("departments", schema=None) as batch_op:
        batch_op.create_index("uq_departments_code", ["institution", "code"], unique=True)

    op.create_table(
        "exchange_rates",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("target", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "institution", "source", "target", "valid_from", name=op.f("pk_exchange_rates")
        ),
    )
    op.create_table(
        "fiscal_periods",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "id", name=op.f("pk_fiscal_periods")),
    )
    with op.batch_alter_table("fiscal_periods", schema=None) as batch_op:
        batch_op.create_index("uq_fiscal_periods_name", ["institution", "name"], unique=True)
        batch_op.create_index("uq_fiscal_periods_number", ["institution", "number"], unique=True)

    op.create_table(
        "fund_movements",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "id", name=op.f("pk_fund_movements")),
    )
    with op.batch_alter_table("fund_movements", schema=None) as batch_op:
        batch_op.create_index("uq_fund_movements_reference", ["institution", "reference"], unique=True)

    op.create_table(
        "fund_postings",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("fund", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("original", sa.BigInteger(), nullable=False),
        sa.Column("original_currency", sa.Text(), nullable=False),
        sa.Column("original_scale", sa.BigInteger(), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("share", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("institution", "fund", "id", name=op.f("pk_fund_postings")),
    )
    with op.batch_alter_table("fund_postings", schema=None) as batch_op:
        batch_op.create_index(
            "uq_fund_postings_source",
            ["institution", "source_kind", "source_id", "share", "step"],
            unique=True,
        )

    op.create_table(
        "institutions",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("oclc_id", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("public_url", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("institution", name=op.f("pk_institutions")),
    )
    with op.batch_alter_table("institutions", schema=None) as batch_op:
        batch_op.create_index("ix_institutions_oclc_id", ["oclc_id"], unique=False)
        batch_op.create_index("uq_institutions_code", ["code"], unique=True)

    op.create_table(
        "key_days",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), autoincrement=False, nullable=False),
        sa.Column("key_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "day", "key_id", name=op.f("pk_key_days")),
    )
    op.create_table(
        "letter_switches",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "kind", name=op.f("pk_letter_switches")),
    )
    op.create_table(
        "letter_templates",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("language", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "kind", "language", name=op.f("pk_letter_templates")),
    )
    op.create_table(
        "letters",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("recipient_folded", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("sent", sa.BigInteger(), nullable=True),
        sa.Column("due", sa.BigInteger(), nullable=True),
        sa.Column("leased_by", sa.Text(), nullable=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("sender_name", sa.Text(), nullable=False),
        sa.Column("reply_to", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("attachments", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "id", name=op.f("pk_letters")),
    )
    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.create_index("ix_letters_created", ["institution", "created", "id"], unique=False)
        batch_op.create_index(
            "ix_letters_due",
            ["institution", "due", "id"],
            unique=False,
            sqlite_where=sa.text("due IS NOT NULL"),
            postgresql_where=sa.text("due IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_letters_recipient", ["institution", "recipient_folded", "created", "id"], unique=False
        )
        batch_op.create_index(
            "ix_letters_source", ["institution", "source_kind", "source_id", "created", "id"], unique=False
        )
        batch_op.create_index("ix_letters_state", ["institution", "state", "created", "id"], unique=False)
        batch_op.create_index("uq_letters_occasion", ["institution", "occasion"], unique=True)

    op.create_table(
        "libraries",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("campus", sa.Text(), nullable=False),
        sa.Column("campus_name", sa.Text(), nullable=False),
        sa.Column("oclc_id", sa.Text(), nullable=False),
        sa.Column("default_location", sa.Text(), nullable=False),
        sa.Column("resource_sharing", sa.Boolean(), nullable=False),
        sa.Column("proxy", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "id", name=op.f("pk_libraries")),
    )
    with op.batch_alter_table("libraries", schema=None) as batch_op:
        batch_op.create_index("uq_libraries_code", ["institution", "code"], unique=True)

    op.create_table(
        "line_alerts",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "line_id", "number", name=op.f("pk_line_alerts")),
        info={"part of": ("lines",)},
    )
    with op.batch_alter_table("line_alerts", schema=None) as batch_op:
        batch_op.create_index("ix_line_alerts_slug", ["institution", "slug", "line_id"], unique=False)

    op.create_table(
        "line_interested",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("primary_id", sa.Text(), nullable=False),
        sa.Column("notify_receiving_activation", sa.Boolean(), nullable=False),
        sa.Column("hold_item", sa.Boolean(), nullable=False),
        sa.Column("notify_renewal", sa.Boolean(), nullable=False),
        sa.Column("notify_cancel", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "line_id", "number", name=op.f("pk_line_interested")),
        info={"part of": ("lines",)},
    )
    with op.batch_alter_table("line_interested", schema=None) as batch_op:
        batch_op.create_index("ix_line_interested_primary_id", ["institution", "primary_id"], unique=False)

    op.create_table(
        "line_inventory",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("target", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("institution", "line_id", "kind", "target", name=op.f("pk_line_inventory")),
        info={"part of": ("lines",)},
    )
    op.create_table(
        "line_notes",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "line_id", "number", name=op.f("pk_line_notes")),
        info={"part of": ("lines",)},
    )
    op.create_table(
        "line_places",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("library", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("holding_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "line_id", "number", name=op.f("pk_line_places")),
        info={"part of": ("lines",)},
    )
    with op.batch_alter_table("line_places", schema=None) as batch_op:
        batch_op.create_index(
            "ix_line_places_location", ["institution", "location", "library", "line_id"], unique=False
        )

    op.create_table(
        "line_shares",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fund_code", sa.Text(), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=True),
        sa.Column("percent", sa.BigInteger(), nullable=True),
        sa.Column("amount_units", sa.BigInteger(), nullable=True),
        sa.Column("amount_scale", sa.Integer(), nullable=True),
        sa.Column("amount_currency", sa.Text(), nullable=False),
        sa.Column("part_units", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("institution", "line_id", "number", name=op.f("pk_line_shares")),
        info={"part of": ("lines",)},
    )
    with op.batch_alter_table("line_shares", schema=None) as batch_op:
        batch_op.create_index("ix_line_shares_fund_id", ["institution", "fund_id", "line_id"], unique=False)

    op.create_table(
        "number_blocks",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("next", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "kind", name=op.f("pk_number_blocks")),
    )
    op.create_table(
        "order_profiles",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("methods", sa.Text(), nullable=False),
        sa.Column("methods_serial", sa.Text(), nullable=False),
        sa.Column("block_not_fully_funded", sa.Boolean(), nullable=False),
        sa.Column("block_invalid_fund", sa.Boolean(), nullable=False),
        sa.Column("block_balance_too_low", sa.Boolean(), nullable=False),
        sa.Column("duplicates", sa.Text(), nullable=False),
        sa.Column("default_line_type", sa.Text(), nullable=False),
        sa.Column("use_access_model", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "kind", "code", name=op.f("pk_order_profiles")),
    )
    op.create_table(
        "outbox",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("leased_until", sa.BigInteger(), nullable=True),
        sa.Column("leased_by", sa.Text(), nullable=True),
        sa.Column("done", sa.BigInteger(), nullable=True),
        sa.Column("failed", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("institution", "id", name=op.f("pk_outbox")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_topic", ["institution", "topic", "subject"], unique=False)
        batch_op.create_index(
            "ix_outbox_trouble",
            ["institution", "topic", "due"],
            unique=False,
            sqlite_where=sa.text("done IS NULL AND error IS NOT NULL"),
            postgresql_where=sa.text("done IS NULL AND error IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_outbox_waiting",
            ["institution", "topic", "due"],
            unique=False,
            sqlite_where=sa.text("done IS NULL"),
            postgresql_where=sa.text("done IS NULL"),
        )

    op.create_table(
        "packaging_rules",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("wait_minutes", sa.Integer(), nullable=False),
        sa.Column("most_lines", sa.Integer(), nullable=False),
        sa.Column("by_fund", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("institution", name=op.f("pk_packaging_rules")),
    )
    op.create_table(
        "principals",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.Column("user_primary_id", sa.Text(), nullable=False),
        sa.Column("access", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "id", name=op.f("pk_principals")),
    )
    with op.batch_alter_table("principals", schema=None) as batch_op:
        batch_op.create_index("uq_principals", ["institution", "principal", "namespace"], unique=True)

    op.create_table(
        "proofs",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "id", name=op.f("pk_proofs")),
    )
    with op.batch_alter_table("proofs", schema=None) as batch_op:
        batch_op.create_index("ix_proofs_at", ["institution", "at"], unique=False)

    op.create_table(
        "purchase_orders",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_since", sa.BigInteger(), nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("continuity", sa.Text(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("approved", sa.BigInteger(), nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("approval_reason", sa.Text(), nullable=False),
        sa.Column("send_by", sa.Text(), nullable=False),
        sa.Column("send_state", sa.Text(), nullable=False),
        sa.Column("send_error", sa.Text(), nullable=False),
        sa.Column("letter_id", sa.BigInteger(), nullable=True),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("sent", sa.BigInteger(), nullable=True),
        sa.Column("exchange_rate", sa.BigInteger(), nullable=True),
        sa.Column("submitted", sa.BigInteger(), nullable=True),
        sa.Column("extras", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "id", name=op.f("pk_purchase_orders")),
        info={"part of": ("lines",)},
    )
    with op.batch_alter_table("purchase_orders", schema=None) as batch_op:
        batch_op.create_index(
            "ix_purchase_orders_listed",
            ["institution", "id", "state", "submitted", "changed", "vendor"],
            unique=False,
        )
        batch_op.create_index("ix_purchase_orders_state", ["institution", "state", "created"], unique=False)
        batch_op.create_index("uq_purchase_orders_number", ["institution", "number"], unique=True)

    op.create_table(
        "purchase_requests",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_since", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("requester", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("citation_type", sa.Text(), nullable=False),
        sa.Column("requested_type", sa.Text(), nullable=False),
        sa.Column("notify_receiving_activation", sa.Boolean(), nullable=False),
        sa.Column("hold_item", sa.Boolean(), nullable=False),
        sa.Column("notify_renewal", sa.Boolean(), nullable=False),
        sa.Column("notify_cancel", sa.Boolean(), nullable=False),
        sa.Column("owning_library", sa.Text(), nullable=False),
        sa.Column("cost_units", sa.BigInteger(), nullable=True),
        sa.Column("cost_scale", sa.Integer(), nullable=True),
        sa.Column("cost_currency", sa.Text(), nullable=False),
        sa.Column("fund", sa.Text(), nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("vendor_account", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("requester_note", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("reject_reason", sa.Text(), nullable=False),
        sa.Column("reject_note", sa.Text(), nullable=False),
        sa.Column("mms_id", sa.Text(), nullable=False),
        sa.Column("matched_by", sa.Text(), nullable=False),
        sa.Column("bib_hits", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("metadata", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("places", sa.Text(), nullable=False),
        sa.Column("po_line", sa.Text(), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=True),
        sa.Column("approved_with", sa.BigInteger(), nullable=True),
        sa.Column("progress", sa.Text(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("assigned_to", sa.Text(), nullable=False),
        sa.Column("deferred_until", sa.Date(), nullable=True),
        sa.Column("deferral_reason", sa.Text(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("unanswered", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "id", name=op.f("pk_purchase_requests")),
        info={"part of": ("requests",)},
    )
    with op.batch_alter_table("purchase_requests", schema=None) as batch_op:
        batch_op.create_index(
            "ix_purchase_requests_assigned_to",
            [
                "institution",
                "assigned_to",
                "created",
                "id",
                "state",
                "format",
                "owning_library",
                "citation_type",
            ],
            unique=False,
        )
        batch_op.create_index(
            "ix_purchase_requests_citation_type",
            ["institution", "citation_type", "created", "id", "state", "format", "owning_library"],
            unique=False,
        )
        batch_op.create_index(
            "ix_purchase_requests_created",
            ["institution", "created", "id", "state", "format", "owning_library", "citation_type"],
            unique=False,
        )
        batch_op.create_index(
            "ix_purchase_requests_deferred_until",
            ["institution", "deferred_until"],
            unique=False,
            sqlite_where=sa.text("deferred_until IS NOT NULL"),
            postgresql_where=sa.text("deferred_until IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_purchase_requests_format",
            ["institution", "format", "created", "id", "state", "owning_library", "citation_type"],
            unique=False,
        )
        batch_op.create_index(
            "ix_purchase_requests_group_id", ["institution", "group_id", "created", "id"], unique=False
        )
        batch_op.create_index(
            "ix_purchase_requests_line_id",
            ["institution", "line_id"],
            unique=False,
            sqlite_where=sa.text("line_id IS NOT NULL"),
            postgresql_where=sa.text("line_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_purchase_requests_mms_id", ["institution", "mms_id", "created", "id"], unique=False
        )
        batch_op.create_index(
            "ix_purchase_requests_owning_library",
            ["institution", "owning_library", "created", "id", "state", "format", "citation_type"],
            unique=False,
        )
        batch_op.create_index(
            "ix_purchase_requests_requester",
            [
                "institution",
                "requester",
                "created",
                "id",
                "state",
                "format",
                "owning_library",
                "citation_type",
            ],
            unique=False,
        )
        batch_op.create_index(
            "ix_purchase_requests_state",
            ["institution", "state", "created", "id", "format", "owning_library", "citation_type"],
            unique=False,
        )

    op.create_table(
        "register_versions",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("institution", name=op.f("pk_register_versions")),
    )
    op.create_table(
        "request_events",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "id", name=op.f("pk_request_events")),
    )
    with op.batch_alter_table("request_events", schema=None) as batch_op:
        batch_op.create_index(
            "ix_request_events_request_id", ["institution", "request_id", "at"], unique=False
        )

    op.create_table(
        "request_line_types",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("format", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("citation_type", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("requested_type", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("line_type", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "institution", "format", "citation_type", "requested_type", name=op.f("pk_request_line_types")
        ),
    )
    op.create_table(
        "request_patrons",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("primary_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "primary_id", name=op.f("pk_request_patrons")),
    )
    op.create_table(
        "request_rules",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("criteria", sa.Text(), nullable=False),
        sa.Column("most_open", sa.Integer(), nullable=True),
        sa.Column("most_in_period", sa.Integer(), nullable=True),
        sa.Column("period_days", sa.Integer(), nullable=False),
        sa.Column("required", sa.Text(), nullable=False),
        sa.Column("citation_types", sa.Text(), nullable=False),
        sa.Column("formats", sa.Text(), nullable=False),
        sa.Column("most_cost", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "name", name=op.f("pk_request_rules")),
    )
    op.create_table(
        "request_settings",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("import_profile", sa.Text(), nullable=False),
        sa.Column("merge", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("institution", name=op.f("pk_request_settings")),
    )
    op.create_table(
        "review_rules",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("review", sa.Boolean(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("criteria", sa.Text(), nullable=False),
        sa.Column("price_above", sa.BigInteger(), nullable=True),
        sa.Column("price_below", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "name", name=op.f("pk_review_rules")),
    )
    op.create_table(
        "scope_versions",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("scope", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("slot", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "scope", "slot", name=op.f("pk_scope_versions")),
    )
    op.create_table(
        "user_words",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "word",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("field", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("institution", "word", "field", "user_id", name=op.f("pk_user_words")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("user_words", schema=None) as batch_op:
        batch_op.create_index("ix_user_words_user", ["institution", "user_id"], unique=False)

    op.create_table(
        "users",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("primary_id", sa.Text(), nullable=False),
        sa.Column("primary_folded", sa.Text(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("middle_name", sa.Text(), nullable=False),
        sa.Column("last_name", sa.Text(), nullable=False),
        sa.Column("record_type", sa.Text(), nullable=False),
        sa.Column("account_type", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_date", sa.Date(), nullable=True),
        sa.Column("user_group", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("job_description", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("expiry_date", sa.Date(), nullable=True),
        sa.Column("emails", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("modified", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "id", name=op.f("pk_users")),
        info={"part of": ("lines", "requests")},
    )
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.create_index("ix_users_last_name", ["institution", "last_name"], unique=False)
        batch_op.create_index(
            "ix_users_record_type", ["institution", "record_type", "last_name"], unique=False
        )
        batch_op.create_index("uq_users_primary_id", ["institution", "primary_folded"], unique=True)

    op.create_table(
        "vendors",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("additional_code", sa.Text(), server_default="", nullable=False),
        sa.Column("financial_sys_code", sa.Text(), server_default="", nullable=False),
        sa.Column("national_tax_id", sa.Text(), server_default="", nullable=False),
        sa.Column("liable_for_vat", sa.Boolean(), nullable=False),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.Column("material_supplier", sa.Boolean(), nullable=False),
        sa.Column("access_provider", sa.Boolean(), nullable=False),
        sa.Column("licensor", sa.Boolean(), nullable=False),
        sa.Column("governmental", sa.Boolean(), nullable=False),
        sa.Column("tax_percentage", sa.Text(), server_default="", nullable=False),
        sa.Column("currencies", sa.Text(), nullable=False),
        sa.Column("libraries", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("code_folded", sa.Text(), server_default="", nullable=False),
        sa.Column("name_folded", sa.Text(), server_default="", nullable=False),
        sa.Column("library_folded", sa.Text(), server_default="", nullable=False),
        sa.Column("interface_name_folded", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("institution", "id", name=op.f("pk_vendors")),
    )
    with op.batch_alter_table("vendors", schema=None) as batch_op:
        batch_op.create_index("uq_vendors_code", ["institution", "code"], unique=True)
        batch_op.create_index("uq_vendors_number", ["institution", "number"], unique=True)
        batch_op.create_index("uq_vendors_uuid", ["institution", "uuid"], unique=True)

    op.create_table(
        "wskeys",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("json_dialect", sa.Text(), nullable=False),
        sa.Column("redirects", sa.Text(), nullable=False),
        sa.Column("rate_limit", sa.BigInteger(), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("revoked", sa.BigInteger(), nullable=True),
        sa.Column("last_used", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("institution", "id", name=op.f("pk_wskeys")),
    )
    with op.batch_alter_table("wskeys", schema=None) as batch_op:
        batch_op.create_index("uq_wskeys_client", ["institution", "client"], unique=True)

    op.create_table(
        "access_tokens",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("wskey", sa.BigInteger(), nullable=False),
        sa.Column("principal", sa.BigInteger(), nullable=True),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("bound", sa.Text(), nullable=True),
        sa.Column("used", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["institution", "principal"],
            ["principals.institution", "principals.id"],
            name=op.f("fk_access_tokens_institution_principal"),
        ),
        sa.ForeignKeyConstraint(
            ["institution", "wskey"],
            ["wskeys.institution", "wskeys.id"],
            name=op.f("fk_access_tokens_institution_wskey"),
        ),
        sa.PrimaryKeyConstraint("institution", "id", name=op.f("pk_access_tokens")),
    )
    with op.batch_alter_table("access_tokens", schema=None) as batch_op:
        batch_op.create_index("ix_access_tokens_code", ["institution", "code"], unique=False)
        batch_op.create_index("ix_access_tokens_expires", ["institution", "expires"], unique=False)

    op.create_table(
        "bib_identifiers",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("mms_id", sa.Text(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["institution", "mms_id"],
            ["bibs.institution", "bibs.mms_id"],
            name=op.f("fk_bib_identifiers_institution_mms_id"),
        ),
        sa.PrimaryKeyConstraint("institution", "kind", "value", "mms_id", name=op.f("pk_bib_identifiers")),
        info={"part of": ("lines",)},
    )
    with op.batch_alter_table("bib_identifiers", schema=None) as batch_op:
        batch_op.create_index("ix_bib_identifiers_mms_id", ["institution", "mms_id"], unique=False)

    op.create_table(
        "bib_records",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("mms_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution", "mms_id"],
            ["bibs.institution", "bibs.mms_id"],
            name=op.f("fk_bib_records_institution_mms_id"),
        ),
        sa.PrimaryKeyConstraint("institution", "mms_id", name=op.f("pk_bib_records")),
    )
    op.create_table(
        "bib_uses",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("mms_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Text(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["institution", "mms_id"],
            ["bibs.institution", "bibs.mms_id"],
            name=op.f("fk_bib_uses_institution_mms_id"),
        ),
        sa.PrimaryKeyConstraint("institution", "mms_id", "kind", "user_id", name=op.f("pk_bib_uses")),
    )
    op.create_table(
        "collection_titles",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("collection_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("title_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("coverage", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("source_hash", sa.Text(), nullable=False),
        sa.Column("modified", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution", "collection_id"],
            ["collections.institution", "collections.collection_id"],
            name=op.f("fk_collection_titles_institution_collection_id"),
        ),
        sa.PrimaryKeyConstraint(
            "institution", "collection_id", "title_id", name=op.f("pk_collection_titles")
        ),
    )
    op.create_table(
        "funds",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("period", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("entity_type", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("parent", sa.BigInteger(), nullable=True),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("type", sa.Text(), server_default="", nullable=False),
        sa.Column("external_id", sa.Text(), server_default="", nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("libraries", sa.Text(), server_default="", nullable=False),
        sa.Column("own_rules", sa.Boolean(), nullable=False),
        sa.Column("overencumbrance", sa.Text(), nullable=False),
        sa.Column("overexpenditure", sa.Text(), nullable=False),
        sa.Column("overencumbrance_warning_percent", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("overexpenditure_warning_sum", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("overencumbrance_limit_percent", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("overexpenditure_limit_sum", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("encumbrances_prior_days", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("expenditures_prior_days", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("transfers_prior_days", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("encumbrance_grace_days", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("expenditure_grace_days", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("code_folded", sa.Text(), server_default="", nullable=False),
        sa.Column("name_folded", sa.Text(), server_default="", nullable=False),
        sa.Column("description_folded", sa.Text(), server_default="", nullable=False),
        sa.Column("external_id_folded", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["institution", "parent"],
            ["funds.institution", "funds.id"],
            name=op.f("fk_funds_institution_parent"),
        ),
        sa.ForeignKeyConstraint(
            ["institution", "period"],
            ["fiscal_periods.institution", "fiscal_periods.id"],
            name=op.f("fk_funds_institution_period"),
        ),
        sa.PrimaryKeyConstraint("institution", "id", name=op.f("pk_funds")),
    )
    with op.batch_alter_table("funds", schema=None) as batch_op:
        batch_op.create_index("ix_funds_parent", ["institution", "parent"], unique=False)
        batch_op.create_index("uq_funds_code", ["institution", "period", "code"], unique=True)
        batch_op.create_index("uq_funds_uuid", ["institution", "uuid"], unique=True)

    op.create_table(
        "holdings",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("holding_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("mms_id", sa.Text(), nullable=False),
        sa.Column("library", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("nth", sa.BigInteger(), nullable=False),
        sa.Column("call_number", sa.Text(), nullable=False),
        sa.Column("loaded", sa.Boolean(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("modified", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution", "mms_id"],
            ["bibs.institution", "bibs.mms_id"],
            name=op.f("fk_holdings_institution_mms_id"),
        ),
        sa.PrimaryKeyConstraint("institution", "holding_id", name=op.f("pk_holdings")),
        sa.UniqueConstraint(
            "institution",
            "mms_id",
            "library",
            "location",
            "nth",
            name=op.f("uq_holdings_institution_mms_id_library_location_nth"),
        ),
        info={"part of": ("lines",)},
    )
    op.create_table(
        "locations",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("library_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("external_name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("remote_storage", sa.Text(), nullable=False),
        sa.Column("map", sa.Text(), nullable=False),
        sa.Column("suppressed", sa.Boolean(), nullable=False),
        sa.Column("fulfillment_unit", sa.Text(), nullable=False),
        sa.Column("fulfillment_unit_name", sa.Text(), nullable=False),
        sa.Column("call_number_type", sa.Text(), nullable=False),
        sa.Column("accession_placement", sa.Text(), nullable=False),
        sa.Column("circ_desks", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution", "library_id"],
            ["libraries.institution", "libraries.id"],
            name=op.f("fk_locations_institution_library_id"),
        ),
        sa.PrimaryKeyConstraint("institution", "id", name=op.f("pk_locations")),
    )
    with op.batch_alter_table("locations", schema=None) as batch_op:
        batch_op.create_index("uq_locations_code", ["institution", "library_id", "code"], unique=True)

    op.create_table(
        "po_lines",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("oin", sa.Text(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_since", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("mms_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("price_units", sa.BigInteger(), nullable=True),
        sa.Column("price_scale", sa.Integer(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("discount", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("net_units", sa.BigInteger(), nullable=True),
        sa.Column("no_charge", sa.Boolean(), nullable=False),
        sa.Column("rush", sa.Boolean(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("material", sa.Text(), nullable=False),
        sa.Column("manual_renewal", sa.Boolean(), nullable=False),
        sa.Column("renewal_date", sa.Date(), nullable=True),
        sa.Column("expected_receipt_date", sa.Date(), nullable=True),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("extras", sa.Text(), nullable=False),
        sa.Column("assigned_to", sa.Text(), nullable=False),
        sa.Column("deferred_until", sa.Date(), nullable=True),
        sa.Column("deferral_reason", sa.Text(), nullable=False),
        sa.Column("sent", sa.BigInteger(), nullable=True),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("activated", sa.BigInteger(), nullable=True),
        sa.Column("closed", sa.BigInteger(), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.Column("cancel_comment", sa.Text(), nullable=False),
        sa.Column("cancel_letter", sa.BigInteger(), nullable=True),
        sa.Column("expected_activation_date", sa.Date(), nullable=True),
        sa.Column("claim_due", sa.Date(), nullable=True),
        sa.Column("claim_told", sa.Date(), nullable=True),
        sa.Column("claims_sent", sa.Integer(), nullable=False),
        sa.Column("renewal_due", sa.Date(), nullable=True),
        sa.Column("renewal_reminded", sa.Date(), nullable=True),
        sa.Column("invoiced_units", sa.BigInteger(), nullable=False),
        sa.Column("paid_units", sa.BigInteger(), nullable=False),
        sa.Column("fully_invoiced", sa.Boolean(), nullable=False),
        sa.Column("title_key", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("number_key", sa.BigInteger(), nullable=False),
        sa.Column("invoice_reference", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["institution", "order_id"],
            ["purchase_orders.institution", "purchase_orders.id"],
            name=op.f("fk_po_lines_institution_order_id"),
        ),
        sa.PrimaryKeyConstraint("institution", "id", name=op.f("pk_po_lines")),
        info={"part of": ("lines",)},
    )
    with op.batch_alter_table("po_lines", schema=None) as batch_op:
        batch_op.create_index("ix_po_lines_changed", ["institution", "changed", "order_id"], unique=False)
        batch_op.create_index(
            "ix_po_lines_claim_due",
            ["institution", "claim_due"],
            unique=False,
            sqlite_where=sa.text("claim_due IS NOT NULL"),
            postgresql_where=sa.text("claim_due IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_po_lines_invoice_reference",
            ["institution", "invoice_reference"],
            unique=False,
            sqlite_where=sa.text("invoice_reference IS NOT NULL"),
            postgresql_where=sa.text("invoice_reference IS NOT NULL"),
        )
        batch_op.create_index("ix_po_lines_mms_id", ["institution", "mms_id"], unique=False)
        batch_op.create_index(
            "ix_po_lines_number_key",
            ["institution", "number_key", "id", "state", "vendor", "method", "owner"],
            unique=False,
        )
        batch_op.create_index("ix_po_lines_order_id", ["institution", "order_id"], unique=False)
        batch_op.create_index(
            "ix_po_lines_reference", ["institution", "reference", "vendor", "id"], unique=False
        )
        batch_op.create_index(
            "ix_po_lines_renewal_due",
            ["institution", "renewal_due"],
            unique=False,
            sqlite_where=sa.text("renewal_due IS NOT NULL"),
            postgresql_where=sa.text("renewal_due IS NOT NULL"),
        )
        batch_op.create_index("ix_po_lines_state", ["institution", "state", "created"], unique=False)
        batch_op.create_index(
            "ix_po_lines_title_key",
            ["institution", "title_key", "number_key", "id", "state", "vendor", "method", "owner"],
            unique=False,
        )
        batch_op.create_index(
            "ix_po_lines_vendor",
            ["institution", "vendor", "title_key", "number_key", "id", "state", "method", "owner"],
            unique=False,
        )
        batch_op.create_index("uq_po_lines_number", ["institution", "number"], unique=True)
        batch_op.create_index("uq_po_lines_oin", ["institution", "oin"], unique=True)

    op.create_table(
        "portfolios",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("portfolio_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("mms_id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("collection_id", sa.Text(), nullable=False),
        sa.Column("collection_name", sa.Text(), nullable=False),
        sa.Column("title_id", sa.Text(), nullable=False),
        sa.Column("available", sa.Boolean(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("access_provider", sa.Text(), nullable=False),
        sa.Column("public_note", sa.Text(), nullable=False),
        sa.Column("license", sa.Text(), nullable=False),
        sa.Column("material", sa.Text(), nullable=False),
        sa.Column("coverage", sa.Text(), nullable=False),
        sa.Column("claim", sa.Text(), nullable=True),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("modified", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution", "mms_id"],
            ["bibs.institution", "bibs.mms_id"],
            name=op.f("fk_portfolios_institution_mms_id"),
        ),
        sa.PrimaryKeyConstraint("institution", "portfolio_id", name=op.f("pk_portfolios")),
        info={"part of": ("lines",)},
    )
    with op.batch_alter_table("portfolios", schema=None) as batch_op:
        batch_op.create_index("ix_portfolios_mms_id", ["institution", "mms_id"], unique=False)
        batch_op.create_index(
            "ux_portfolios_claim",
            ["institution", "claim"],
            unique=True,
            sqlite_where=sa.text("claim IS NOT NULL"),
            postgresql_where=sa.text("claim IS NOT NULL"),
        )

    op.create_table(
        "request_questions",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered", sa.BigInteger(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution", "request_id"],
            ["purchase_requests.institution", "purchase_requests.id"],
            name=op.f("fk_request_questions_institution_request_id"),
        ),
        sa.PrimaryKeyConstraint("institution", "id", name=op.f("pk_request_questions")),
    )
    with op.batch_alter_table("request_questions", schema=None) as batch_op:
        batch_op.create_index("ix_request_questions_request_id", ["institution", "request_id"], unique=False)

    op.create_table(
        "saved_views",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution", "user_id"],
            ["users.institution", "users.id"],
            name=op.f("fk_saved_views_institution_user_id"),
        ),
        sa.PrimaryKeyConstraint("institution", "id", name=op.f("pk_saved_views")),
    )
    with op.batch_alter_table("saved_views", schema=None) as batch_op:
        batch_op.create_index("ix_saved_views_list", ["institution", "list"], unique=False)
        batch_op.create_index("uq_saved_views_name", ["institution", "user_id", "list", "name"], unique=True)

    op.create_table(
        "sessions",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution", "user_id"],
            ["users.institution", "users.id"],
            name=op.f("fk_sessions_institution_user_id"),
        ),
        sa.PrimaryKeyConstraint("institution", "id", name=op.f("pk_sessions")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index("ix_sessions_expires", ["institution", "expires"], unique=False)
        batch_op.create_index("ix_sessions_user", ["institution", "user_id"], unique=False)

    op.create_table(
        "user_identifiers",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("type", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("value_folded", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution", "user_id"],
            ["users.institution", "users.id"],
            name=op.f("fk_user_identifiers_institution_user_id"),
        ),
        sa.PrimaryKeyConstraint("institution", "type", "value_folded", name=op.f("pk_user_identifiers")),
    )
    with op.batch_alter_table("user_identifiers", schema=None) as batch_op:
        batch_op.create_index("ix_user_identifiers_user", ["institution", "user_id"], unique=False)
        batch_op.create_index("ix_user_identifiers_value", ["institution", "value_folded"], unique=False)

    op.create_table(
        "vendor_accounts",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("vendor", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("discount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), server_default="", nullable=False),
        sa.Column("payment_methods", sa.Text(), nullable=False),
        sa.Column("expected_receipt_interval", sa.BigInteger(), nullable=True),
        sa.Column("claiming_interval", sa.BigInteger(), nullable=True),
        sa.Column("reclaim_interval", sa.BigInteger(), nullable=True),
        sa.Column("expected_invoice_interval", sa.BigInteger(), nullable=True),
        sa.Column("expected_activation_interval", sa.BigInteger(), nullable=True),
        sa.Column("subscription_interval", sa.BigInteger(), nullable=True),
        sa.Column("renewal_evaluation_interval", sa.BigInteger(), nullable=True),
        sa.Column("reference_limit", sa.BigInteger(), nullable=True),
        sa.Column("send_orders", sa.Text(), nullable=False),
        sa.Column("order_folder", sa.Text(), server_default="", nullable=False),
        sa.Column("order_file", sa.Text(), server_default="", nullable=False),
        sa.Column("financial_sys_code", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("libraries", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution", "vendor"],
            ["vendors.institution", "vendors.id"],
            name=op.f("fk_vendor_accounts_institution_vendor"),
        ),
        sa.PrimaryKeyConstraint("institution", "id", name=op.f("pk_vendor_accounts")),
    )
    with op.batch_alter_table("vendor_accounts", schema=None) as batch_op:
        batch_op.create_index("ix_vendor_accounts_vendor", ["institution", "vendor"], unique=False)
        batch_op.create_index("uq_vendor_accounts_code", ["institution", "code"], unique=True)

    op.create_table(
        "collection_identifiers",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("collection_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("title_id", sa.Text(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["institution", "collection_id", "title_id"],
            [
                "collection_titles.institution",
                "collection_titles.collection_id",
                "collection_titles.title_id",
            ],
            name=op.f("fk_collection_identifiers_institution_collection_id_title_id"),
        ),
        sa.PrimaryKeyConstraint(
            "institution",
            "kind",
            "value",
            "collection_id",
            "title_id",
            name=op.f("pk_collection_identifiers"),
        ),
    )
    with op.batch_alter_table("collection_identifiers", schema=None) as batch_op:
        batch_op.create_index(
            "ix_collection_identifiers_title", ["institution", "collection_id", "title_id"], unique=False
        )

    op.create_table(
        "fund_balances",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("fund", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("allocated", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("encumbered", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("expended", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("ceiling", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["institution", "fund"],
            ["funds.institution", "funds.id"],
            name=op.f("fk_fund_balances_institution_fund"),
        ),
        sa.PrimaryKeyConstraint("institution", "fund", name=op.f("pk_fund_balances")),
        postgresql_with={"fillfactor": 50},
    )
    op.create_table(
        "holds",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("primary_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=True),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution", "line_id"],
            ["po_lines.institution", "po_lines.id"],
            name=op.f("fk_holds_institution_line_id"),
        ),
        sa.PrimaryKeyConstraint("institution", "id", name=op.f("pk_holds")),
    )
    with op.batch_alter_table("holds", schema=None) as batch_op:
        batch_op.create_index(
            "ix_holds_due",
            ["institution", "due"],
            unique=False,
            sqlite_where=sa.text("due IS NOT NULL"),
            postgresql_where=sa.text("due IS NOT NULL"),
        )
        batch_op.create_index("ix_holds_line_id", ["institution", "line_id"], unique=False)
        batch_op.create_index("ix_holds_state", ["institution", "state", "created"], unique=False)

    op.create_table(
        "items",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("holding_id", sa.Text(), nullable=False),
        sa.Column("mms_id", sa.Text(), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=True),
        sa.Column("barcode", sa.Text(), nullable=True),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("material", sa.Text(), nullable=False),
        sa.Column("process_type", sa.Text(), nullable=False),
        sa.Column("receive_date", sa.Date(), nullable=True),
        sa.Column("expected_arrival_date", sa.Date(), nullable=True),
        sa.Column("enumeration_a", sa.Text(), nullable=False),
        sa.Column("enumeration_b", sa.Text(), nullable=False),
        sa.Column("enumeration_c", sa.Text(), nullable=False),
        sa.Column("chronology_i", sa.Text(), nullable=False),
        sa.Column("chronology_j", sa.Text(), nullable=False),
        sa.Column("chronology_k", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("storage_location_id", sa.Text(), nullable=False),
        sa.Column("temp_library", sa.Text(), nullable=False),
        sa.Column("temp_location", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("modified", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution", "holding_id"],
            ["holdings.institution", "holdings.holding_id"],
            name=op.f("fk_items_institution_holding_id"),
        ),
        sa.PrimaryKeyConstraint("institution", "item_id", name=op.f("pk_items")),
        info={"part of": ("lines",)},
    )
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.create_index("ix_items_holding_id", ["institution", "holding_id"], unique=False)
        batch_op.create_index("ix_items_line_id", ["institution", "line_id"], unique=False)
        batch_op.create_index("ix_items_mms_id", ["institution", "mms_id"], unique=False)
        batch_op.create_index(
            "ux_items_barcode",
            ["institution", "barcode"],
            unique=True,
            sqlite_where=sa.text("barcode IS NOT NULL"),
            postgresql_where=sa.text("barcode IS NOT NULL"),
        )

    op.create_table(
        "line_claims",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("letter_id", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["institution", "line_id"],
            ["po_lines.institution", "po_lines.id"],
            name=op.f("fk_line_claims_institution_line_id"),
        ),
        sa.PrimaryKeyConstraint("institution", "id", name=op.f("pk_line_claims")),
    )
    with op.batch_alter_table("line_claims", schema=None) as batch_op:
        batch_op.create_index(
            "ix_line_claims_letter_id", ["institution", "letter_id", "line_id"], unique=False
        )
        batch_op.create_index("ix_line_claims_line_id", ["institution", "line_id"], unique=False)

    op.create_table(
        "receipts",
        sa.Column("institution", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("portfolio_id", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("received", sa.Date(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("made", sa.Boolean(), nullable=False),
        sa.Column("undone", sa.BigInteger(), nullable=True),
        sa.Column("undone_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution", "line_id"],
            ["po_lines.institution", "po_lines.id"],
            name=op.f("fk_receipts_institution_line_id"),
        ),
        sa.PrimaryKeyConstraint("institution", "id", name=op.f("pk_receipts")),
    )
    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.create_index("ix_receipts_at", ["institution", "at", "id"], unique=False)
        batch_op.create_index("ix_receipts_line_id", ["institution", "line_id"], unique=False)
        batch_op.create_index(
            "ix_receipts_portfolio_id",
            ["institution", "portfolio_id"],
            unique=False,
            sqlite_where=sa.text("portfolio_id <> ''"),
            postgresql_where=sa.text("portfolio_id <> ''"),
        )
        batch_op.create_index(
            "ux_receipts_item_id",
            ["institution", "item_id"],
            unique=True,
            sqlite_where=sa.text("undone IS NULL AND item_id <> ''"),
            postgresql_where=sa.text("undone IS NULL AND item_id <> ''"),
        )


def downgrade() -> None:
    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.drop_index(
            "ux_receipts_item_id",
            sqlite_where=sa.text("undone IS NULL AND item_id <> ''"),
            postgresql_where=sa.text("undone IS NULL AND item_id <> ''"),
        )
        batch_op.drop_index(
            "ix_receipts_portfolio_id",
            sqlite_where=sa.text("portfolio_id <> ''"),
            postgresql_where=sa.text("portfolio_id <> ''"),
        )
        batch_op.drop_index("ix_receipts_line_id")
        batch_op.drop_index("ix_receipts_at")

    op.drop_table("receipts")
    with op.batch_alter_table("line_claims", schema=None) as batch_op:
        batch_op.drop_index("ix_line_claims_line_id")
        batch_op.drop_index("ix_line_claims_letter_id")

    op.drop_table("line_claims")
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.drop_index(
            "ux_items_barcode",
            sqlite_where=sa.text("barcode IS NOT NULL"),
            postgresql_where=sa.text("barcode IS NOT NULL"),
        )
        batch_op.drop_index("ix_items_mms_id")
        batch_op.drop_index("ix_items_line_id")
        batch_op.drop_index("ix_items_holding_id")

    op.drop_table("items")
    with op.batch_alter_table("holds", schema=None) as batch_op:
        batch_op.drop_index("ix_holds_state")
        batch_op.drop_index("ix_holds_line_id")
        batch_op.drop_index(
            "ix_holds_due",
            sqlite_where=sa.text("due IS NOT NULL"),
            postgresql_where=sa.text("due IS NOT NULL"),
        )

    op.drop_table("holds")
    op.drop_table("fund_balances")
    with op.batch_alter_table("collection_identifiers", schema=None) as batch_op:
        batch_op.drop_index("ix_collection_identifiers_title")

    op.drop_table("collection_identifiers")
    with op.batch_alter_table("vendor_accounts", schema=None) as batch_op:
        batch_op.drop_index("uq_vendor_accounts_code")
        batch_op.drop_index("ix_vendor_accounts_vendor")

    op.drop_table("vendor_accounts")
    with op.batch_alter_table("user_identifiers", schema=None) as batch_op:
        batch_op.drop_index("ix_user_identifiers_value")
        batch_op.drop_index("ix_user_identifiers_user")

    op.drop_table("user_identifiers")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index("ix_sessions_user")
        batch_op.drop_index("ix_sessions_expires")

    op.drop_table("sessions")
    with op.batch_alter_table("saved_views", schema=None) as batch_op:
        batch_op.drop_index("uq_saved_views_name")
        batch_op.drop_index("ix_saved_views_list")

    op.drop_table("saved_views")
    with op.batch_alter_table("request_questions", schema=None) as batch_op:
        batch_op.drop_index("ix_request_questions_request_id")

    op.drop_table("request_questions")
    with op.batch_alter_table("portfolios", schema=None) as batch_op:
        batch_op.drop_index(
            "ux_portfolios_claim",
            sqlite_where=sa.text("claim IS NOT NULL"),
            postgresql_where=sa.text("claim IS NOT NULL"),
        )
        batch_op.drop_index("ix_portfolios_mms_id")

    op.drop_table("portfolios")
    with op.batch_alter_table("po_lines", schema=None) as batch_op:
        batch_op.drop_index("uq_po_lines_oin")
        batch_op.drop_index("uq_po_lines_number")
        batch_op.drop_index("ix_po_lines_vendor")
        batch_op.drop_index("ix_po_lines_title_key")
        batch_op.drop_index("ix_po_lines_state")
        batch_op.drop_index(
            "ix_po_lines_renewal_due",
            sqlite_where=sa.text("renewal_due IS NOT NULL"),
            postgresql_where=sa.text("renewal_due IS NOT NULL"),
        )
        batch_op.drop_index("ix_po_lines_reference")
        batch_op.drop_index("ix_po_lines_order_id")
        batch_op.drop_index("ix_po_lines_number_key")
        batch_op.drop_index("ix_po_lines_mms_id")
        batch_op.drop_index(
            "ix_po_lines_invoice_reference",
            sqlite_where=sa.text("invoice_reference IS NOT NULL"),
            postgresql_where=sa.text("invoice_reference IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_po_lines_claim_due",
            sqlite_where=sa.text("claim_due IS NOT NULL"),
            postgresql_where=sa.text("claim_due IS NOT NULL"),
        )
        batch_op.drop_index("ix_po_lines_changed")

    op.drop_table("po_lines")
    with op.batch_alter_table("locations", schema=None) as batch_op:
        batch_op.drop_index("uq_locations_code")

    op.drop_table("locations")
    op.drop_table("holdings")
    with op.batch_alter_table("funds", schema=None) as batch_op:
        batch_op.drop_index("uq_funds_uuid")
        batch_op.drop_index("uq_funds_code")
        batch_op.drop_index("ix_funds_parent")

    op.drop_table("funds")
    op.drop_table("collection_titles")
    op.drop_table("bib_uses")
    op.drop_table("bib_records")
    with op.batch_alter_table("bib_identifiers", schema=None) as batch_op:
        batch_op.drop_index("ix_bib_identifiers_mms_id")

    op.drop_table("bib_identifiers")
    with op.batch_alter_table("access_tokens", schema=None) as batch_op:
        batch_op.drop_index("ix_access_tokens_expires")
        batch_op.drop_index("ix_access_tokens_code")

    op.drop_table("access_tokens")
    with op.batch_alter_table("wskeys", schema=None) as batch_op:
        batch_op.drop_index("uq_wskeys_client")

    op.drop_table("wskeys")
    with op.batch_alter_table("vendors", schema=None) as batch_op:
        batch_op.drop_index("uq_vendors_uuid")
        batch_op.drop_index("uq_vendors_number")
        batch_op.drop_index("uq_vendors_code")

    op.drop_table("vendors")
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_index("uq_users_primary_id")
        batch_op.drop_index("ix_users_record_type")
        batch_op.drop_index("ix_users_last_name")

    op.drop_table("users")
    with op.batch_alter_table("user_words", schema=None) as batch_op:
        batch_op.drop_index("ix_user_words_user")

    op.drop_table("user_words")
    op.drop_table("scope_versions")
    op.drop_table("review_rules")
    op.drop_table("request_settings")
    op.drop_table("request_rules")
    op.drop_table("request_patrons")
    op.drop_table("request_line_types")
    with op.batch_alter_table("request_events", schema=None) as batch_op:
        batch_op.drop_index("ix_request_events_request_id")

    op.drop_table("request_events")
    op.drop_table("register_versions")
    with op.batch_alter_table("purchase_requests", schema=None) as batch_op:
        batch_op.drop_index("ix_purchase_requests_state")
        batch_op.drop_index("ix_purchase_requests_requester")
        batch_op.drop_index("ix_purchase_requests_owning_library")
        batch_op.drop_index("ix_purchase_requests_mms_id")
        batch_op.drop_index(
            "ix_purchase_requests_line_id",
            sqlite_where=sa.text("line_id IS NOT NULL"),
            postgresql_where=sa.text("line_id IS NOT NULL"),
        )
        batch_op.drop_index("ix_purchase_requests_group_id")
        batch_op.drop_index("ix_purchase_requests_format")
        batch_op.drop_index(
            "ix_purchase_requests_deferred_until",
            sqlite_where=sa.text("deferred_until IS NOT NULL"),
            postgresql_where=sa.text("deferred_until IS NOT NULL"),
        )
        batch_op.drop_index("ix_purchase_requests_created")
        batch_op.drop_index("ix_purchase_requests_citation_type")
        batch_op.drop_index("ix_purchase_requests_assigned_to")

    op.drop_table("purchase_requests")
    with op.batch_alter_table("purchase_orders", schema=None) as batch_op:
        batch_op.drop_index("uq_purchase_orders_number")
        batch_op.drop_index("ix_purchase_orders_state")
        batch_op.drop_index("ix_purchase_orders_listed")

    op.drop_table("purchase_orders")
    with op.batch_alter_table("proofs", schema=None) as batch_op:
        batch_op.drop_index("ix_proofs_at")

    op.drop_table("proofs")
    with op.batch_alter_table("principals", schema=None) as batch_op:
        batch_op.drop_index("uq_principals")

    op.drop_table("principals")
    op.drop_table("packaging_rules")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outbox_waiting",
            sqlite_where=sa.text("done IS NULL"),
            postgresql_where=sa.text("done IS NULL"),
        )
        batch_op.drop_index(
            "ix_outbox_trouble",
            sqlite_where=sa.text("done IS NULL AND error IS NOT NULL"),
            postgresql_where=sa.text("done IS NULL AND error IS NOT NULL"),
        )
        batch_op.drop_index("ix_outbox_topic")

    op.drop_table("outbox")
    op.drop_table("order_profiles")
    op.drop_table("number_blocks")
    with op.batch_alter_table("line_shares", schema=None) as batch_op:
        batch_op.drop_index("ix_line_shares_fund_id")

    op.drop_table("line_shares")
    with op.batch_alter_table("line_places", schema=None) as batch_op:
        batch_op.drop_index("ix_line_places_location")

    op.drop_table("line_places")
    op.drop_table("line_notes")
    op.drop_table("line_inventory")
    with op.batch_alter_table("line_interested", schema=None) as batch_op:
        batch_op.drop_index("ix_line_interested_primary_id")

    op.drop_table("line_interested")
    with op.batch_alter_table("line_alerts", schema=None) as batch_op:
        batch_op.drop_index("ix_line_alerts_slug")

    op.drop_table("line_alerts")
    with op.batch_alter_table("libraries", schema=None) as batch_op:
        batch_op.drop_index("uq_libraries_code")

    op.drop_table("libraries")
    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.drop_index("uq_letters_occasion")
        batch_op.drop_index("ix_letters_state")
        batch_op.drop_index("ix_letters_source")
        batch_op.drop_index("ix_letters_recipient")
        batch_op.drop_index(
            "ix_letters_due",
            sqlite_where=sa.text("due IS NOT NULL"),
            postgresql_where=sa.text("due IS NOT NULL"),
        )
        batch_op.drop_index("ix_letters_created")

    op.drop_table("letters")
    op.drop_table("letter_templates")
    op.drop_table("letter_switches")
    op.drop_table("key_days")
    with op.batch_alter_table("institutions", schema=None) as batch_op:
        batch_op.drop_index("uq_institutions_code")
        batch_op.drop_index("ix_institutions_oclc_id")

    op.drop_table("institutions")
    with op.batch_alter_table("fund_postings", schema=None) as batch_op:
        batch_op.drop_index("uq_fund_postings_source")

    op.drop_table("fund_postings")
    with op.batch_alter_table("fund_movements", schema=None) as batch_op:
        batch_op.drop_index("uq_fund_movements_reference")

    op.drop_table("fund_movements")
    with op.batch_alter_table("fiscal_periods", schema=None) as batch_op:
        batch_op.drop_index("uq_fiscal_periods_number")
        batch_op.drop_index("uq_fiscal_periods_name")

    op.drop_table("fiscal_periods")
    op.drop_table("exchange_rates")
    with op.batch_alter_table("departments", schema=None) as batch_op:
        batch_op.drop_index("uq_departments_code")

    op.drop_table("departments")
    op.drop_table("credentials")
    op.drop_table("collections")
    op.drop_table("collection_switches")
    op.drop_table("code_rows")
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.drop_index("ix_claims_expires")

    op.drop_table("claims")
    with op.batch_alter_table("changes", schema=None) as batch_op:
        batch_op.drop_index("ix_changes_subject")

    op.drop_table("changes")
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_calls_subject",
            sqlite_where=sa.text("subject <> ''"),
            postgresql_where=sa.text("subject <> ''"),
        )
        batch_op.drop_index(
            "ix_calls_problems",
            sqlite_where=sa.text("problems <> ''"),
            postgresql_where=sa.text("problems <> ''"),
        )
        batch_op.drop_index(
            "ix_calls_folded",
            sqlite_where=sa.text("folded IS NOT NULL"),
            postgresql_where=sa.text("folded IS NOT NULL"),
        )
        batch_op.drop_index("ix_calls_at")

    op.drop_table("calls")
    with op.batch_alter_table("bibs", schema=None) as batch_op:
        batch_op.drop_index(
            "ux_bibs_source_key",
            sqlite_where=sa.text("source_key IS NOT NULL"),
            postgresql_where=sa.text("source_key IS NOT NULL"),
        )
        batch_op.drop_index(
            "ux_bibs_claim",
            sqlite_where=sa.text("claim IS NOT NULL"),
            postgresql_where=sa.text("claim IS NOT NULL"),
        )

    op.drop_table("bibs")
    op.drop_table("bib_words")
    op.drop_table("approval_rules")
    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.drop_index("ix_api_keys_name")

    op.drop_table("api_keys")
