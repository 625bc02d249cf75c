"""An institution changes code tables to its liking; nobody else sees it."""

from __future__ import annotations

import pytest

from openacq.codes import service
from openacq.codes.model import CodeRow
from openacq.kernel.refusal import Refusal
from tests.conftest import Do


def test_without_rows_of_its_own_an_institution_has_the_shipped_tables(read: Do) -> None:
    row = read(lambda tx: service.row(tx, "POLineStatus", "INREVIEW"))
    assert row is not None
    assert row.description == "In Review"
    assert not row.own


def test_codes_are_case_sensitive(read: Do) -> None:
    assert read(lambda tx: service.row(tx, "POLineStatus", "InReview")) is None


def test_a_code_is_described_or_stands_for_itself(read: Do) -> None:
    assert read(lambda tx: service.describe(tx, "POLineStatus", "SENT")) == "Sent"
    assert read(lambda tx: service.describe(tx, "POLineStatus", "GONE")) == "GONE"


def test_asking_for_a_table_that_does_not_exist_is_a_fault(read: Do) -> None:
    with pytest.raises(LookupError):
        read(lambda tx: service.row(tx, "Nothing", "X"))
    assert read(lambda tx: service.table(tx, "Nothing")) is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [("e_book_ot", ("E_BOOK_OT",)), ("E_BOK_OT", ("E_BOOK_OT",)), ("E_BOKO_OT", ("E_BOOK_OT",)), ("XYZ", ())],
)
def test_a_code_written_wrong_is_answered_with_the_one_it_meant(
    read: Do, written: str, meant: tuple[str, ...]
) -> None:
    assert read(lambda tx: service.nearest(tx, "PurchaseType", written)) == meant


def test_a_disabled_code_still_describes_but_may_not_be_used(read: Do) -> None:
    problem = read(lambda tx: service.check(tx, "PurchaseType", "type", "E_BOOK_PKG_OT"))
    assert problem is not None
    assert problem.slug == "code_illegal"
    assert read(lambda tx: service.check(tx, "PurchaseType", "type", "E_BOOK_OT")) is None
    assert read(lambda tx: service.describe(tx, "PurchaseType", "E_BOOK_PKG_OT")).startswith(
        "Electronic Book"
    )


def test_an_own_row_renames_a_shipped_one_and_keeps_its_attributes(write: Do, read: Do) -> None:
    write(
        lambda tx: service.put_rows(
            tx, "AcquisitionMethod", [CodeRow("PURCHASE_NOLETTER", "Credit card")], by="staff1"
        )
    )
    row = read(lambda tx: service.row(tx, "AcquisitionMethod", "PURCHASE_NOLETTER"))
    assert row is not None
    assert (row.description, row.own, row.updated_by) == ("Credit card", True, "staff1")
    assert row.attributes["needs_fund"] == "true"
    assert str(row.updated) == "2026-03-02"


def test_an_own_row_extends_a_table_at_its_end(write: Do, read: Do) -> None:
    write(lambda tx: service.put_rows(tx, "PhysicalMaterialType", [CodeRow("KEYS", "Digital file")]))
    rows = read(lambda tx: service.rows(tx, "PhysicalMaterialType"))
    assert rows[-1].code == "KEYS"
    assert rows[0].code == "BOOK"


def test_a_new_default_takes_the_mark_from_the_shipped_one(write: Do, read: Do) -> None:
    write(
        lambda tx: service.put_rows(tx, "AcquisitionMethod", [CodeRow("PURCHASE", "Purchase", default=True)])
    )
    rows = read(lambda tx: service.rows(tx, "AcquisitionMethod"))
    assert [row.code for row in rows if row.default] == ["PURCHASE"]
    write(lambda tx: service.put_rows(tx, "AcquisitionMethod", [CodeRow("GIFT", "Gift", default=True)]))
    rows = read(lambda tx: service.rows(tx, "AcquisitionMethod"))
    assert [row.code for row in rows if row.default] == ["GIFT"]


def test_the_rows_of_one_institution_are_not_seen_by_another(write: Do, read: Do) -> None:
    write(lambda tx: service.put_rows(tx, "UserGroups", [CodeRow("EMERITI", "Emeriti")]))
    assert read(lambda tx: service.row(tx, "UserGroups", "EMERITI")) is not None
    assert read(lambda tx: service.row(tx, "UserGroups", "EMERITI"), institution=90_001) is None


def test_two_defaults_at_once_are_refused(write: Do) -> None:
    both = [CodeRow("A", "a", default=True), CodeRow("B", "b", default=True)]
    with pytest.raises(Refusal) as refused:
        write(lambda tx: service.put_rows(tx, "UserGroups", both))
    assert refused.value.problems[0].field == "default"


def test_loading_fills_then_updates_then_leaves_alone(write: Do, read: Do) -> None:
    rows: list[dict[str, object]] = [
        {"table": "HFundsTransactionItem.reportingCode", "code": "HIST", "description": "History"},
        {"table": "PurchaseType", "code": "PRINT_OT", "enabled": "no"},
        {"table": "PurchaseType", "code": "ZINE_OT", "description": "Zine - One Time",
         "attributes": "continuity=one_time; inventory=physical; material=other"},
    ]  # fmt: skip
    assert [v.outcome for v in write(lambda tx: service.load(tx, "code_row", rows))] == ["created"] * 3
    assert [v.outcome for v in write(lambda tx: service.load(tx, "code_row", rows))] == ["unchanged"] * 3
    rows[0]["description"] = "History and politics"
    again = write(lambda tx: service.load(tx, "code_row", rows))
    assert [v.outcome for v in again] == ["updated", "unchanged", "unchanged"]
    assert read(lambda tx: service.describe(tx, "HFundsTransactionItem.reportingCode", "HIST")) == (
        "History and politics"
    )
    zine = read(lambda tx: service.row(tx, "PurchaseType", "ZINE_OT"))
    assert zine is not None
    assert zine.attributes["inventory"] == "physical"
    off = read(lambda tx: service.row(tx, "PurchaseType", "PRINT_OT"))
    assert off is not None
    assert not off.enabled
    assert off.attributes["inventory"] == "physical"


def test_a_wrong_row_is_refused_with_everything_wrong_in_it_and_the_others_are_kept(
    write: Do, read: Do
) -> None:
    rows: list[dict[str, object]] = [
        {"table": "Purchasetype", "code": "A_OT", "descripton": "A", "enabled": "perhaps"},
        {"table": "PurchaseTipe", "code": "B_OT", "description": "B"},
        {"table": "UserGroups", "code": "OK", "description": "Fine"},
        {"table": "UserGroups", "code": "OK", "description": "Fine twice"},
    ]
    verdicts = write(lambda tx: service.load(tx, "code_row", rows))
    assert [v.outcome for v in verdicts] == ["refused", "refused", "created", "refused"]
    assert {problem.slug for problem in verdicts[0].problems} == {
        "column_unknown", "field_missing", "value_wrong_type",
    }  # fmt: skip
    assert "Did you mean description?" in verdicts[0].problems[0].advice()
    assert "Did you mean PurchaseType?" in verdicts[1].problems[0].advice()
    assert verdicts[3].problems[0].slug == "row_doubled"
    assert read(lambda tx: service.describe(tx, "UserGroups", "OK")) == "Fine"
