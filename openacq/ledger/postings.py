"""Postings as rows: how they are written, and what hangs according to them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openacq.kernel.money import Money, minor_digits
from openacq.ledger.model import Hanging, PostingKind, Source

ENCUMBERING = frozenset({PostingKind.ENCUMBRANCE.value, PostingKind.DISENCUMBRANCE.value})


@dataclass(frozen=True, slots=True)
class Origin:
    """What all postings of one move share."""

    institution: int
    source: Source
    at: datetime

    def row(
        self,
        *,
        row_id: int,
        fund_id: int,
        kind: PostingKind,
        amount: int,
        original: Money,
        rate: int,
        share: int,
        step: int,
        note: str = "",
    ) -> dict[str, object]:
        """A row of `fund_postings`; `amount` in units of the fund's currency, signed by its effect."""
        return {
            "institution": self.institution,
            "fund": fund_id,
            "id": row_id,
            "kind": kind.value,
            "amount": amount,
            "original": original.units,
            "original_currency": original.currency,
            "original_scale": original.scale,
            "rate": rate,
            "source_kind": self.source.kind,
            "source_id": self.source.id,
            "share": share,
            "step": step,
            "at": self.at,
            "note": note,
        }


def what_hangs(rows: Iterable[Any]) -> tuple[Hanging, ...]:
    """Sums of encumbering postings by share and fund that are not zero, by share.

    `rows` are postings of one source with `currency`, the fund's.
    """
    sums: dict[tuple[int, int], list[Any]] = {}
    for row in rows:
        if row.kind not in ENCUMBERING:
            continue
        held = sums.setdefault((row.share, row.fund), [0, 0, row])
        held[0] += row.amount
        held[1] += row.original
        held[2] = row
    return tuple(
        Hanging(
            number=share,
            fund_id=fund_id,
            amount=Money(amount, row.currency, minor_digits(row.currency)),
            original=Money(original, row.original_currency, row.original_scale),
            rate=row.rate,
        )
        for (share, fund_id), (amount, original, row) in sorted(sums.items(), key=lambda item: item[0])
        if amount
    )


def last_steps(rows: Iterable[Any]) -> dict[int, int]:
    """The last step taken by each share."""
    steps: dict[int, int] = {}
    for row in rows:
        steps[row.share] = max(steps.get(row.share, 0), row.step)
    return steps
