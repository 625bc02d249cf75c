"""One order, once: retries, twins, changed minds, and rehearsals."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import func, select

from openacq.kernel.clock import FixedClock
from openacq.profiles import service as profiles
from tests.serving_fixture import Server
from tests.shop import FORMATS, LINES, Format, Shop, alerts, codes, order, problems
from tests.tables import every_table

LOGGED = {"calls", "key_days", "number_blocks"}
"""Tables that tell of calls and keys, and blocks of numbers reserved ahead; not of orders."""

HOUR = 3600.0


def rows_of(server: Server, institution: int) -> dict[str, int]:
    """How many rows every table holds of an institution."""
    counted: dict[str, int] = {}
    with server.store.reader.connect() as connection:
        for table in every_table().sorted_tables:
            if "institution" in table.c and table.name not in LOGGED:
                counting = select(func.count()).where(table.c.institution == institution)
                counted[table.name] = connection.execute(counting).scalar_one()
    return counted


def replayed(answer: Any) -> bool:
    assert answer.status_code == 200, answer.text
    return bool(answer.headers.get("idempotent-replayed") == "true")


@pytest.mark.parametrize("by", ["header", "reference"])
def test_a_repeated_create_is_answered_again_and_makes_nothing(server: Server, shop: Shop, by: str) -> None:
    body = order() if by == "reference" else order(vendor_reference_number=None)
    header = {"Idempotency-Key": "cart-7/3"} if by == "header" else {}
    first = shop.post(body, headers=header)
    assert not replayed(first)
    before = rows_of(server, shop.world.institution)
    for _ in range(3):
        again = shop.post(body, headers=header)
        assert replayed(again)
        assert again.json() == first.json()
    assert rows_of(server, shop.world.institution) == before
    assert shop.world.balance("HIST").encumbered.text() == "50.00"


@pytest.mark.parametrize("by", ["header", "reference"])
def test_the_repetition_may_ask_for_the_other_format_speak_it_or_end_in_a_slash(shop: Shop, by: str) -> None:
    body = order()
    header = {"Idempotency-Key": "k"} if by == "header" else {}
    number = shop.ordered(body, headers=header)["number"]
    for sends in FORMATS:
        for wants in FORMATS:
            again = shop.post(body, sends=sends, wants=wants, headers=header, path=LINES + "/")
            assert replayed(again)
            if wants == "json":
                assert again.json()["number"] == number
            else:
                assert etree.fromstring(again.content).findtext("number") == number
    by_query = shop.post(body, headers={**header, "Authorization": ""}, apikey=shop.key)
    assert replayed(by_query)


def test_a_repetition_by_another_key_of_the_library_is_the_same_order(server: Server, shop: Shop) -> None:
    body = order()
    number = shop.ordered(body)["number"]
    with server.new_shop(shop.world) as colleague:
        again = colleague.post(body)
        assert replayed(again)
        assert again.json()["number"] == number
        own = colleague.post(order(), headers={"Idempotency-Key": "mine"})
        theirs = shop.post(order(), headers={"Idempotency-Key": "mine"})
        assert own.json()["number"] != theirs.json()["number"], "header keys belong to the API key"


def test_the_replay_tells_the_line_as_it_was_made(shop: Shop) -> None:
    body = order(
        interested_user=[{"primary_id": "patron1", "notify_cancel": True}],
        note=[{"note_text": "ü"}],
        fund_distribution=[
            {"fund_code": "HIST", "percent": "33.33"},
            {"fund_code": "POOR", "amount": {"sum": "33.33", "currency": "USD"}},
        ],
        location=[
            {
                "quantity": 2,
                "library": "MAIN",
                "copy": [{"description": "v.1", "receive_date": "2026-03-01Z"}],
            },
            {"quantity": 1, "library": "SCI", "shelving_location": "STACKS"},
        ],
        renewal_date="2027-01-01Z",
        subscription_from_date="2026-01-01Z",
    )
    first = shop.ordered(body)
    assert first["status"]["value"] == "INREVIEW"
    again = shop.post(body)
    assert replayed(again)
    assert again.json() == first


@pytest.mark.parametrize("wants", FORMATS)
def test_a_used_key_with_another_body_is_refused(shop: Shop, wants: Format) -> None:
    header = {"Idempotency-Key": "one"}
    body = order()
    shop.ordered(body, headers=header)
    for other in (order(), {**body, "rush": True}):
        answer = shop.post(other, headers=header, wants=wants)
        assert answer.status_code == 409
        assert codes(answer) == ["IDEMPOTENCY_KEY_REUSED"]
    refused = shop.post(body, headers=header, wants=wants, requires_manual_review="true")
    assert refused.status_code == 409, "the parameters belong to the request"
    assert replayed(shop.post(body, headers=header))


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
def test_an_unusable_key_is_refused_before_anything_is_made(shop: Shop, key: str) -> None:
    body = order()
    answer = shop.post(body, headers={"Idempotency-Key": key})
    assert answer.status_code == 400
    assert codes(answer) == ["40166411"]
    assert codes(shop.get(f"{LINES}/{body['vendor_reference_number']}")) == ["401871"]


def test_a_refusal_is_not_remembered(shop: Shop) -> None:
    header = {"Idempotency-Key": "try again"}
    assert codes(shop.post(order(owner="MIAN"), headers=header)) == ["401872"]
    assert not replayed(shop.post(order(), headers=header))


def test_claims_by_reference_last_a_day_and_by_key_a_week(shop: Shop, clock: FixedClock) -> None:
    by_reference, by_key = order(), order(vendor_reference_number=None)
    header = {"Idempotency-Key": "weekly"}
    shop.ordered(by_reference)
    shop.ordered(by_key, headers=header)
    clock.advance(24 * HOUR - 1)
    assert replayed(shop.post(by_reference))
    assert replayed(shop.post(by_key, headers=header))
    clock.advance(2)
    again = shop.post(by_reference)
    assert not replayed(again)
    assert again.json()["status"]["value"] == "INREVIEW", "now it is a second order, and looked at"
    clock.advance(6 * 24 * HOUR - 10)
    assert replayed(shop.post(by_key, headers=header))
    clock.advance(10)
    assert not replayed(shop.post(by_key, headers=header))


def test_without_reference_and_key_two_orders_are_two(shop: Shop) -> None:
    body = order(vendor_reference_number=None)
    first, second = shop.ordered(body), shop.ordered(body)
    assert first["number"] != second["number"]


# -- another order under a known reference ------------------------------------------------------


def test_a_different_order_under_a_known_reference_waits_and_names_the_first(shop: Shop) -> None:
    first = shop.ordered(order(vendor_reference_number="R"))
    second = shop.ordered(order(vendor_reference_number="R"))
    assert second["status"]["value"] == "INREVIEW"
    assert f"The vendor reference R is already used by {first['number']}." in alerts(second)


def test_the_profile_may_allow_a_known_reference_or_block_it(shop: Shop) -> None:
    for policy in ("allow", "block"):
        shop.world.load(profiles, "profile", {"code": policy.upper(), "name": policy, "duplicates": policy})
    first = shop.ordered(order(vendor_reference_number="R"), profile_code="BLOCK")
    allowed = shop.ordered(order(vendor_reference_number="R"), profile_code="ALLOW")
    assert allowed["status"]["value"] == "AUTO_PACKAGING"
    refused = shop.post(order(vendor_reference_number="R", rush="perhaps"), profile_code="BLOCK")
    assert refused.status_code == 400
    assert codes(refused) == ["401872", "401870"], "told together with what else is wrong"
    assert first["number"] in problems(refused)[1][1]
    other_vendor = order(vendor="OASIS", vendor_account="OASIS-1", vendor_reference_number="R")
    assert shop.ordered(other_vendor, profile_code="BLOCK")["status"]["value"] == "AUTO_PACKAGING"


def test_blocking_answers_a_true_repetition_with_the_first_line(shop: Shop) -> None:
    shop.world.load(profiles, "profile", {"code": "BLOCK", "name": "Block", "duplicates": "block"})
    body = order()
    first = shop.ordered(body, profile_code="BLOCK")
    again = shop.post(body, profile_code="BLOCK")
    assert replayed(again)
    assert again.json() == first


# -- rehearsals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        order(),
        order(type="E_BOOK_OT"),
        order(fund_distribution=[{"fund_code": "POOR"}], note=[{"note_text": "n"}]),
        order(vendor_reference_number=None, interested_user=[{"primary_id": "patron1"}]),
    ],
    ids=["print", "electronic", "in review", "with a reader"],
)
def test_a_rehearsal_answers_what_would_be_made_and_keeps_nothing(
    server: Server, shop: Shop, body: dict[str, Any]
) -> None:
    before = rows_of(server, shop.world.institution)
    for header in ({}, {"Idempotency-Key": "rehearsed"}):
        rehearsed = shop.post(body, headers=header, dry_run="true")
        assert rehearsed.status_code == 200
        assert rehearsed.headers["x-openacq-dry-run"] == "true"
        assert rehearsed.json()["number"] == ""
        assert rows_of(server, shop.world.institution) == before
    assert shop.world.balance("HIST").encumbered.units == 0
    made = shop.post(body, headers={"Idempotency-Key": "rehearsed"})
    assert not replayed(made)
    told = deepcopy(rehearsed.json())
    for name in ("status", "alert", "price", "fund_distribution", "owner", "vendor"):
        assert made.json()[name] == told[name]


def test_a_rehearsal_names_every_problem(server: Server, shop: Shop) -> None:
    body = order(owner="MIAN", vendor="GOBO", rush="perhaps", fund_distribution=[{"percent": 5}])
    before = rows_of(server, shop.world.institution)
    real, rehearsed = shop.post(body), shop.post(body, dry_run="true")
    assert rehearsed.status_code == 400
    assert problems(rehearsed) == problems(real)
    assert len(problems(rehearsed)) == 4
    assert rows_of(server, shop.world.institution) == before


def test_a_rehearsal_that_is_not_clearly_one_is_refused(server: Server, shop: Shop) -> None:
    before = rows_of(server, shop.world.institution)
    for word in ("on", "maybe", "tru", "2"):
        assert codes(shop.post(order(), dry_run=word)) == ["40166411"]
    for word in ("TRUE", "1", "yes"):
        assert shop.post(order(), dry_run=word).json()["number"] == ""
    assert rows_of(server, shop.world.institution) == before
    for word in ("false", "0", ""):
        assert shop.post(order(), dry_run=word).json()["number"]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", ["dry_run", "requires_manual_review"])
def test_a_parameter_that_is_neither_yes_nor_no_is_told_with_everything_else(
    server: Server, shop: Shop, name: str, form: Format
) -> None:
    before = rows_of(server, shop.world.institution)
    alone = shop.post(order(), wants=form, **{name: "perhaps"})
    assert codes(alone) == ["40166411"]
    wrong = order(owner="MIAN", price={"sum": "1,5", "currency": {"value": "USD"}})
    told = problems(shop.post(wrong, wants=form, **{name: "perhaps"}))
    assert sorted(code for code, _ in told) == sorted([*codes(shop.post(wrong)), "40166411"])
    assert any("perhaps" in words for _, words in told)
    assert any("MIAN" in words for _, words in told)
    assert rows_of(server, shop.world.institution) == before


def test_a_rehearsal_after_the_order_tells_of_the_order(shop: Shop) -> None:
    body = order()
    made = shop.ordered(body)
    rehearsed = shop.ordered(body, dry_run="true")
    assert any(made["number"] in alert for alert in alerts(rehearsed))
