"""What a shop reads before checkout: the institution, its places, its code tables."""

from __future__ import annotations

from typing import Any

import pytest

from openacq.codes import service as codes
from openacq.codes.model import CodeRow
from openacq.directory import service as directory
from openacq.store import Tx
from tests.conftest import Do
from tests.doors.alma.calls import BASE, Alma, alma, members, new_key

__all__ = ["alma"]

HERE = f"{BASE}/almaws/v1"
PLACES: dict[str, list[dict[str, Any]]] = {
    "library": [
        {"code": "MAIN", "name": "Main Library", "description": "Humanities", "campus": "DOWN",
         "campus_name": "Downtown", "default_location": "STACKS", "proxy": "ez"},
        {"code": "SCI", "name": "Science Library", "resource_sharing": True},
        {"code": "A & B", "name": "Arts & Books"},
    ],
    "location": [
        {"library": "MAIN", "code": "STACKS", "name": "Stacks", "call_number_type": "0",
         "accession_placement": "852p", "fulfillment_unit": "FU1", "circ_desks": "DESK=Main desk"},
        {"library": "MAIN", "code": "STORE", "name": "Store", "external_name": "Remote store",
         "type": "REMOTE", "suppressed": True, "circ_desks": "DESK=Main desk; BACK=Back door"},
    ],
    "department": [
        {"code": "ACQ", "name": "Acquisitions", "owner": "MAIN", "libraries": "SCI", "work_days": 3,
         "email": "acq@library.test", "operators": "staff1; gone"},
        {"code": "SCAN", "name": "Scanning", "type": "DIGI", "owner": "SCI"},
    ],
    "user": [{"primary_id": "staff1", "first_name": "Robin", "last_name": "Reed"}],
}  # fmt: skip


@pytest.fixture
def key(write: Do) -> str:
    """A key to a furnished institution."""

    def furnish(tx: Tx) -> None:
        for kind, rows in PLACES.items():
            assert not [v for v in directory.load(tx, kind, rows) if v.problems]

    write(furnish)
    return new_key(write)


# -- general ----------------------------------------------------------------------------------


def test_general_names_the_institution_and_its_environment(alma: Alma, key: str, read: Do) -> None:
    card = read(directory.institution)
    answer = alma("/conf/general", key)
    assert answer.status == 200
    assert list(answer.json) == ["institution", "alma_url", "environment_type", "digital"]
    assert answer.json["institution"] == {"value": card.code, "desc": card.name}
    assert answer.json["alma_url"] == f"{BASE}/"
    assert answer.json["environment_type"] == "production"
    assert answer.xml.tag == "general"
    institution = answer.xml.find("institution")
    assert institution is not None
    assert (institution.text, institution.get("desc")) == (card.code, card.name)


def test_a_key_without_the_area_is_refused(alma: Alma, key: str, write: Do) -> None:
    answer = alma("/conf/general", new_key(write, areas={"acq": "write"}))
    assert answer.status == 403
    assert answer.error[0] == "FORBIDDEN"


# -- libraries --------------------------------------------------------------------------------


def test_libraries_come_by_code_with_their_count(alma: Alma, key: str) -> None:
    answer = alma("/conf/libraries", key)
    assert [library["code"] for library in answer.json["library"]] == ["A & B", "MAIN", "SCI"]
    assert answer.json["total_record_count"] == 3
    assert answer.xml.get("total_record_count") == "3"
    assert members(answer.xml) == ["library"] * 3


def test_a_library_says_all_the_contract_lists(alma: Alma, key: str, read: Do) -> None:
    answer = alma("/conf/libraries/MAIN", key)
    main = read(lambda tx: directory.library(tx, "MAIN"))
    assert main is not None
    assert answer.json == {
        "link": f"{HERE}/conf/libraries/MAIN",
        "code": "MAIN",
        "id": str(main.id),
        "path": f"{read(directory.institution).code}.MAIN",
        "name": "Main Library",
        "description": "Humanities",
        "resource_sharing": False,
        "campus": {"value": "DOWN", "desc": "Downtown"},
        "proxy": "ez",
        "default_location": {"value": "STACKS", "desc": "Stacks"},
        "number_of_locations": {"value": "2", "link": f"{HERE}/conf/libraries/MAIN/locations"},
        "number_of_circ_desks": {"value": "2", "link": f"{HERE}/conf/libraries/MAIN/circ-desks"},
    }
    assert answer.xml.get("link") == f"{HERE}/conf/libraries/MAIN"
    assert members(answer.xml) == list(answer.json)[1:]


def test_every_link_resolves(alma: Alma, key: str) -> None:
    library = alma("/conf/libraries/A%20%26%20B", key).json
    assert library["link"] == f"{HERE}/conf/libraries/A%20%26%20B"
    desk = alma("/conf/libraries/MAIN/locations/STACKS", key).json["circ_desk"][0]
    links = [library["link"], library["number_of_locations"]["link"], library["number_of_circ_desks"]["link"],
             desk["link"], desk["circulation_desk_link"]]  # fmt: skip
    assert [alma(link.removeprefix(HERE), key).status for link in links] == [200] * 5


@pytest.mark.parametrize(
    "path", ["/conf/libraries/NONE", "/conf/libraries/main", "/conf/libraries/NONE/locations"]
)
def test_a_library_that_is_not_there_is_answered_in_almas_way(alma: Alma, key: str, path: str) -> None:
    answer = alma(path, key)
    assert answer.status == 400
    assert answer.error[0] == "40166411"
    assert answer.xml.tag == "{http://com/exlibris/urm/general/xmlbeans}web_service_result"


def test_another_institution_has_libraries_of_its_own(
    alma: Alma, key: str, write: Do, other_institution: int
) -> None:
    wish = directory.KeyWish("Other", {"conf": "read"})
    theirs = write(lambda tx: directory.create_key(tx, wish), institution=other_institution).secret
    assert alma("/conf/libraries", theirs).json == {"total_record_count": 0}
    assert alma("/conf/libraries/MAIN", theirs).status == 400


# -- locations and desks ----------------------------------------------------------------------


def test_a_location_says_all_the_contract_lists(alma: Alma, key: str, read: Do) -> None:
    answer = alma("/conf/libraries/MAIN/locations/STORE", key)
    store_room = read(lambda tx: directory.location(tx, "MAIN", "STORE"))
    assert store_room is not None
    assert list(answer.json) == [
        "link", "code", "id", "name", "external_name", "type", "remote_storage", "map",
        "suppress_from_publishing", "fulfillment_unit", "circ_desk", "accession_placement",
        "call_number_type",
    ]  # fmt: skip
    assert answer.json["id"] == str(store_room.id)
    assert answer.json["type"] == {"value": "REMOTE", "desc": "Remote"}
    assert answer.json["suppress_from_publishing"] == "true", "a text, not a boolean"
    assert [desk["circ_desk_code"] for desk in answer.json["circ_desk"]] == ["DESK", "BACK"]
    desks = answer.xml.find("circ_desks")
    assert desks is not None
    assert members(desks) == ["circ_desk"] * 2


def test_locations_of_one_library_come_by_code(alma: Alma, key: str) -> None:
    answer = alma("/conf/libraries/MAIN/locations/", key)
    assert [place["code"] for place in answer.json["location"]] == ["STACKS", "STORE"]
    assert answer.json["location"][0]["call_number_type"]["desc"] == "Library of Congress classification"
    assert alma("/conf/libraries/SCI/locations", key).json == {"total_record_count": 0}
    assert alma("/conf/libraries/MAIN/locations/NONE", key).error[0] == "40166411"


def test_circulation_desks_know_their_locations_and_are_paged(alma: Alma, key: str) -> None:
    answer = alma("/conf/libraries/MAIN/circ-desks", key, limit="1", offset="1")
    assert answer.json["total_record_count"] == 2
    [desk] = answer.json["circ_desk"]
    assert (desk["code"], desk["name"]) == ("DESK", "Main desk")
    assert [place["location_code"] for place in desk["location"]] == ["STACKS", "STORE"]
    assert alma("/conf/libraries/MAIN/circ-desks/NONE", key).status == 400


# -- departments ------------------------------------------------------------------------------


def test_departments_with_their_operators(alma: Alma, key: str) -> None:
    answer = alma("/conf/departments", key)
    acquisitions, scanning = answer.json["department"]
    assert list(acquisitions) == [
        "code", "name", "description", "type", "work_days", "map", "printer", "owner", "library",
        "contact_info", "operator", "circ_desk",
    ]  # fmt: skip
    assert acquisitions["owner"] == {"value": "MAIN", "desc": "Main Library"}
    assert acquisitions["library"] == [{"value": "SCI", "desc": "Science Library"}]
    assert acquisitions["contact_info"]["email"][0]["email_address"] == "acq@library.test"
    assert acquisitions["operator"] == [
        {"link": f"{HERE}/users/staff1", "primary_id": "staff1", "full_name": "Robin Reed"}
    ], "an operator who is gone is left out"
    assert scanning["operator"] == []
    served = answer.xml.find("department/served_libraries/library")
    assert served is not None
    assert served.text == "SCI"


@pytest.mark.parametrize(
    ("params", "codes_"),
    [
        ({}, ["ACQ", "SCAN"]),
        ({"type": "ALL"}, ["ACQ", "SCAN"]),
        ({"type": "DIGI"}, ["SCAN"]),
        ({"library": "MAIN"}, ["ACQ"]),
        ({"library": "SCI"}, ["ACQ", "SCAN"]),
        ({"library": "SCI", "type": "digi"}, ["SCAN"]),
    ],
)
def test_departments_of_a_type_or_a_library(
    alma: Alma, key: str, params: dict[str, str], codes_: list[str]
) -> None:
    found = alma("/conf/departments", key, **params).json
    assert [department["code"] for department in found["department"]] == codes_
    assert found["total_record_count"] == len(codes_)


def test_the_brief_view_has_no_operators(alma: Alma, key: str) -> None:
    answer = alma("/conf/departments", key, view="brief")
    assert "operator" not in answer.json["department"][0]


@pytest.mark.parametrize("params", [{"type": "NONE"}, {"view": "long"}, {"library": "NONE"}])
def test_wrong_parameters_are_named(alma: Alma, key: str, params: dict[str, str]) -> None:
    answer = alma("/conf/departments", key, **params)
    assert (answer.status, answer.error[0]) == (400, "40166411")


# -- what a vendor's key sees -----------------------------------------------------------------


def test_a_vendors_key_sees_its_libraries_and_no_people(alma: Alma, key: str, write: Do) -> None:
    shop = new_key(write, vendor="GOBI", libraries=("SCI",))
    assert [library["code"] for library in alma("/conf/libraries", shop).json["library"]] == ["SCI"]
    assert alma("/conf/libraries/MAIN", shop).status == 400
    assert alma("/conf/libraries/MAIN/locations", shop).status == 400
    assert alma("/conf/libraries/MAIN/locations/STACKS", shop).status == 400
    departments = alma("/conf/departments", shop).json["department"]
    assert [department["code"] for department in departments] == ["ACQ", "SCAN"]
    assert all("operator" not in department for department in departments)
    main = new_key(write, vendor="GOBI", libraries=("MAIN",))
    [department] = alma("/conf/departments", main).json["department"]
    assert (department["code"], department["library"]) == ("ACQ", [])


# -- code tables ------------------------------------------------------------------------------


def test_a_code_table_with_its_rows(alma: Alma, key: str, read: Do) -> None:
    card = read(directory.institution)
    answer = alma("/conf/code-tables/PR_RequestedFormat", key, lang="en")
    assert answer.json == {
        "link": f"{HERE}/conf/code-tables/PR_RequestedFormat",
        "name": "PR_RequestedFormat",
        "description": "Requested formats",
        "sub_system": {"value": "ACQ", "desc": "Acquisitions"},
        "patron_facing": True,
        "updated_by": "",
        "language": {"value": "en", "desc": "English"},
        "scope": {
            "institution_id": {"value": card.code, "desc": card.name},
            "library_id": {"value": "", "desc": None},
        },
        "row": [
            {"code": "P", "description": "Physical", "default": True, "enabled": True, "updated_by": ""},
            {"code": "E", "description": "Electronic", "default": False, "enabled": True, "updated_by": ""},
        ],
    }
    rows = answer.xml.find("rows")
    assert rows is not None
    assert members(rows) == ["row", "row"]
    assert members(rows[0]) == ["code", "description", "default", "enabled", "updated_by"]


def test_own_rows_say_who_changed_them_and_when(alma: Alma, key: str, write: Do) -> None:
    write(lambda tx: codes.put_rows(tx, "UserGroups", [CodeRow("EMERITI", "Emeriti")], by="staff1"))
    answer = alma("/conf/code-tables/UserGroups", key)
    assert answer.json["row"][-1] == {
        "code": "EMERITI", "description": "Emeriti", "default": False, "enabled": True,
        "updated_by": "staff1", "update_date": "2026-03-02Z",
    }  # fmt: skip
    assert (answer.json["updated_by"], answer.json["update_date"]) == ("staff1", "2026-03-02Z")


def test_switched_off_rows_are_shown_as_such(alma: Alma, key: str) -> None:
    rows = {row["code"]: row for row in alma("/conf/code-tables/PurchaseType", key).json["row"]}
    assert rows["E_BOOK_OT"]["enabled"] is True
    assert rows["E_BOOK_PKG_OT"]["enabled"] is False


def test_a_table_may_be_empty(alma: Alma, key: str) -> None:
    answer = alma("/conf/code-tables/SecondReportingCode", key)
    assert answer.json["row"] == []
    assert answer.xml.find("rows") is not None


@pytest.mark.parametrize("name", ["Access Model", "AccessModel"])
def test_a_table_answers_to_its_names(alma: Alma, key: str, name: str) -> None:
    assert alma(f"/conf/code-tables/{name}", key).json["name"] == "AccessModel"


def test_the_scope_of_a_library(alma: Alma, key: str) -> None:
    scope = alma("/conf/code-tables/ItemPolicy", key, scope="MAIN").json["scope"]
    assert scope["library_id"] == {"value": "MAIN", "desc": "Main Library"}
    assert alma("/conf/code-tables/ItemPolicy", key, scope="NONE").error[0] == "40166411"


def test_an_unknown_table_is_40166411(alma: Alma, key: str) -> None:
    answer = alma("/conf/code-tables/Nothing", key)
    assert (answer.status, answer.error[0]) == (400, "40166411")
    assert "Nothing" in answer.error[1]


def test_the_names_of_all_tables(alma: Alma, key: str) -> None:
    answer = alma("/conf/code-tables", key)
    tables = answer.json["code_table"]
    assert answer.json["total_record_count"] == len(tables)
    assert {"PurchaseType", "POLineStatus"} <= {table["name"] for table in tables}
    assert all("row" not in table for table in tables)
    assert alma(tables[0]["link"].removeprefix(HERE), key).status == 200


# -- may the key? -----------------------------------------------------------------------------


@pytest.mark.parametrize(("area", "status"), [("conf", 200), ("users", 200), ("acq", 403)])
def test_a_key_can_be_tried(alma: Alma, key: str, area: str, status: int) -> None:
    assert alma(f"/{area}/test", key).status == status
