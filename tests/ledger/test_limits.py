"""How far a fund may go, as tables."""

from __future__ import annotations

import pytest

from openacq.kernel.money import UNIT
from openacq.ledger.limits import encumbrance_ceiling, free_and_short, overdraft_to_warn_of, share_of
from openacq.ledger.model import Allowed, FundRules

PERCENT = UNIT
YES, NO, NO_LIMITS = Allowed.YES, Allowed.NO, Allowed.NO_LIMITS


@pytest.mark.parametrize(
    ("allowed", "limit_percent", "allocated", "ceiling"),
    [
        (NO, 0, 1_000_000, 1_000_000),
        (NO, 50 * PERCENT, 1_000_000, 1_000_000),  # a limit means nothing where nothing beyond is allowed
        (NO, 0, -5, -5),
        (YES, 0, 1_000_000, None),
        (YES, 10 * PERCENT, 1_000_000, 1_100_000),
        (YES, 12 * PERCENT + 5_000, 1_000_000, 1_125_000),
        (YES, 10 * PERCENT, 0, 0),
        (YES, 10 * PERCENT, -1_000_000, -1_000_000),  # a share of a negative allocation is nothing
        (YES, 33 * PERCENT, 5, 7),  # 1.65 units, half up
        (NO_LIMITS, 10 * PERCENT, 1_000_000, None),
    ],
)
def test_the_ceiling(allowed: Allowed, limit_percent: int, allocated: int, ceiling: int | None) -> None:
    rules = FundRules(overencumbrance=allowed, overencumbrance_limit_percent=limit_percent)
    assert encumbrance_ceiling(rules, allocated) == ceiling


@pytest.mark.parametrize(
    ("allowed", "warning_percent", "used", "told"),
    [
        (YES, 0, 1_000_000, 0),
        (YES, 0, 1_000_001, 1),
        (YES, 5 * PERCENT, 1_050_000, 0),
        (YES, 5 * PERCENT, 1_050_001, 50_001),
        (NO, 0, 2_000_000, 0),
        (NO_LIMITS, 0, 2_000_000, 0),
    ],
)
def test_when_an_overdraft_is_told(allowed: Allowed, warning_percent: int, used: int, told: int) -> None:
    rules = FundRules(overencumbrance=allowed, overencumbrance_warning_percent=warning_percent)
    assert overdraft_to_warn_of(rules, 1_000_000, used) == told


@pytest.mark.parametrize(
    ("ceiling", "used", "wanted", "expected"),
    [(100, 70, 40, (30, 10)), (100, 100, 1, (0, 1)), (100, 130, 5, (0, 5)), (100, 0, 50, (100, 0))],
)
def test_what_is_free_and_what_is_short(
    ceiling: int, used: int, wanted: int, expected: tuple[int, int]
) -> None:
    assert free_and_short(ceiling, used, wanted) == expected


def test_the_largest_allocation_does_not_lose_a_unit() -> None:
    assert share_of(10**14 + 1, 100 * PERCENT) == 10**14 + 1
