"""The code tables purchase requests speak in, as a client reads them before it asks."""

from __future__ import annotations

import pytest

from tests.conftest import Do
from tests.doors.alma.calls import Alma, alma, new_key

__all__ = ["alma"]

TABLES = {
    "PR_RequestedFormat": ({"P", "E"}, "P"),
    "PR_CitationType": ({"BOOK", "JOURNAL"}, "BOOK"),
    "PurchaseRequestStatus": ({"INREVIEW", "APPROVED", "REJECTED", "DEFERRED"}, None),
    "PPRSourceType": ({"API", "ALMA", "PRIMO"}, None),
    "PR_RejectReasons": ({"CANCELLED_BY_REQUESTER", "COST", "DUPLICATE"}, None),
    "PhysicalMaterialType": ({"BOOK", "JOURNAL", "DVD", "RARE", "OTHER"}, "BOOK"),
    "electronicMaterialType": ({"BOOK", "JOURNAL", "DATABASE"}, "BOOK"),
    "MT_CurrencySubset_by_CT_Currency_CT": ({"EUR", "USD", "GBP"}, None),
}
"""By table: codes that must be among its rows, and the default row."""


@pytest.mark.parametrize("name", TABLES)
def test_a_table_has_its_codes_and_its_default(alma: Alma, write: Do, name: str) -> None:
    answer = alma(f"/conf/code-tables/{name}", new_key(write))
    assert answer.status == 200
    rows = {row["code"]: row for row in answer.json["row"]}
    codes, default = TABLES[name]
    assert codes <= rows.keys()
    assert [code for code, row in rows.items() if row["default"] in (True, "true")] == [default] * bool(
        default
    )
    assert all(row["enabled"] in (True, "true") for row in rows.values())
    in_xml = {row.findtext("code"): row.findtext("default") for row in answer.xml.iter("row")}
    assert in_xml.keys() == rows.keys()
    assert [code for code, said in in_xml.items() if said == "true"] == [default] * bool(default)


@pytest.mark.parametrize("name", ["ElectronicMaterialType", "pr_citationtype"])
def test_a_table_is_found_in_any_case(alma: Alma, write: Do, name: str) -> None:
    assert alma(f"/conf/code-tables/{name}", new_key(write)).status == 200
