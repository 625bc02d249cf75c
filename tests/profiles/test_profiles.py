"""Profiles and rules are filled from files; an institution without any has sensible ones."""

from __future__ import annotations

from typing import Any

from openacq.catalogue.model import MATCH_METHODS as CATALOGUE_METHODS
from openacq.kernel.verdict import Verdict
from openacq.profiles import service
from openacq.profiles.model import MATCH_METHODS, DuplicatePolicy, OrderProfile, ProfileKind
from tests.conftest import Do


def load(write: Do, kind: str, *rows: dict[str, Any]) -> list[Verdict]:
    return write(lambda tx: service.load(tx, kind, rows))


def profile(read: Do, code: str | None = None) -> OrderProfile:
    found = read(lambda tx: service.order_profile(tx, code))
    assert found is not None
    return found


def test_the_catalogue_carries_out_every_method_a_profile_may_name() -> None:
    assert set(MATCH_METHODS) == set(CATALOGUE_METHODS)


def test_an_institution_without_profiles_has_the_built_in_one(read: Do) -> None:
    built_in = profile(read)
    assert built_in.match == ("isbn", "issn")
    assert built_in.duplicates is DuplicatePolicy.ALERT
    assert not built_in.block_invalid_fund
    assert read(lambda tx: service.order_profile(tx, "GOBI")) is None


def test_a_profile_is_found_by_code_and_the_marked_one_without(write: Do, read: Do) -> None:
    first = {"code": "SHOP", "name": "Shops", "match": "isbn; oclc", "block_invalid_fund": "yes"}
    second = {
        "code": "GOBI",
        "name": "GOBI",
        "default": "true",
        "match_serial": ["issn"],
        "duplicates": "block",
    }
    assert [v.outcome for v in load(write, "profile", first)] == ["created"]
    assert profile(read).code == "SHOP", "the only one needs no mark"
    assert [v.outcome for v in load(write, "profile", second)] == ["created"]
    assert profile(read).code == "GOBI"
    assert profile(read, "SHOP").match == ("isbn", "oclc")
    assert profile(read, "SHOP").block_invalid_fund
    assert profile(read).methods(serial=True) == ("issn",)
    assert profile(read).methods(serial=False) == ("isbn", "issn")
    assert profile(read).duplicates is DuplicatePolicy.BLOCK
    assert read(service.order_profile_codes) == ("GOBI", "SHOP")


def test_the_mark_moves_to_the_profile_that_claims_it(write: Do, read: Do) -> None:
    load(write, "profile", {"code": "A", "name": "A", "default": True}, {"code": "B", "name": "B"})
    assert [v.outcome for v in load(write, "profile", {"code": "B", "default": True})] == ["updated"]
    assert profile(read).code == "B"
    assert not profile(read, "A").is_default


def test_requests_have_profiles_of_their_own(write: Do, read: Do) -> None:
    load(write, "profile", {"code": "PR", "name": "Requests", "kind": "purchase_request", "match": "isbn"})
    assert read(lambda tx: service.order_profile(tx, "PR")) is None
    found = read(lambda tx: service.request_profile(tx, None))
    assert found is not None
    assert (found.code, found.kind) == ("PR", ProfileKind.PURCHASE_REQUEST)


def test_a_second_run_changes_nothing(write: Do) -> None:
    rows = (
        {"code": "A", "name": "A", "default": True, "default_line_type": "PRINT_OT"},
        {"code": "B", "name": "B"},
    )
    assert [v.outcome for v in load(write, "profile", *rows)] == ["created", "created"]
    assert [v.outcome for v in load(write, "profile", *rows)] == ["unchanged", "unchanged"]


def test_wrong_profiles_are_refused_with_everything_wrong(write: Do) -> None:
    [verdict] = load(
        write,
        "profile",
        {"code": "X", "match": "isbm; 035", "duplicates": "perhaps", "default_line_type": "E_BOOK_PKG_OT"},
    )
    assert [problem.field for problem in verdict.problems] == [
        "default_line_type", "name", "match", "match", "duplicates",
    ]  # fmt: skip
    assert "Did you mean isbn?" in verdict.problems[2].message()
    two = load(
        write, "profile", {"code": "P", "name": "P", "default": 1}, {"code": "Q", "name": "Q", "default": 1}
    )
    assert [v.outcome for v in two] == ["created", "refused"]


def test_rules_come_back_in_their_order(write: Do, read: Do) -> None:
    rows: tuple[dict[str, Any], ...] = (
        {"name": "default", "default": True, "review": False, "position": 0},
        {"name": "dear", "position": 20, "price_above": "250.00", "currency": "usd"},
        {"name": "trusted", "position": 10, "review": "no", "vendors": "GOBI; OASIS", "sources": "API"},
    )
    assert [v.outcome for v in load(write, "review_rule", *rows)] == ["created"] * 3
    assert [v.outcome for v in load(write, "review_rule", *rows)] == ["unchanged"] * 3
    default, trusted, dear = read(service.review_rules)
    assert default.is_default
    assert (trusted.name, trusted.vendors, trusted.review) == ("trusted", ("GOBI", "OASIS"), False)
    assert dear.price_above is not None
    assert dear.price_above.text() == "250.00"


def test_rules_without_position_follow_in_the_order_of_the_file(write: Do, read: Do) -> None:
    load(write, "review_rule", {"name": "z", "vendors": "V"}, {"name": "a", "vendors": "W"})
    assert [rule.name for rule in read(service.review_rules)] == ["z", "a"]


def test_there_is_one_default_rule_and_it_has_no_criteria(write: Do) -> None:
    assert [v.outcome for v in load(write, "review_rule", {"name": "d", "default": True})] == ["created"]
    second, picky = load(
        write,
        "review_rule",
        {"name": "e", "default": True},
        {"name": "d", "default": True, "vendors": "GOBI"},
    )
    assert (second.outcome, second.problems[0].slug) == ("refused", "code_taken")
    assert picky.outcome == "refused"
    swapped = load(write, "review_rule", {"name": "d", "default": "no"}, {"name": "e", "default": "yes"})
    assert [v.outcome for v in swapped] == ["updated", "created"]


def test_wrong_rules_are_refused_with_everything_wrong(write: Do) -> None:
    [verdict] = load(
        write,
        "review_rule",
        {"name": "bad", "methods": "PURCHASES", "price_above": "1,000", "line_types": "BOOK", "fund": "X"},
    )
    assert {problem.field for problem in verdict.problems} == {
        "fund", "methods", "line_types", "currency", "price_above",
    }  # fmt: skip


def test_rules_of_another_institution_do_not_bind(write: Do, read: Do) -> None:
    load(write, "review_rule", {"name": "all"})
    assert read(service.review_rules, institution=90_004) == ()
