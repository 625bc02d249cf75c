"""Finding people by what is known of them, as whoever asks in somebody's name does."""

from __future__ import annotations

from typing import Any

import pytest

from openacq.directory import service as directory
from openacq.store import Tx
from tests.conftest import Do
from tests.doors.alma.calls import BASE, Alma, alma, members, new_key
from tests.doors.alma.test_po_line_statements import statements
from tests.serving_fixture import Server
from tests.shop import Shop

__all__ = ["alma"]

PEOPLE: tuple[dict[str, Any], ...] = (
    {"primary_id": "jdoe", "first_name": "Jane", "last_name": "Doe", "email": "jane.doe@uni.example"},
    {"primary_id": "john_d", "first_name": "John", "middle_name": "Quincy", "last_name": "Doeberl"},
    {"primary_id": "mu", "first_name": "Ulla", "last_name": "Müller-Öz", "identifiers": "BARCODE:B-77/1"},
    {"primary_id": "smith1", "first_name": "Ann", "last_name": "Smith", "status": "INACTIVE"},
)


def load(write: Do, *people: dict[str, Any]) -> None:
    def work(tx: Tx) -> None:
        assert not [v for v in directory.load(tx, "user", list(people)) if v.problems]

    write(work)


@pytest.fixture
def key(write: Do) -> str:
    load(write, *PEOPLE)
    return new_key(write)


def found(alma: Alma, key: str, **params: str) -> list[str]:
    answer = alma("/users", key, **params)
    assert answer.status == 200
    people = [each["primary_id"] for each in answer.json.get("user", ())]
    assert [each.findtext("primary_id") for each in answer.xml.iterfind("user")] == people
    assert answer.xml.get("total_record_count") == str(answer.json["total_record_count"])
    return people


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("last_name~Doe", ["jdoe", "john_d"]),
        ("last_name~doe AND first_name~jo", ["john_d"]),
        ("last_name~muller", ["mu"]),
        ("last_name~oz", ["mu"]),
        ("middle_name~quin", ["john_d"]),
        ("primary_id~john_d", ["john_d"]),
        ("email~jane.doe@uni.example", ["jdoe"]),
        ("email~doe", ["jdoe"]),
        ("identifiers~b-77/1", ["mu"]),
        ("identifiers~B-77", ["mu"]),
        ("ALL~doe", ["jdoe", "john_d"]),
        ("jane doe", ["jdoe"]),
        ("first_name~doe", []),
        ("last_name~oe", []),
        ("last_name~%", []),
    ],
)
def test_words_are_found_by_their_beginnings(alma: Alma, key: str, query: str, expected: list[str]) -> None:
    assert found(alma, key, q=query) == expected


def test_without_a_query_everybody_is_listed_in_the_order_asked(alma: Alma, key: str) -> None:
    assert found(alma, key) == ["jdoe", "john_d", "mu", "smith1"]
    assert found(alma, key, order_by="first_name") == ["smith1", "jdoe", "john_d", "mu"]
    assert found(alma, key, order_by="primary_id", limit="2", offset="1") == ["john_d", "mu"]
    answer = alma("/users", key, limit="0")
    assert answer.json == {"total_record_count": 4}


def test_a_listed_user_is_short_unless_the_whole_is_asked(alma: Alma, key: str) -> None:
    answer = alma("/users", key, q="primary_id~jdoe")
    assert answer.json["user"] == [
        {
            "primary_id": "jdoe",
            "first_name": "Jane",
            "last_name": "Doe",
            "status": {"value": "ACTIVE", "desc": "Active"},
            "link": f"{BASE}/almaws/v1/users/jdoe",
        }
    ]
    assert members(answer.xml[0]) == ["primary_id", "first_name", "last_name", "status"]
    whole = alma("/users", key, q="primary_id~jdoe", expand="full").json["user"][0]
    assert whole == alma("/users/jdoe", key).json


def test_a_changed_user_is_found_by_the_new_name_alone(alma: Alma, key: str, write: Do) -> None:
    load(write, {"primary_id": "jdoe", "last_name": "Roe", "email": "roe@uni.example"})
    assert found(alma, key, q="last_name~doe") == ["john_d"]
    assert found(alma, key, q="last_name~roe") == ["jdoe"]
    assert found(alma, key, q="email~roe@uni.example") == ["jdoe"]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"q": "shoe_size~44"}, "60106"),
        ({"order_by": "age"}, "40166411"),
        ({"expand": "everything"}, "40166411"),
        ({"limit": "x"}, "40166411"),
    ],
)
def test_what_is_wrong_is_named(alma: Alma, key: str, params: dict[str, str], code: str) -> None:
    answer = alma("/users", key, **params)
    assert (answer.status, answer.error[0]) == (400, code)


def test_a_vendors_key_and_one_without_the_right_see_nobody(alma: Alma, key: str, write: Do) -> None:
    for wish in ({"vendor": "GOBI"}, {"areas": {"acq": "write"}}):
        answer = alma("/users", new_key(write, **wish))
        assert answer.status == 403
        assert "Jane" not in str(answer.json)


def test_people_of_another_institution_are_not_listed(
    alma: Alma, key: str, write: Do, other_institution: int
) -> None:
    wish = directory.KeyWish("Other", {"users": "read"})
    theirs = write(lambda tx: directory.create_key(tx, wish), institution=other_institution).secret
    assert found(alma, theirs, q="doe") == []


def test_a_longer_page_takes_no_more_statements(server: Server, shop: Shop) -> None:
    shop.world.load(
        directory, "user", *({"primary_id": f"p{number}", "last_name": "Many"} for number in range(30))
    )

    def page(limit: int) -> int:
        def call() -> None:
            answer = shop.get("/users", q="last_name~many", expand="full", limit=str(limit))
            assert len(answer.json()["user"]) == limit

        return statements(server, call)

    assert page(1) == page(30)
