"""Tables of the money desk. Sums are units of 1/10000 of the fund's currency, rates 10^-10."""

from __future__ import annotations

from sqlalchemy import Boolean, Date

from openacq.store.schema import BigInteger, Column, Instant, Json, Text, key, lookup, reference, table


def _words(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default="0")


fiscal_periods = table(
    "fiscal_periods",
    key("id"),
    Column("name", Text, nullable=False),
    Column("start_date", Date, nullable=False),
    Column("end_date", Date, nullable=False),
    Column("status", Text, nullable=False),
    Column("number", Text, nullable=False),
    lookup("uq_fiscal_periods_name", "name", unique=True),
    lookup("uq_fiscal_periods_number", "number", unique=True),
)

funds = table(
    "funds",
    key("id"),
    Column("uuid", Text, nullable=False),
    Column("period", BigInteger, nullable=False),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("entity_type", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("parent", BigInteger),
    _words("owner"),
    _words("type"),
    _words("external_id"),
    _words("description"),
    _words("libraries"),
    Column("own_rules", Boolean, nullable=False),
    Column("overencumbrance", Text, nullable=False),
    Column("overexpenditure", Text, nullable=False),
    _number("overencumbrance_warning_percent"),
    _number("overexpenditure_warning_sum"),
    _number("overencumbrance_limit_percent"),
    _number("overexpenditure_limit_sum"),
    _number("encumbrances_prior_days"),
    _number("expenditures_prior_days"),
    _number("transfers_prior_days"),
    _number("encumbrance_grace_days"),
    _number("expenditure_grace_days"),
    _words("code_folded"),
    _words("name_folded"),
    _words("description_folded"),
    _words("external_id_folded"),
    reference(["period"], "fiscal_periods", ["id"]),
    reference(["parent"], "funds", ["id"]),
    lookup("uq_funds_code", "period", "code", unique=True),
    lookup("uq_funds_uuid", "uuid", unique=True),
    lookup("ix_funds_parent", "parent"),
)
"""Definitions of ledgers, summary funds and allocated funds. The rules are those in force (copied down
from the record above when `own_rules` is false). `libraries` is written "|MAIN|SCI|"; `*_folded` are
the forms searched in."""

fund_balances = table(
    "fund_balances",
    key("fund"),
    _number("allocated"),
    _number("encumbered"),
    _number("expended"),
    Column("ceiling", BigInteger),
    reference(["fund"], "funds", ["id"]),
    postgresql_with={"fillfactor": 50},
)
"""One row per allocated fund, the last thing an order touches: small, alone, with room on its page for
its next version. `ceiling` is what encumbered + expended may reach by encumbering, null for no limit."""

fund_postings = table(
    "fund_postings",
    key("fund"),
    key("id"),
    Column("kind", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("original", BigInteger, nullable=False),
    Column("original_currency", Text, nullable=False),
    Column("original_scale", BigInteger, nullable=False),
    Column("rate", BigInteger, nullable=False),
    Column("source_kind", Text, nullable=False),
    Column("source_id", BigInteger, nullable=False),
    Column("share", BigInteger, nullable=False),
    Column("step", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
    _words("note"),
    lookup("uq_fund_postings_source", "source_kind", "source_id", "share", "step", unique=True),
)
"""The truth. `amount` is signed by its effect on its sum. `step` counts the postings of one share of
one source from 1, and is unique: no share can be encumbered or released twice from the same state.
No foreign key to `funds`: every order would lock the definition of a hot fund. The balance's row, which
each move has to find, has one, and `check` looks for postings without a fund."""

fund_movements = table(
    "fund_movements",
    key("id"),
    Column("kind", Text, nullable=False),
    Column("reference", Text),
    Column("note", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Instant, nullable=False),
    lookup("uq_fund_movements_reference", "reference", unique=True),
)
"""Allocations and transfers as acts: who, when, why, and the reference that makes loading repeatable."""

exchange_rates = table(
    "exchange_rates",
    key("source", Text),
    key("target", Text),
    Column("valid_from", Date, primary_key=True),
    Column("rate", BigInteger, nullable=False),
)

proofs = table(
    "proofs",
    key("id"),
    Column("at", Instant, nullable=False),
    Column("parts", Json, nullable=False),
    lookup("ix_proofs_at", "at"),
)
"""When everything was recomputed, and what of it differed (`openacq verify`)."""
