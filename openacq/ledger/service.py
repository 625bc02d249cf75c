"""What other rooms and doors may ask of the money desk."""

from openacq.ledger.allocate import allocate, transfer
from openacq.ledger.check import check
from openacq.ledger.encumber import encumber, reencumber, release
from openacq.ledger.load import COLUMNS, load
from openacq.ledger.look import (
    balances,
    current_period,
    fund,
    fund_by_id,
    funds,
    hanging,
    period,
    periods,
    postings,
    rate,
    similar_codes,
    usable_now,
)

__all__ = [
    "COLUMNS",
    "allocate",
    "balances",
    "check",
    "current_period",
    "encumber",
    "fund",
    "fund_by_id",
    "funds",
    "hanging",
    "load",
    "period",
    "periods",
    "postings",
    "rate",
    "reencumber",
    "release",
    "similar_codes",
    "transfer",
    "usable_now",
]
