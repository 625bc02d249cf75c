"""Tables of the directory."""

from __future__ import annotations

from sqlalchemy import Boolean, Date, Index, Table

from openacq.store.schema import (
    BigInteger,
    BytewiseText,
    Column,
    Instant,
    Json,
    Text,
    key,
    lookup,
    metadata,
    part_of,
    reference,
    table,
)

# -- institutions and keys ----------------------------------------------------------------------

institutions = table(
    "institutions",
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("oclc_id", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("public_url", Text, nullable=False),
    Column("environment", Text, nullable=False),
    Column("created", Instant, nullable=False),
    Index("uq_institutions_code", "code", unique=True),
    Index("ix_institutions_oclc_id", "oclc_id"),
)

credentials = Table(
    "credentials",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("hash", Text, primary_key=True),
    Column("institution", BigInteger, nullable=False),
    Column("id", BigInteger, nullable=False),
)
"""What a caller shows, hashed, → whose it is: the one table that is asked before the institution is
known. `kind` says what is shown (api_key, wskey, wms_token); `id` is the row of that kind's own table."""

api_keys = table(
    "api_keys",
    key("id"),
    Column("name", Text, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("areas", Json, nullable=False),
    Column("environment", Text, nullable=False),
    Column("vendor", Text),
    Column("funds", Json),
    Column("libraries", Json),
    Column("rate_limit", BigInteger),
    Column("demo", Boolean, nullable=False),
    Column("created", Instant, nullable=False),
    Column("revoked", Instant),
    Column("last_used", Instant),
    lookup("ix_api_keys_name", "name"),
)

# -- places -------------------------------------------------------------------------------------

libraries = table(
    "libraries",
    key("id"),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("campus", Text, nullable=False),
    Column("campus_name", Text, nullable=False),
    Column("oclc_id", Text, nullable=False),
    Column("default_location", Text, nullable=False),
    Column("resource_sharing", Boolean, nullable=False),
    Column("proxy", Text, nullable=False),
    lookup("uq_libraries_code", "code", unique=True),
)

locations = table(
    "locations",
    key("id"),
    Column("library_id", BigInteger, nullable=False),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("external_name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("remote_storage", Text, nullable=False),
    Column("map", Text, nullable=False),
    Column("suppressed", Boolean, nullable=False),
    Column("fulfillment_unit", Text, nullable=False),
    Column("fulfillment_unit_name", Text, nullable=False),
    Column("call_number_type", Text, nullable=False),
    Column("accession_placement", Text, nullable=False),
    Column("circ_desks", Json, nullable=False),
    reference(["library_id"], "libraries", ["id"]),
    lookup("uq_locations_code", "library_id", "code", unique=True),
)

departments = table(
    "departments",
    key("id"),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("libraries", Json, nullable=False),
    Column("work_days", BigInteger, nullable=False),
    Column("map", Text, nullable=False),
    Column("printer", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("operators", Json, nullable=False),
    Column("circ_desk", Text, nullable=False),
    lookup("uq_departments_code", "code", unique=True),
)

# -- people -------------------------------------------------------------------------------------

users = table(
    "users",
    key("id"),
    Column("primary_id", Text, nullable=False),
    Column("primary_folded", Text, nullable=False),
    Column("first_name", Text, nullable=False),
    Column("middle_name", Text, nullable=False),
    Column("last_name", Text, nullable=False),
    Column("record_type", Text, nullable=False),
    Column("account_type", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("status_date", Date),
    Column("user_group", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("job_description", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("expiry_date", Date),
    Column("emails", Json, nullable=False),
    Column("roles", Json, nullable=False),
    Column("password_hash", Text),
    Column("created", Instant, nullable=False),
    Column("modified", Instant, nullable=False),
    lookup("uq_users_primary_id", "primary_folded", unique=True),
    lookup("ix_users_last_name", "last_name"),
    lookup("ix_users_record_type", "record_type", "last_name"),
    info=part_of("lines", "requests"),
)

user_identifiers = table(
    "user_identifiers",
    key("type", Text),
    key("value_folded", Text),
    Column("user_id", BigInteger, nullable=False),
    Column("value", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("position", BigInteger, nullable=False),
    reference(["user_id"], "users", ["id"]),
    lookup("ix_user_identifiers_user", "user_id"),
    lookup("ix_user_identifiers_value", "value_folded"),
)

user_words = table(
    "user_words",
    key("word", BytewiseText),
    key("field", Text),
    key("user_id"),
    lookup("ix_user_words_user", "user_id"),
    sqlite_with_rowid=False,
)
"""The folded words people are found by (`people_words.py`). No foreign key: it would be looked up for every
word."""

# -- signing in -----------------------------------------------------------------------------------

sessions = table(
    "sessions",
    key("id"),
    Column("user_id", BigInteger, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("created", Instant, nullable=False),
    Column("used", Instant, nullable=False),
    Column("expires", Instant, nullable=False),
    reference(["user_id"], "users", ["id"]),
    lookup("ix_sessions_user", "user_id"),
    lookup("ix_sessions_expires", "expires"),
)
"""Who is signed in, and links to sign in by. `purpose` is the door it is good for, or a link to one."""

saved_views = table(
    "saved_views",
    key("id"),
    Column("user_id", BigInteger, nullable=False),
    Column("list", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("shared", Boolean, nullable=False),
    Column("created", Instant, nullable=False),
    reference(["user_id"], "users", ["id"]),
    lookup("uq_saved_views_name", "user_id", "list", "name", unique=True),
    lookup("ix_saved_views_list", "list"),
)
"""Filters of a list a user keeps under a name; shared ones are seen by everybody of the institution."""

# -- WSKeys -------------------------------------------------------------------------------------

wskeys = table(
    "wskeys",
    key("id"),
    Column("name", Text, nullable=False),
    Column("client", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("scopes", Json, nullable=False),
    Column("json_dialect", Text, nullable=False),
    Column("redirects", Json, nullable=False),
    Column("rate_limit", BigInteger),
    Column("demo", Boolean, nullable=False),
    Column("created", Instant, nullable=False),
    Column("revoked", Instant),
    Column("last_used", Instant),
    lookup("uq_wskeys_client", "client", unique=True),
)
"""`client` is the key as clients name it, `secret` is sealed; `redirects` are the addresses people who let
the client act for them are sent back to."""

principals = table(
    "principals",
    key("id"),
    Column("principal", Text, nullable=False),
    Column("namespace", Text, nullable=False),
    Column("user_primary_id", Text, nullable=False),
    Column("access", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    lookup("uq_principals", "principal", "namespace", unique=True),
)

access_tokens = table(
    "access_tokens",
    key("id"),
    Column("kind", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("wskey", BigInteger, nullable=False),
    Column("principal", BigInteger),
    Column("scopes", Json, nullable=False),
    Column("expires", Instant, nullable=False),
    Column("bound", Json),
    Column("used", Instant),
    Column("code", BigInteger),
    reference(["wskey"], "wskeys", ["id"]),
    reference(["principal"], "principals", ["id"]),
    lookup("ix_access_tokens_expires", "expires"),
    lookup("ix_access_tokens_code", "code"),
)
"""What was given out for signing in once: `kind` access, refresh or code. Found by its hash in `credentials`.
A code knows what it is `bound` to and when it was `used`, tokens by which `code` they were got."""
