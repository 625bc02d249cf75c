"""How far a fund may go: pure decisions, no database.

A fund carries what is encumbered and expended together. `encumbrance_ceiling` is how high that sum
may rise by a new encumbrance; the database keeps it beside the balance, so that one conditional
UPDATE decides. `overdraft_to_warn_of` says when a posted encumbrance deserves an alert.
"""

from __future__ import annotations

from openacq.kernel.money import UNIT, divide_half_up
from openacq.ledger.model import Allowed, FundRules


def share_of(allocated: int, percent: int) -> int:
    """`percent` (1/10000 of a percent) of an allocation, half up to the unit; 0 of a negative one."""
    return divide_half_up(max(allocated, 0) * percent, 100 * UNIT)


def encumbrance_ceiling(rules: FundRules, allocated: int) -> int | None:
    """What encumbered + expended may reach by encumbering; None for no limit."""
    if rules.overencumbrance is Allowed.NO:
        return allocated
    if rules.overencumbrance is Allowed.YES and rules.overencumbrance_limit_percent:
        return allocated + share_of(allocated, rules.overencumbrance_limit_percent)
    return None


def overdraft_to_warn_of(rules: FundRules, allocated: int, used: int) -> int:
    """How far `used` (encumbered + expended) lies beyond the allocation, if the rules want it told; else 0.

    With a warning percent the alert begins beyond that share of the allocation, without one at once.
    """
    if rules.overencumbrance is not Allowed.YES:
        return 0
    beyond = used - allocated
    return beyond if beyond > share_of(allocated, rules.overencumbrance_warning_percent) else 0


def free_and_short(ceiling: int, used: int, wanted: int) -> tuple[int, int]:
    """What a fund could still carry (never below zero) and what is missing for `wanted`."""
    free = max(ceiling - used, 0)
    return free, max(wanted - free, 0)
