"""What other rooms and doors may ask of the money desk."""

from openacq.ledger.allocate import allocate, transfer
from openacq.ledger.check import check
from openacq.ledger.encumber import encumber, encumber_all, reencumber, release
from openacq.ledger.load import COLUMNS, load
from openacq.ledger.look import (
    above,
    balances,
    current_period,
    fund,
    fund_by_id,
    fund_by_uuid,
    fund_of,
    funds,
    hanging,
    period,
    periods,
    periods_of_funds,
    postings,
    rate,
    similar_codes,
    usable_now,
)
from openacq.ledger.rules import RULE_COLUMNS, cells_of, follows, put_rules
from openacq.ledger.watch import actors_of, burn_down, keep_proof, last_proof, postings_behind, tree

__all__ = [
    "COLUMNS",
    "RULE_COLUMNS",
    "above",
    "actors_of",
    "allocate",
    "balances",
    "burn_down",
    "cells_of",
    "check",
    "current_period",
    "encumber",
    "encumber_all",
    "follows",
    "fund",
    "fund_by_id",
    "fund_by_uuid",
    "fund_of",
    "funds",
    "hanging",
    "keep_proof",
    "last_proof",
    "load",
    "period",
    "periods",
    "periods_of_funds",
    "postings",
    "postings_behind",
    "put_rules",
    "rate",
    "reencumber",
    "release",
    "similar_codes",
    "transfer",
    "tree",
    "usable_now",
]
