"""Ids as Alma makes them: what it is (two digits), a number, the institution.

A sort of ids of one kind is the order in which they were made, as long as numbers have eight digits.
"""

from __future__ import annotations

from openacq.store.tx import Tx

BIB, HOLDING, ITEM, PORTFOLIO = "BIB", "HOL", "ITM", "PTF"
_PREFIXES = {BIB: "99", HOLDING: "22", ITEM: "23", PORTFOLIO: "53"}


def new_id(tx: Tx, kind: str) -> str:
    return _write(kind, tx.number(kind), tx.institution)


def new_ids(tx: Tx, kind: str, count: int) -> list[str]:
    return [_write(kind, number, tx.institution) for number in tx.numbers(kind, count)]


def _write(kind: str, number: int, institution: int) -> str:
    return f"{_PREFIXES[kind]}{number:08d}{institution:05d}"
