"""Settings, vendors and limits say nothing that bypasses the catalogues."""

from __future__ import annotations

import re

import pytest

from openacq.ledger import service as ledger
from tests.doors.desk.staff import Staff
from tests.doors.desk.test_words import OF_DATA, data_of
from tests.shop import Shop

PAGES = (
    "/settings",
    "/settings/packing",
    "/settings/approval",
    "/settings/approval/rule",
    "/settings/requests",
    "/settings/requests/rule",
    "/settings/requests/types",
    "/settings/requests/types/row",
    "/settings/requests/types/row?format=P&citation_type=BOOK",
    "/settings/wskeys",
    "/settings/principals",
    "/vendors/new/vendor",
    "/vendors/GOBI/edit",
    "/vendors/GOBI/account",
    "/vendors/GOBI/contacts",
    "/vendors/GOBI/contacts/entry?what=address",
    "/vendors/GOBI/contacts/entry?what=email",
    "/vendors/GOBI/interface",
    "/vendors/GOBI/edi",
    "/funds/{fund}/limits",
)
OF_THESE = re.compile(
    r"^(GOBI|OASIS|WSKeys?|JSON|EUR USD|USD|[a-z]*\{.*\}|MAIN STACKS|BOOKS|HIST|HIST History"
    r"|Article Processing Charges|APC|One Time)$"
)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_bypasses_the_catalogues(staff: Staff, shop: Shop, path: str) -> None:
    fund = shop.world.read(lambda tx: ledger.fund(tx, "HIST"))
    known = data_of(staff, shop.ordered()["number"])
    staff.get(f"{path.format(fund=fund.id)}{'&' if '?' in path else '?'}lang=qps")
    assert staff.status == 200
    found = set()
    for text in staff.page.xpath(
        '//body//text()[not(ancestor::script or ancestor::select[@name="country"])]'
        " | //@placeholder | //@aria-label"
    ):
        rest = " ".join(text.split())
        while (less := re.sub("⟦[^⟦⟧]*⟧", " ", rest)) != rest:
            rest = less
        for piece in re.split(r"\s{2,}|[·:,()×→+]", rest):  # noqa: RUF001
            word = piece.strip(" .–-…\"'’“”")  # noqa: RUF001
            if word and not OF_DATA.match(word) and word.casefold() not in known and not OF_THESE.match(word):
                found.add(word)
    assert found == set()
