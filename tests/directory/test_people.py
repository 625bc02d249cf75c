"""People are found by whatever names them, and filled from files of several shapes."""

from __future__ import annotations

from typing import Any

import pytest

from openacq.directory import service
from openacq.directory.model import Institution, Status, User
from openacq.kernel.refusal import Problem
from openacq.kernel.verdict import Verdict
from tests.conftest import Do

pytestmark = pytest.mark.usefixtures("house")

ANNA: dict[str, Any] = {
    "primary_id": "anna", "first_name": "Anna", "last_name": "Arber", "record_type": "STAFF",
    "user_group": "STAFF", "language": "en", "email": "anna@library.example",
    "identifiers": "BARCODE:A-100; INST_ID:77", "roles": "55; 37@MAIN", "expiry_date": "2027-01-31",
}  # fmt: skip


def load(write: Do, *rows: dict[str, Any]) -> list[Verdict]:
    return write(lambda tx: service.load(tx, "user", rows))


def slugs(verdict: Verdict) -> dict[str, Problem]:
    return {problem.field: problem for problem in verdict.problems}


def known(user: User | None) -> User:
    assert user is not None
    return user


def test_a_user_is_filled_and_found_again(write: Do, read: Do) -> None:
    assert [v.outcome for v in load(write, ANNA)] == ["created"]
    assert [v.outcome for v in load(write, ANNA)] == ["unchanged"]
    anna = known(read(lambda tx: service.user(tx, "anna")))
    assert anna.full_name == "Anna Arber"
    assert anna.email == "anna@library.example"
    assert str(anna.expiry_date) == "2027-01-31"
    assert [(one.type, one.value) for one in anna.identifiers] == [("BARCODE", "A-100"), ("INST_ID", "77")]
    assert str(anna.status_date) == "2026-03-02"


@pytest.mark.parametrize("written", ["anna", "ANNA", "A-100", "a-100", "77"])
def test_any_unique_identifier_finds_a_user_in_any_case(write: Do, read: Do, written: str) -> None:
    load(write, ANNA)
    assert known(read(lambda tx: service.user_by_any_id(tx, written))).primary_id == "anna"


def test_the_type_of_an_identifier_narrows_the_search(write: Do, read: Do) -> None:
    load(write, ANNA)
    assert read(lambda tx: service.user_by_any_id(tx, "A-100", "BARCODE")) is not None
    assert read(lambda tx: service.user_by_any_id(tx, "A-100", "INST_ID")) is None
    assert read(lambda tx: service.user_by_any_id(tx, "A-100", "primary_id")) is None
    assert read(lambda tx: service.user_by_any_id(tx, "anna", "BARCODE")) is None


def test_what_two_users_answer_to_names_neither(write: Do, read: Do) -> None:
    load(write, ANNA, {"primary_id": "bert", "identifiers": "OTHER_ID_1:77"})
    assert read(lambda tx: service.user_by_any_id(tx, "77")) is None
    assert known(read(lambda tx: service.user_by_any_id(tx, "77", "INST_ID"))).primary_id == "anna"


def test_a_switched_off_identifier_finds_nobody(write: Do, read: Do) -> None:
    load(write, {"primary_id": "carl", "identifiers": [{"type": "BARCODE", "value": "C-1", "active": False}]})
    assert read(lambda tx: service.user_by_any_id(tx, "C-1")) is None


def test_an_identifier_belongs_to_one_user(write: Do) -> None:
    load(write, ANNA)
    [verdict] = load(write, {"primary_id": "bert", "identifiers": "BARCODE:a-100"})
    assert verdict.outcome == "refused"
    assert slugs(verdict)["identifier BARCODE"].slug == "code_taken"


def test_an_identifier_may_change_hands_in_one_file(write: Do, read: Do) -> None:
    load(write, ANNA)
    moved = load(
        write, {**ANNA, "identifiers": "INST_ID:77"}, {"primary_id": "bert", "identifiers": "BARCODE:A-100"}
    )
    assert [v.outcome for v in moved] == ["updated", "created"]
    assert known(read(lambda tx: service.user_by_any_id(tx, "A-100"))).primary_id == "bert"


def test_columns_that_are_absent_stay_as_they_are(write: Do, read: Do) -> None:
    load(write, ANNA)
    assert [v.outcome for v in load(write, {"primary_id": "Anna", "last_name": "Arber-Berg"})] == ["updated"]
    anna = known(read(lambda tx: service.user(tx, "anna")))
    assert (anna.primary_id, anna.last_name) == ("anna", "Arber-Berg")
    assert len(anna.roles) == 2


def test_roles_hold_for_their_library_or_everywhere(write: Do, read: Do, house: Institution) -> None:
    load(write, ANNA)
    anna = known(read(lambda tx: service.user(tx, "anna")))
    assert anna.has_role("55", library="SCI", institution=house.code)
    assert anna.has_role("37", library="MAIN", institution=house.code)
    assert not anna.has_role("37", library="SCI", institution=house.code)
    assert anna.has_role("37")
    assert not anna.has_role("34")


def test_an_inactive_user_has_no_role(write: Do, read: Do) -> None:
    load(write, {**ANNA, "status": "INACTIVE"})
    anna = known(read(lambda tx: service.user(tx, "anna")))
    assert anna.status is Status.INACTIVE
    assert not anna.has_role("55")


def test_tables_of_a_toml_file_say_more(write: Do, read: Do) -> None:
    row = {
        "primary_id": "dora",
        "emails": [
            {"address": "d@home.example", "types": ["personal"]},
            {"address": "d@work.example", "types": ["work"], "preferred": True, "description": "desk"},
        ],
        "roles": [{"type": "37", "scope": "MAIN", "parameters": [
            {"type": "ServiceUnit", "scope": "MAIN", "value": "ACQ"},
        ]}],
    }  # fmt: skip
    assert [v.outcome for v in load(write, row)] == ["created"]
    assert [v.outcome for v in load(write, row)] == ["unchanged"]
    dora = known(read(lambda tx: service.user(tx, "dora")))
    assert dora.email == "d@work.example"
    assert dora.roles[0].parameters[0].value == "ACQ"


def test_every_wrong_cell_is_named(write: Do) -> None:
    [verdict] = load(
        write,
        {"primary_id": "eve", "user_group": "STAF", "language": "xx", "email": "eve at home",
         "status": "GONE", "identifiers": "BARCODE 12; SHOE:44", "roles": "999; 37@MIAN",
         "expiry_date": "soon", "surname": "E"},
    )  # fmt: skip
    assert verdict.outcome == "refused"
    found = slugs(verdict)
    assert set(found) == {
        "surname", "status", "user_group", "language", "expiry_date", "emails", "identifiers",
        "identifiers.type", "roles.type", "roles.scope",
    }  # fmt: skip
    assert "Did you mean STAFF?" in found["user_group"].advice()
    assert "Did you mean MAIN?" in found["roles.scope"].advice()


def test_a_password_is_kept_as_a_hash_only_and_recognised(write: Do, read: Do) -> None:
    row = {**ANNA, "password": "correct  horse"}
    assert [v.outcome for v in load(write, row)] == ["created"]
    assert [v.outcome for v in load(write, row)] == ["unchanged"]
    assert known(read(lambda tx: service.check_password(tx, "anna", "correct  horse"))).primary_id == "anna"
    assert read(lambda tx: service.check_password(tx, "anna", "wrong horse")) is None
    assert read(lambda tx: service.check_password(tx, "nobody", "correct  horse")) is None
    load(write, {"primary_id": "anna", "status": "INACTIVE"})
    assert read(lambda tx: service.check_password(tx, "anna", "correct  horse")) is None


def test_nobody_without_a_password_gets_in(write: Do, read: Do) -> None:
    load(write, ANNA)
    assert read(lambda tx: service.check_password(tx, "anna", "")) is None
    assert read(lambda tx: service.check_password(tx, "anna", "nobody has this password")) is None


def test_many_users_load_and_reload(write: Do, read: Do) -> None:
    rows = [
        {"primary_id": f"p{number}", "last_name": f"Patron {number}", "identifiers": f"BARCODE:B{number}"}
        for number in range(1_200)
    ]
    assert {v.outcome for v in load(write, *rows)} == {"created"}
    rows[7]["last_name"] = "Changed"
    again = load(write, *rows)
    assert [v.row for v in again if v.outcome == "updated"] == [8]
    found = read(lambda tx: service.users(tx, ["p3", "P700", "p9999"]))
    assert {asked: user.primary_id for asked, user in found.items()} == {"p3": "p3", "P700": "p700"}


def test_users_of_another_institution_do_not_exist(write: Do, read: Do) -> None:
    load(write, ANNA)
    assert read(lambda tx: service.user_by_any_id(tx, "anna"), institution=90_003) is None
    assert read(lambda tx: service.user_by_any_id(tx, "A-100"), institution=90_003) is None
