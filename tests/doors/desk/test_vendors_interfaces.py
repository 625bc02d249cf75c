"""A vendor's interfaces and EDI details changed on the screen, and read by others as Alma shows them."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from openacq.store.seals import Seals
from openacq.vendors import service as vendors
from openacq.vendors.model import Vendor
from tests.doors.alma.test_po_line_statements import statements
from tests.doors.desk.staff import Staff, new_staff
from tests.serving_fixture import Server
from tests.shop import Shop

DASH = "\N{EN DASH}"
HERE = "/acq/vendors/CORNER"
INTERFACE, EDI = "/vendors/CORNER/interface", "/vendors/CORNER/edi"
OLD: dict[str, Any] = {
    "code": "CORNER",
    "interface": [
        {
            "name": "Corner Online",
            "status": {"value": "ACTIVE"},
            "contact_info": {"email": [{"email_address": "help@corner.example"}]},
            "admin_info": {"user_id": "lib", "user_password": "hush too", "incident_log": "one\ntwo"},
            "statistics": {"available": True, "format": {"value": "COUNTER", "desc": "Counter reports"}},
            "interface_notes": [{"note_text": "by hand", "seen_by": "nobody"}],
            "unheard_of": {"deep": [1, 2]},
        },
        {"name": "Second"},
    ],
    "edi_info": {
        "code": "C-EDI",
        "port_number": "21",
        "password": "hush",
        "secured_ftp": True,
        "ean_account": [{"account": "CORNER-1", "ean_code": "4012345", "more": "kept"}],
        "unheard_of": "stays",
    },
}
PATHS = (INTERFACE, f"{INTERFACE}?at=0", EDI)


@pytest.fixture
def card(shop: Shop) -> dict[str, Any]:
    shop.world.load(vendors, "vendor", OLD)
    return OLD


def details(shop: Shop) -> dict[str, Any]:
    """The card with its passwords as they were typed."""

    def work(tx: Any) -> dict[str, Any]:
        found = vendors.vendor(tx, "CORNER")
        assert isinstance(found, Vendor)
        return dict(vendors.with_secrets(tx, found).vendor.details)

    found: dict[str, Any] = shop.world.read(work)
    return found


def alma(server: Server, shop: Shop, access: str = "write") -> dict[str, Any]:
    """The vendor as a key of the library gets it."""
    with server.new_shop(shop.world, areas={"acq": access}) as reader:
        answer = reader.get(HERE)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


def history(staff: Staff) -> set[tuple[str, ...]]:
    rows = staff.page.xpath("//*[@class='history']//tbody/tr")
    return {tuple(" ".join(cell.text_content().split()) for cell in row.xpath("td")[2:]) for row in rows}


# -- seeing -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("card")
def test_the_page_of_a_vendor_shows_all_but_passwords(staff: Staff, server: Server, shop: Shop) -> None:
    staff.get("/vendors/CORNER")
    for words in ("Corner Online", "User for administrationlib", "one two", "by hand", "C-EDI", "4012345"):
        assert words in staff.text
    assert staff.text.count("set; it is not shown") == 2
    for path in ("/vendors/CORNER", *PATHS):
        staff.get(path)
        assert staff.answer is not None
        assert "hush" not in staff.answer.text
        assert "openacq:seal" not in staff.answer.text
    with Staff(server, shop.world, new_staff(server, shop.world, "55")) as other:
        other.sign_in()
        other.get("/vendors/CORNER")
        assert other.status == 200
        assert "C-EDI" in other.text
        assert not other.page.xpath("//a[contains(@href, '/interface') or contains(@href, '/edi')]")


@pytest.mark.usefixtures("card")
@pytest.mark.parametrize("path", PATHS)
def test_only_who_may_change_vendors_comes_in(server: Server, staff: Staff, shop: Shop, path: str) -> None:
    staff.get(path)
    assert staff.status == 200
    with Staff(server, shop.world, new_staff(server, shop.world, "55")) as other:
        other.sign_in()
        other.get(path)
        assert other.status == 403
        other.post(path, {"edi_info.code": "X", "interface.name": "X"})
        assert other.status == 403
    assert details(shop)["edi_info"]["code"] == "C-EDI"


@pytest.mark.usefixtures("card")
@pytest.mark.parametrize("path", PATHS)
def test_another_institution_does_not_find_it(elsewhere: Staff, shop: Shop, path: str) -> None:
    where = path.replace("CORNER", "ONLYHERE")
    shop.world.load(vendors, "vendor", {**OLD, "code": "ONLYHERE", "name": "Only here"})
    elsewhere.get("/vendors")
    elsewhere.get(where)
    assert elsewhere.status == 404
    elsewhere.get("/vendors")
    elsewhere.post(where, {"edi_info.code": "X", "interface.name": "X"})
    assert elsewhere.status == 404
    elsewhere.get("/vendors")
    elsewhere.post("/vendors/ONLYHERE/interface/drop", {"at": "0", "sure": "yes"})
    assert elsewhere.status == 404
    found = shop.world.read(lambda tx: vendors.vendor(tx, "ONLYHERE"))
    assert found is not None
    assert [sheet.cells["interface.name"] for sheet in vendors.interfaces(found)] == [
        "Corner Online",
        "Second",
    ]


@pytest.mark.usefixtures("card")
@pytest.mark.parametrize(
    "path",
    [
        f"{INTERFACE}?at=2",
        f"{INTERFACE}?at=x",
        f"{INTERFACE}?at=-1",
        f"{INTERFACE}?at=99999999999",
        "/vendors/NOBODY/interface",
        "/vendors/NOBODY/edi",
    ],
)
def test_what_is_not_there_is_not_found(staff: Staff, path: str) -> None:
    staff.get(path)
    assert staff.status == 404


# -- changing -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("card")
@pytest.mark.parametrize("path", [f"{INTERFACE}?at=0", f"{INTERFACE}?at=1", EDI])
def test_a_form_saved_as_it_is_changes_nothing(staff: Staff, shop: Shop, path: str) -> None:
    before = details(shop)
    staff.get(path)
    staff.send("sheet", {})
    assert staff.told == "Saved."
    assert details(shop) == before
    assert not staff.page.xpath("//*[@class='history']")


@pytest.mark.usefixtures("card")
def test_edi_details_are_changed_and_others_read_them(staff: Staff, server: Server, shop: Shop) -> None:
    staff.get(EDI)
    assert staff.value("edi_info.port_number") == "21"
    staff.send(
        "sheet",
        {
            "edi_info.code": "",
            "edi_info.type": "EDIFACT",
            "edi_info.server_name": "ftp.corner.example",
            "edi_info.port_number": "2222",
            "edi_info.password": "n ew/one",
            "edi_info.secured_ftp": [],
            "edi_info.po_lines": "yes",
            "edi_info.ftp_mode": "BINARY",
            "edi_info.fund_code": "HIST",
            "edi_info.ean_account[0].ean_code": "999",
            "edi_info.ean_account[1].account": "CORNER-2",
            "edi_info.per_organization_unit[1].organization_unit": "MAIN",
            "edi_info.per_organization_unit[1].edi_code": "L-1",
        },
    )
    assert staff.told == "Saved."
    assert details(shop)["edi_info"] == {
        "type": {"value": "EDIFACT", "desc": "EDIFACT"},
        "server_name": "ftp.corner.example",
        "port_number": 2222,
        "password": "n ew/one",
        "secured_ftp": False,
        "po_lines": True,
        "ftp_mode": {"value": "BINARY", "desc": "Binary"},
        "fund_code": {"value": "HIST"},
        "ean_account": [
            {"account": "CORNER-1", "ean_code": "999", "more": "kept"},
            {"account": "CORNER-2"},
        ],
        "per_organization_unit": [{"organization_unit": {"value": "MAIN"}, "edi_code": "L-1"}],
        "unheard_of": "stays",
    }
    assert details(shop)["interface"] == OLD["interface"]
    shown = alma(server, shop)["edi_info"]
    assert (shown["server_name"], shown["port_number"], shown["password"]) == (
        "ftp.corner.example",
        2222,
        "n ew/one",
    )
    assert shown["per_organization_unit"][0]["organization_unit"]["value"] == "MAIN"
    assert "password" not in alma(server, shop, "read")["edi_info"]
    staff.get("/vendors/CORNER")
    noted = history(staff)
    assert {
        ("Port", "21", "2222"),
        ("Password", "set", "set anew"),
        ("EDI code of the vendor", "C-EDI", DASH),
    } <= noted
    assert ("EAN of the account", "4012345", "999") in noted
    assert "n ew" not in staff.text
    assert "hush" not in staff.text


@pytest.mark.usefixtures("card")
def test_an_interface_is_changed_and_others_read_it(staff: Staff, server: Server, shop: Shop) -> None:
    staff.get(INTERFACE, at="0")
    staff.send(
        "sheet",
        {
            "interface.name": "Corner <b>Two</b>",
            "interface.status": "INACTIVE",
            "interface.admin_info.user_id": "",
            "interface.admin_info.user_password.drop": "yes",
            "interface.admin_info.incident_log": "one\r\ntwo\r\nthree",
            "interface.access_info.user_password": "access now",
            "interface.statistics.available": [],
            "interface.interface_notes[0].note_text": "by hand, often",
            "interface.interface_notes[2].note_text": "another",
        },
    )
    assert staff.told == "Saved."
    assert "Corner <b>Two</b>" in staff.text
    (first, second) = details(shop)["interface"]
    assert second == {"name": "Second"}
    assert first == {
        "name": "Corner <b>Two</b>",
        "status": {"value": "INACTIVE"},
        "contact_info": {"email": [{"email_address": "help@corner.example"}]},
        "admin_info": {"incident_log": "one\ntwo\nthree"},
        "access_info": {"user_password": "access now"},
        "statistics": {"available": False, "format": {"value": "COUNTER", "desc": "Counter reports"}},
        "interface_notes": [{"note_text": "by hand, often", "seen_by": "nobody"}, {"note_text": "another"}],
        "unheard_of": {"deep": [1, 2]},
    }
    assert details(shop)["edi_info"] == OLD["edi_info"]
    (shown, _) = alma(server, shop)["interface"]
    assert (shown["name"], shown["status"]["value"]) == ("Corner <b>Two</b>", "INACTIVE")
    assert shown["access_info"]["user_password"] == "access now"
    assert shown["contact_info"]["email"][0]["email_address"] == "help@corner.example"
    noted = history(staff)
    of = "Corner <b>Two</b>: "
    assert (f"{of}Password for administration", "set", DASH) in noted
    assert (f"{of}Password for access", DASH, "set anew") in noted
    assert (f"{of}Name", "Corner Online", "Corner <b>Two</b>") in noted
    staff.get("/vendors?lang=de")
    staff.get("/vendors/CORNER")
    assert (f"{of}Passwort für den Zugang", DASH, "set anew") in history(staff)


@pytest.mark.usefixtures("card")
def test_an_interface_is_added_once_found_and_deleted(staff: Staff, server: Server, shop: Shop) -> None:
    staff.get(INTERFACE)
    fields = dict(staff.fields(staff.form("sheet"))) | {"interface.name": "Newest"}
    for _ in range(2):
        staff.post(INTERFACE, fields)
        assert "Newest" in staff.text
    assert [each["name"] for each in alma(server, shop)["interface"]] == ["Corner Online", "Second", "Newest"]
    with server.new_shop(shop.world, areas={"acq": "read"}) as reader:
        found = reader.get("/acq/vendors?q=interface_name~newest").json()
    assert [each["code"] for each in found["vendor"]] == ["CORNER"]
    staff.get(INTERFACE, at="0")
    staff.send("drop", {})
    assert "Corner Online" in staff.text
    assert "It is gone for good, with its passwords." in staff.text
    asked = dict(staff.form(0).form_values()) | {"sure": "yes"}
    staff.post(f"{INTERFACE}/drop", asked)
    assert staff.told == "It is deleted."
    assert [each["name"] for each in details(shop)["interface"]] == ["Second", "Newest"]
    assert ("Corner Online: Name", "Corner Online", DASH) in history(staff)
    staff.post(f"{INTERFACE}/drop", asked)  # what stands there now is another one
    assert [each["name"] for each in details(shop)["interface"]] == ["Second", "Newest"]


def test_edi_details_begin_and_end(staff: Staff, shop: Shop) -> None:
    staff.get("/vendors/CORNER")
    assert "Nothing is known about EDI." in staff.text
    staff.get(EDI)
    staff.send(
        "sheet", {"edi_info.server_name": "ftp.corner.example", "edi_info.ean_account[0].ean_code": "1"}
    )
    assert "ftp.corner.example" in staff.text
    staff.get(EDI)
    staff.send("sheet", {"edi_info.server_name": "", "edi_info.ean_account[0].ean_code": ""})
    assert details(shop)["edi_info"] == {}
    assert "Nothing is known about EDI." in staff.text


@pytest.mark.usefixtures("card")
@pytest.mark.parametrize(
    ("path", "field", "typed"),
    [
        (f"{INTERFACE}?at=0", "interface.name", ""),
        (f"{INTERFACE}?at=0", "interface.name", "x" * 256),
        (f"{INTERFACE}?at=0", "interface.main_note", "x" * 4_001),
        (f"{INTERFACE}?at=0", "interface.admin_info.user_password", "x" * 256),
        (f"{INTERFACE}?at=0", "interface.admin_info.user_password", "a\tb"),
        (INTERFACE, "interface.name", " "),
        (EDI, "edi_info.port_number", "0"),
        (EDI, "edi_info.port_number", "65536"),
        (EDI, "edi_info.port_number", "ftp"),
        (EDI, "edi_info.type", "PIGEON"),
        (EDI, "edi_info.password", "a\nb"),
        (EDI, "edi_info.per_organization_unit[0].organization_unit", "NOWHERE"),
        (EDI, "edi_info.per_organization_unit[1].edi_type", "PIGEON"),
        (EDI, "edi_info.ean_account[0].ean_code", "x" * 256),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_lost(
    staff: Staff, shop: Shop, path: str, field: str, typed: str
) -> None:
    before = details(shop)
    other = "interface.description" if path.startswith(INTERFACE) else "edi_info.ftp_description"
    staff.get(path)
    staff.send("sheet", {other: "still typed", field: typed})
    assert staff.status in (404, 422)
    assert staff.page.xpath("//*[@id=$id]", id=f"f-{field}-wrong")
    assert staff.page.xpath("//*[@id='errors']//a[@href=$href]", href=f"#f-{field}")
    assert staff.value(other) == "still typed"
    assert details(shop) == before


@pytest.mark.usefixtures("card")
@pytest.mark.parametrize(
    ("path", "field"),
    [(EDI, "edi_info.password"), (f"{INTERFACE}?at=0", "interface.access_info.user_password")],
)
def test_without_a_key_no_password_is_taken_and_the_rest_is_kept(
    staff: Staff, server: Server, shop: Shop, monkeypatch: pytest.MonkeyPatch, path: str, field: str
) -> None:
    before = details(shop)
    staff.get(path)
    with monkeypatch.context() as keyless:
        keyless.setattr(server.store, "seals", Seals(""))
        staff.send("sheet", {field: "my horse"})
        assert staff.status >= 400
        assert staff.page.xpath("//*[@id=$id]", id=f"f-{field}-wrong")
        assert staff.answer is not None
        assert "my horse" not in staff.answer.text
        other = "interface.description" if path.startswith(INTERFACE) else "edi_info.ftp_description"
        staff.send("sheet", {other: "written all the same"})
        assert staff.told == "Saved."
    after = details(shop)
    assert after != before
    assert after["edi_info"]["password"] == "hush"
    assert after["interface"][0]["admin_info"]["user_password"] == "hush too"


@pytest.mark.usefixtures("card")
def test_fields_nobody_offered_are_passed_over(staff: Staff, shop: Shop) -> None:
    staff.get(EDI)
    staff.send(
        "sheet",
        {
            "edi_info.unheard_of": "overwritten",
            "edi_info.ean_account[77].account": "far away",
            "edi_info.server_name.drop": "yes",
            "unheard_of": "x",
        },
    )
    assert staff.told == "Saved."
    assert details(shop) == {name: OLD[name] for name in ("interface", "edi_info")}


@pytest.mark.usefixtures("card")
@pytest.mark.parametrize(
    ("path", "first", "second", "label", "both"),
    [
        (
            f"{INTERFACE}?at=0",
            {"interface.status": "INACTIVE"},
            {"interface.status": "", "interface.statistics.available": []},
            "Status",
            ("not active (INACTIVE)", "not said"),
        ),
        (
            EDI,
            {"edi_info.ftp_mode": "ASCII"},
            {"edi_info.ftp_mode": "BINARY"},
            "How files are transferred",
            ("ASCII", "Binary"),
        ),
        (
            EDI,
            {"edi_info.password": "mine"},
            {"edi_info.password": "theirs"},
            "Password",
            ("set; it is not shown", "a new one"),
        ),
        (EDI, {"edi_info.password": "mine"}, {}, "Password", ("set; it is not shown", DASH)),
    ],
)
def test_who_comes_second_sees_both_and_no_password(
    server: Server,
    staff: Staff,
    shop: Shop,
    path: str,
    first: dict[str, Any],
    second: dict[str, Any],
    label: str,
    both: tuple[str, str],
) -> None:
    with Staff(server, shop.world) as other:
        other.sign_in()
        for one in (staff, other):
            one.get(path)
        staff.send("sheet", first)
        assert staff.told == "Saved."
        kept = details(shop)
        other.send("sheet", second)
        assert other.status == 422
        assert other.answer is not None
        assert "mine" not in other.answer.text
        assert "theirs" not in other.answer.text
        assert details(shop) == kept
        rows = {
            row.xpath("string(th)"): tuple(cell.text_content() for cell in row.xpath("td"))
            for row in other.page.xpath("//*[@id='both']//tbody/tr")
        }
        assert rows[label] == both
        other.send("sheet", second)
        assert other.told == "Saved."


def test_statements_do_not_grow_with_what_stands_on_the_card(staff: Staff, shop: Shop) -> None:
    shop.world.load(vendors, "vendor", OLD)
    paths = ("/vendors/CORNER", *PATHS)
    before = [statements(staff.server, partial(staff.get, path)) for path in paths]
    many = {
        "code": "CORNER",
        "interface": [{**OLD["interface"][0], "name": f"Number {n}"} for n in range(30)],
        "edi_info": {
            **OLD["edi_info"],
            "ean_account": [{"account": f"A{n}", "ean_code": "1"} for n in range(40)],
        },
    }
    shop.world.load(vendors, "vendor", many)
    assert [statements(staff.server, partial(staff.get, path)) for path in paths] == before
