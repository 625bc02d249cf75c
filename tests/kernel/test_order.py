"""Rules asked one after the other."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from openacq.kernel.order import ranked
from openacq.kernel.refusal import Refusal


@dataclass(frozen=True)
class Rule:
    name: str
    position: int


RULES = (Rule("c", 30), Rule("a", 10), Rule("b", 10))


@pytest.mark.parametrize(
    ("name", "places", "order"),
    [("c", -1, "acb"), ("c", -9, "cab"), ("a", 1, "bac"), ("a", 9, "bca"), ("a", -1, "abc"), ("b", 0, "abc")],
)
def test_a_rule_moves_and_all_are_numbered_anew(name: str, places: int, order: str) -> None:
    moved = ranked(RULES, name, places)
    assert "".join(rule.name for rule in moved) == order
    assert [rule.position for rule in moved] == [1, 2, 3]


def test_a_rule_that_is_not_there_cannot_move() -> None:
    with pytest.raises(Refusal):
        ranked(RULES, "d", 1)
