"""Interfaces and EDI details as forms have them, in whatever shape the card came."""

from __future__ import annotations

from typing import Any

import pytest

from openacq.kernel.refusal import Refusal
from openacq.vendors import service
from openacq.vendors.card import MOST_ENTRIES
from openacq.vendors.model import Vendor
from tests.conftest import Do

ODD: dict[str, Any] = {
    "code": "ODD",
    "name": "Odd shapes",
    "interface": {"name": {"desc": "In words"}, "admin_info": "", "status": "ACTIVE", "main_note": 7},
    "edi_info": {
        "type": "EDIFACT",
        "port_number": "021",
        "po_lines": "true",
        "invoices": "perhaps",
        "server_name": ["a", "b"],
        "ean_account": [{"account": "ONE", "ean_code": 12}, {"unheard_of": 1}],
        "per_organization_unit": ["MAIN"],
    },
}


def the_vendor(read: Do) -> Vendor:
    found = read(lambda tx: service.vendor(tx, "ODD"))
    assert found is not None
    return found


@pytest.fixture
def odd(write: Do) -> None:
    assert [verdict.outcome for verdict in write(lambda tx: service.load(tx, "vendor", [ODD]))] == ["created"]


@pytest.mark.usefixtures("odd")
def test_every_shape_is_read(read: Do) -> None:
    vendor = the_vendor(read)
    (interface,) = service.interfaces(vendor)
    assert (interface.cells["interface.name"], interface.cells["interface.status"]) == ("In words", "ACTIVE")
    assert interface.cells["interface.main_note"] == "7"
    cells = service.edi(vendor).cells
    assert {name: cell for name, cell in cells.items() if cell} == {
        "edi_info.type": "EDIFACT",
        "edi_info.port_number": "021",
        "edi_info.po_lines": "yes",
        "edi_info.ean_account[0].account": "ONE",
        "edi_info.ean_account[0].ean_code": "12",
    }


@pytest.mark.usefixtures("odd")
def test_what_is_written_as_it_was_read_keeps_its_shape(write: Do, read: Do) -> None:
    before = the_vendor(read)
    write(lambda tx: service.put_edi(tx, "ODD", service.edi(before).cells))
    write(lambda tx: service.put_interface(tx, "ODD", 0, service.interfaces(before)[0].cells))
    after = the_vendor(read)
    assert after.details["edi_info"] == before.details["edi_info"]
    assert after.details["interface"] == before.details["interface"]


@pytest.mark.usefixtures("odd")
def test_rows_no_form_can_show_stay(write: Do, read: Do) -> None:
    cells = {"edi_info.per_organization_unit[0].edi_code": "L-1", "edi_info.ean_account[0].ean_code": "13"}
    write(lambda tx: service.put_edi(tx, "ODD", cells))
    written: Any = the_vendor(read).details["edi_info"]
    assert written["per_organization_unit"] == [{"edi_code": "L-1"}, "MAIN"]
    assert written["ean_account"] == [{"account": "ONE", "ean_code": "13"}, {"unheard_of": 1}]
    gone = {f"edi_info.ean_account[0].{name}": "" for name in ("account", "ean_code")}
    write(lambda tx: service.put_edi(tx, "ODD", gone))
    left: Any = the_vendor(read).details["edi_info"]
    assert left["ean_account"] == [{"unheard_of": 1}]


@pytest.mark.usefixtures("odd")
def test_only_what_is_named_changes(write: Do, read: Do) -> None:
    write(lambda tx: service.put_edi(tx, "ODD", {"edi_info.port_number": "22", "edi_info.po_lines": "no"}))
    assert the_vendor(read).details["edi_info"] == {
        **ODD["edi_info"],
        "port_number": 22,
        "po_lines": False,
    }


@pytest.mark.usefixtures("odd")
def test_a_password_may_be_one_that_is_there_already_and_is_sealed(write: Do, read: Do) -> None:
    write(lambda tx: service.put_edi(tx, "ODD", {"edi_info.password": "hush"}))
    first = service.edi(the_vendor(read)).secrets
    cells = {"interface.name": "Files", "interface.access_info.user_password": "hush"}
    sheet = write(lambda tx: service.put_interface(tx, "ODD", None, cells))
    assert sheet.at == 1
    assert service.edi(the_vendor(read)).secrets == first
    assert "hush" not in repr(the_vendor(read).details)
    write(lambda tx: service.put_edi(tx, "ODD", {"edi_info.password": "another"}))
    assert service.edi(the_vendor(read)).secrets != first
    write(lambda tx: service.put_edi(tx, "ODD", {"edi_info.password.drop": "yes"}))
    assert service.edi(the_vendor(read)).secrets == {}


@pytest.mark.usefixtures("odd")
@pytest.mark.parametrize(
    ("cells", "slug", "field"),
    [
        ({"edi_info.nonsense": "x"}, "column_unknown", "edi_info.nonsense"),
        ({"edi_info.code.drop": "yes"}, "column_unknown", "edi_info.code.drop"),
        ({"edi_info.password": 7}, "value_wrong_type", "edi_info.password"),
        ({"edi_info.type": "PIGEON"}, "code_illegal", "edi_info.type"),
    ],
)
def test_what_cannot_be_is_refused(write: Do, cells: dict[str, Any], slug: str, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        write(lambda tx: service.put_edi(tx, "ODD", cells))
    assert [(problem.slug, problem.field) for problem in refused.value.problems] == [(slug, field)]


@pytest.mark.usefixtures("odd")
def test_a_card_has_so_many_interfaces_at_most(write: Do) -> None:
    many = {"code": "ODD", "interface": [{"name": f"Number {at}"} for at in range(MOST_ENTRIES)]}
    write(lambda tx: service.load(tx, "vendor", [many]))
    with pytest.raises(Refusal) as refused:
        write(lambda tx: service.put_interface(tx, "ODD", None, {"interface.name": "One more"}))
    assert [problem.slug for problem in refused.value.problems] == ["list_too_long"]


@pytest.mark.parametrize("at", [1, -1])
@pytest.mark.usefixtures("odd")
def test_what_is_not_there_is_missing(write: Do, at: int) -> None:
    for work in (
        lambda tx: service.put_interface(tx, "ODD", at, {"interface.name": "x"}),
        lambda tx: service.drop_interface(tx, "ODD", at),
        lambda tx: service.put_edi(tx, "NOBODY", {}),
    ):
        with pytest.raises(Refusal) as refused:
            write(work)
        assert [problem.slug for problem in refused.value.problems] == ["record_missing"]
