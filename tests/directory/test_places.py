"""Libraries, locations and departments are found, filled from files, and seen by their institution only."""

from __future__ import annotations

from typing import Any

import pytest

from openacq.directory import service
from openacq.directory.model import Department, Institution, LocationType
from openacq.kernel.refusal import Refusal
from openacq.store import Tx
from tests.conftest import Do

pytestmark = pytest.mark.usefixtures("house")


def outcomes(write: Do, kind: str, *rows: dict[str, Any]) -> list[str]:
    return [verdict.outcome for verdict in write(lambda tx: service.load(tx, kind, rows))]


def test_a_library_is_found_by_its_exact_code(read: Do) -> None:
    library = read(lambda tx: service.library(tx, "MAIN"))
    assert library is not None
    assert library.name == "Main Library"
    assert library.acquisition_departments == ("ACQ",)
    assert read(lambda tx: service.library(tx, "main")) is None
    assert read(lambda tx: service.nearest_library(tx, "main")) == ("MAIN",)


def test_a_department_receives_for_the_libraries_it_serves(read: Do) -> None:
    science = read(lambda tx: service.library(tx, "SCI"))
    assert science is not None
    assert science.acquisition_departments == ("ACQ",)
    assert [d.code for d in read(lambda tx: service.departments(tx, library="SCI"))] == ["ACQ"]
    assert read(lambda tx: service.departments(tx, type_="DIGI")) == ()


def test_location_codes_are_those_of_their_library(read: Do) -> None:
    in_science = read(lambda tx: service.location(tx, "SCI", "STACKS"))
    assert in_science is not None
    assert in_science.name == "Science stacks"
    assert read(lambda tx: service.location(tx, "SCI", "REF")) is None
    assert [place.code for place in read(lambda tx: service.locations(tx, "MAIN"))] == ["REF", "STACKS"]
    assert read(lambda tx: service.nearest_location(tx, "MAIN", "stack")) == ("STACKS",)


def test_another_institution_sees_none_of_it(read: Do) -> None:
    assert read(service.libraries, institution=90_002) == ()
    assert read(lambda tx: service.location(tx, "MAIN", "STACKS"), institution=90_002) is None
    with pytest.raises(Refusal):
        read(service.institution, institution=90_002)


def test_a_change_is_seen_by_the_next_reader_though_registers_are_cached(write: Do, read: Do) -> None:
    assert len(read(service.libraries)) == 2
    assert outcomes(write, "library", {"code": "LAW", "name": "Law Library"}) == ["created"]
    assert [library.code for library in read(service.libraries)] == ["LAW", "MAIN", "SCI"]


def test_libraries_are_filled_updated_and_left_alone(write: Do, read: Do) -> None:
    row = {"code": "MAIN", "name": "Main Library", "campus": "DOWN", "campus_name": "Downtown",
           "resource_sharing": "yes", "default_location": "STACKS", "oclc_id": "128807"}  # fmt: skip
    assert outcomes(write, "library", row) == ["updated"]
    assert outcomes(write, "library", row) == ["unchanged"]
    assert outcomes(write, "library", {"code": "MAIN", "proxy": "ezproxy"}) == ["updated"]
    library = read(lambda tx: service.library(tx, "MAIN"))
    assert library is not None
    assert (library.campus_name, library.resource_sharing, library.proxy) == ("Downtown", True, "ezproxy")


def test_locations_need_a_library_that_exists(write: Do) -> None:
    rows: list[dict[str, Any]] = [{"library": "MIAN", "code": "X", "name": "X"}]
    [verdict] = write(lambda tx: service.load(tx, "location", rows))
    assert verdict.outcome == "refused"
    assert verdict.problems[0].slug == "library_unknown"
    assert "Did you mean MAIN?" in verdict.problems[0].advice()


def test_locations_know_their_type_call_numbers_and_circulation_desks(write: Do, read: Do) -> None:
    row = {"library": "MAIN", "code": "STORE", "name": "Store", "type": "remote", "suppressed": "true",
           "call_number_type": "0", "accession_placement": "852p", "fulfillment_unit": "FU",
           "circ_desks": "DESK=Main desk; SELF"}  # fmt: skip
    assert outcomes(write, "location", row) == ["created"]
    assert outcomes(write, "location", row) == ["unchanged"]
    store_room = read(lambda tx: service.location(tx, "MAIN", "STORE"))
    assert store_room is not None
    assert store_room.type is LocationType.REMOTE
    assert store_room.suppressed
    assert [(desk.code, desk.name) for desk in store_room.circ_desks] == [
        ("DESK", "Main desk"),
        ("SELF", "SELF"),
    ]


def test_every_wrong_cell_of_a_location_is_named(write: Do) -> None:
    row = {"library": "MAIN", "code": "BAD", "type": "ajar", "suppressed": "maybe", "call_number_type": "LC"}
    [verdict] = write(lambda tx: service.load(tx, "location", [row]))
    fields = {problem.field for problem in verdict.problems}
    assert fields == {"name", "type", "suppressed", "call_number_type"}


def test_departments_belong_to_a_library_or_to_the_institution(
    write: Do, read: Do, house: Institution
) -> None:
    assert outcomes(
        write,
        "department",
        {"code": "DIGI", "name": "Digitization", "type": "DIGI", "owner": house.code, "work_days": 3},
        {"code": "SCIACQ", "name": "Science acquisitions", "owner": "SCI", "operators": "staff1; staff2"},
        {"code": "BAD", "name": "Nobody's", "owner": "ELSEWHERE", "libraries": "MAIN; NOWHERE"},
    ) == ["created", "created", "refused"]
    science = read(lambda tx: service.library(tx, "SCI"))
    assert science is not None
    assert science.acquisition_departments == ("SCIACQ", "ACQ"), "its own department comes first"
    own = read(lambda tx: service.department(tx, "SCIACQ"))
    assert own is not None
    assert own.operators == ("staff1", "staff2")


def test_putting_places_writes_them_whole(write: Do, read: Do) -> None:
    def rename(tx: Tx) -> None:
        service.put_departments(tx, [Department(0, "ACQ", "Orders and receipts", owner="SCI")])

    write(rename)
    [department] = read(service.departments)
    assert (department.name, department.owner, department.libraries) == ("Orders and receipts", "SCI", ())
