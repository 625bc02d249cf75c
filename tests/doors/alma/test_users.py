"""A person by any identifier, as purchase requests and interested users need it."""

from __future__ import annotations

from typing import Any

import pytest

from openacq.directory import service as directory
from openacq.store import Tx
from tests.conftest import Do
from tests.doors.alma.calls import BASE, Alma, alma, members, new_key

__all__ = ["alma"]

ROBIN: dict[str, Any] = {
    "primary_id": "robin", "first_name": "Robin", "middle_name": "Q", "last_name": "Reed",
    "record_type": "STAFF", "user_group": "STAFF", "language": "en", "expiry_date": "2027-01-31",
    "emails": [
        {"address": "r@home.test", "types": ["personal"]}, {"address": "r@work.test", "preferred": True},
    ],
    "identifiers": [{"type": "BARCODE", "value": "R-1", "note": "card"}, {"type": "INST_ID", "value": "77"}],
    "roles": [
        {"type": "37", "scope": "MAIN",
         "parameters": [{"type": "ServiceUnit", "scope": "MAIN", "value": "ACQ"}]},
        {"type": "55"},
    ],
}  # fmt: skip


@pytest.fixture
def key(write: Do) -> str:
    def furnish(tx: Tx) -> None:
        for kind, row in (
            ("library", {"code": "MAIN", "name": "Main Library"}),
            ("department", {"code": "ACQ", "name": "Acquisitions", "owner": "MAIN"}),
            ("user", ROBIN),
        ):
            assert not [v for v in directory.load(tx, kind, [row]) if v.problems]

    write(furnish)
    return new_key(write)


def test_a_user_says_what_purchase_requests_need(alma: Alma, key: str, read: Do) -> None:
    answer = alma("/users/robin", key)
    robin = answer.json
    assert answer.status == 200
    assert list(robin)[:6] == [
        "record_type", "primary_id", "first_name", "middle_name", "last_name", "full_name",
    ]  # fmt: skip
    assert robin["full_name"] == "Robin Q Reed"
    assert robin["record_type"] == {"value": "STAFF", "desc": "Staff"}
    assert robin["user_group"] == {"value": "STAFF", "desc": "Library staff"}
    assert robin["account_type"] == {"value": "INTERNAL", "desc": "Internal"}
    assert robin["status"] == {"value": "ACTIVE", "desc": "Active"}
    assert (robin["expiry_date"], robin["status_date"]) == ("2027-01-31Z", "2026-03-02Z")
    assert robin["link"] == f"{BASE}/almaws/v1/users/robin"
    assert [email["email_address"] for email in robin["contact_info"]["email"] if email["preferred"]] == [
        "r@work.test"
    ]
    assert robin["user_identifier"][0] == {
        "value": "R-1", "id_type": {"value": "BARCODE", "desc": "Barcode"}, "note": "card",
        "status": "ACTIVE", "segment_type": "Internal",
    }  # fmt: skip
    receiving, purchasing = robin["user_role"]
    assert receiving["role_type"] == {"value": "37", "desc": "Receiving Operator"}
    assert receiving["scope"] == {"value": "MAIN", "desc": "Main Library"}
    assert receiving["parameter"][0]["value"] == {"value": "ACQ", "desc": "Acquisitions"}
    assert purchasing["scope"]["desc"] == read(directory.institution).name
    assert (robin["user_block"], robin["password"], robin["loans"]) == ([], "", None)


def test_the_xml_wraps_lists_and_keeps_attributes(alma: Alma, key: str) -> None:
    user = alma("/users/robin", key).xml
    assert user.tag == "user"
    email = user.findall("contact_info/emails/email")[1]
    assert (email.get("preferred"), email.get("segment_type")) == ("true", "Internal")
    assert members(email) == ["email_address", "email_types"]
    assert [value.text for value in user.findall("user_identifiers/user_identifier/value")] == ["R-1", "77"]
    role = user.find("user_roles/user_role/role_type")
    assert role is not None
    assert (role.text, role.get("desc")) == ("37", "Receiving Operator")
    assert user.find("loans") is None


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("ROBIN", {}),
        ("R-1", {}),
        ("77", {"user_id_type": "all_unique"}),
        ("r-1", {"user_id_type": "BARCODE"}),
        ("robin", {"user_id_type": "primary_id"}),
        ("robin", {"user_id_type": "all_unique", "view": "full", "expand": "loans,requests,fees"}),
    ],
)
def test_any_identifier_will_do(alma: Alma, key: str, path: str, params: dict[str, str]) -> None:
    assert alma(f"/users/{path}", key, **params).json["primary_id"] == "robin"


@pytest.mark.parametrize(
    ("path", "params"),
    [("nobody", {}), ("robin", {"user_id_type": "BARCODE"}), ("R-1", {"user_id_type": "primary_id"})],
)
def test_nobody_is_401861(alma: Alma, key: str, path: str, params: dict[str, str]) -> None:
    answer = alma(f"/users/{path}", key, **params)
    assert (answer.status, answer.error[0]) == (400, "401861")
    assert path in answer.error[1]


def test_wrong_parameters_are_named(alma: Alma, key: str) -> None:
    assert alma("/users/robin", key, user_id_type="SHOE_SIZE").error[0] == "40166411"
    assert alma("/users/robin", key, view="huge").error[0] == "40166411"


def test_the_brief_view_leaves_roles_out(alma: Alma, key: str) -> None:
    robin = alma("/users/robin", key, view="brief").json
    assert "user_role" not in robin
    assert robin["contact_info"]["email"]
    assert robin["user_identifier"]


def test_a_vendors_key_sees_nobody(alma: Alma, key: str, write: Do) -> None:
    answer = alma("/users/robin", new_key(write, vendor="GOBI"))
    assert answer.status == 403
    assert "Robin" not in str(answer.json)


def test_a_user_of_another_institution_does_not_exist(
    alma: Alma, key: str, write: Do, other_institution: int
) -> None:
    wish = directory.KeyWish("Other", {"users": "read"})
    theirs = write(lambda tx: directory.create_key(tx, wish), institution=other_institution).secret
    assert alma("/users/robin", theirs).error[0] == "401861"
