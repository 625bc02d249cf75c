"""Funds, fiscal periods and currencies as Alma's JSON and XML write them.

Balances and sums are JSON numbers with the decimals of the currency's coins.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated

from openacq.wire.model import UNSET, Attr, Body, Coded, Link, Linked, Maybe, Wire, Wrapped

Total = Annotated[Maybe[int], Attr()]


class Fund(Wire):
    """A ledger, summary fund or allocated fund. The brief view ends with `currency`."""

    xml_root = "fund"

    link: Link = UNSET
    id: Maybe[str] = UNSET
    code: Maybe[str] = UNSET
    name: Maybe[str] = UNSET
    external_id: Maybe[str] = UNSET
    type: Maybe[Coded] = UNSET
    entity_type: Maybe[Coded] = UNSET
    owner: Maybe[Coded] = UNSET
    status: Maybe[Coded] = UNSET
    description: Maybe[str] = UNSET
    fiscal_period: Maybe[Coded] = UNSET
    currency: Maybe[Coded] = UNSET
    allocated_balance: Maybe[Decimal] = UNSET
    expended_balance: Maybe[Decimal] = UNSET
    cash_balance: Maybe[Decimal] = UNSET
    encumbered_balance: Maybe[Decimal] = UNSET
    available_balance: Maybe[Decimal] = UNSET
    available_for_library: Annotated[
        Maybe[list[Coded]], Wrapped("available_for_libraries", "available_for_library")
    ] = UNSET
    parent: Maybe[Linked] = UNSET
    overencumbrance_allowed: Maybe[Coded] = UNSET
    overexpenditure_allowed: Maybe[Coded] = UNSET
    overencumbrance_warning_percent: Maybe[Decimal] = UNSET
    overexpenditure_warning_sum: Maybe[Decimal] = UNSET
    overencumbrance_limit_percent: Maybe[Decimal] = UNSET
    overexpenditure_limit_sum: Maybe[Decimal] = UNSET
    encumbrances_prior_to_fiscal_period: Maybe[int] = UNSET
    expenditures_prior_to_fiscal_period: Maybe[int] = UNSET
    transfers_prior_to_fiscal_period: Maybe[int] = UNSET
    fiscal_period_end_encumbrance_grace_period: Maybe[int] = UNSET
    fiscal_period_end_expenditure_grace_period: Maybe[int] = UNSET


class Funds(Wire):
    xml_root = "funds"

    fund: Maybe[list[Fund]] = UNSET
    total_record_count: Total = UNSET


class FundTransaction(Wire):
    """A posting. Sums are signed by their effect: a disencumbrance is negative."""

    xml_root = "fund_transaction"

    link: Link = UNSET
    id: Maybe[str] = UNSET
    transaction_time: Maybe[dt.date] = UNSET
    type: Maybe[Coded] = UNSET
    amount: Maybe[Decimal] = UNSET
    currency: Maybe[Coded] = UNSET
    transaction_note: Maybe[str] = UNSET
    po_line: Maybe[Linked] = UNSET
    invoice_line: Maybe[Linked] = UNSET
    reporting_code: Maybe[str] = UNSET
    secondary_reporting_code: Maybe[str] = UNSET
    tertiary_reporting_code: Maybe[str] = UNSET
    fourth_reporting_code: Maybe[str] = UNSET
    fifth_reporting_code: Maybe[str] = UNSET


class FundTransactions(Wire):
    xml_root = "fund_transactions"

    fund_transaction: Maybe[list[FundTransaction]] = UNSET
    total_record_count: Total = UNSET


class FiscalPeriod(Wire):
    """Members beyond id, description, dates and status are not known of Alma."""

    xml_root = "fiscal_period"

    id: Maybe[str] = UNSET
    description: Maybe[str] = UNSET
    start_date: Maybe[dt.date] = UNSET
    end_date: Maybe[dt.date] = UNSET
    status: Maybe[Coded] = UNSET


class FiscalPeriods(Wire):
    xml_root = "fiscal_periods"

    fiscal_period: Maybe[list[FiscalPeriod]] = UNSET
    total_record_count: Total = UNSET


class Ratio(Wire):
    """What one unit of the source currency is worth in the target currency, and how that was found."""

    value: Annotated[Maybe[Decimal], Body()] = UNSET
    desc: Annotated[Maybe[str], Attr()] = UNSET


class Currency(Wire):
    """A currency; in mode Ratio the source currency with its rate. Clients read `exchange_ratio.value`;
    the other members are not known of Alma."""

    xml_root = "currency"

    code: Maybe[Coded] = UNSET
    target_currency: Maybe[Coded] = UNSET
    exchange_date: Maybe[dt.date] = UNSET
    exchange_ratio: Maybe[Ratio] = UNSET


class Currencies(Wire):
    xml_root = "currencies"

    currency: Maybe[list[Currency]] = UNSET
    total_record_count: Total = UNSET
