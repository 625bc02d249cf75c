"""From a line as it is, and what was typed, to a wish of what it shall be."""

from __future__ import annotations

from dataclasses import replace

from openacq.catalogue.model import Description
from openacq.ordering import service as ordering
from openacq.ordering.model import Line, PlaceLine, ShareWish, Source, Sum

AS_IT_IS = ordering.HowToChange(keep_interested=True, keep_places=True)
"""A change of fields that leaves the people and the places of a line alone."""


def wish_of(line: Line) -> PlaceLine:
    """A wish that changes nothing."""
    price = Sum(line.price.text(), line.price.currency) if line.price else Sum()
    return PlaceLine(
        title=Description(mms_id=line.bib.mms_id, title=line.bib.title),
        owner=line.owner,
        type=line.type,
        vendor=line.vendor,
        account=line.account,
        method=line.method,
        price=price,
        no_charge=line.no_charge,
        rush=line.rush,
        reference=line.reference,
        po_number=line.po_number,
        shares=tuple(ordering.share_wish(share) for share in line.shares),
        notes=tuple(note.text for note in line.notes),
        material=line.material,
        manual_renewal=line.manual_renewal,
        renewal_date=line.renewal_date,
        expected_receipt_date=line.expected_receipt_date,
        terms=line.terms,
        source=Source(line.source),
    )


def with_fund(wish: PlaceLine, old: str, new: str) -> PlaceLine:
    """The wish with another fund in place of one; of a wish without funds, that fund for all of it."""
    if not wish.shares:
        return replace(wish, shares=(ShareWish(new, percent="100"),))
    shares = tuple(
        replace(share, fund_code=new) if share.fund_code == old else share for share in wish.shares
    )
    return replace(wish, shares=shares)
