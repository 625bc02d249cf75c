"""Where the lines of a fund's charts go. Whole numbers only; the template draws them as SVG.

The burn-down is drawn on a board of `WIDTH` by `HEIGHT`, the bar on one of `BAR_WIDTH`; both grow and shrink
with the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from openacq.kernel.money import UNIT, Money, minor_digits
from openacq.ledger.model import Balance, BurnDown

WIDTH, HEIGHT = 5_600, 2_960
LEFT, RIGHT, TOP, BOTTOM = 900, 5_440, 260, 2_440
BAR_WIDTH = 1_000
MOST_TICKS = 5
NEAR = 190
"""Two labels nearer than this are moved apart."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: where, and what stands there. Every second `month` gives way on narrow pages."""

    at: int
    sum: Money | None = None
    month: date | None = None
    second: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """The words at a line; `ends` there instead of beginning."""

    x: int
    y: int
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """A burn-down as paths of an SVG; `forecast` "" when there is none."""

    available: str
    pace: str
    forecast: str
    sums: tuple[Tick, ...]
    months: tuple[Tick, ...]
    zero: int
    today: int | None
    last: Label
    available_label: Label
    pace_label: Label
    forecast_label: Label | None


@dataclass(frozen=True, slots=True)
class Bar:
    """A stacked bar: how wide what is spent, reserved, free and beyond the allocation is, together
    `BAR_WIDTH`. With nothing in the fund all of it is empty."""

    spent: int
    reserved: int
    free: int
    over: int

    @property
    def reserved_at(self) -> int:
        return self.spent

    @property
    def free_at(self) -> int:
        return self.spent + self.reserved


def bar(balance: Balance) -> Bar:
    """The parts of a fund's allocation; what is used beyond it takes the end of the bar."""
    spent, reserved = max(balance.expended_units, 0), max(balance.encumbered_units, 0)
    free = max(balance.available.units, 0)
    whole = spent + reserved + free
    if whole <= 0:
        return Bar(0, 0, 0, 0)
    parts = [BAR_WIDTH * part // whole for part in (spent, reserved)]
    over = BAR_WIDTH * max(-balance.available.units, 0) // whole
    return Bar(parts[0], parts[1], BAR_WIDTH - sum(parts) if free else 0, over)


def draw(chart: BurnDown) -> Drawing:
    """The paths and labels of a burn-down."""
    board = _Board(chart)
    points = [(board.x(point.day), board.y(point.units)) for point in chart.points]
    last_x, last_y = points[-1]
    pace_at = chart.start + (chart.end - chart.start) * 3 // 4
    forecast, forecast_label = "", None
    if chart.forecast_units is not None:
        end_y = board.y(chart.forecast_units)
        forecast = f"M{last_x} {last_y}L{RIGHT} {end_y}"
        forecast_label = Label(RIGHT, min(end_y + 150, BOTTOM - 40))
    pace_label = Label(board.x(pace_at) + 60, board.y(chart.even_pace(pace_at)) - 60)
    at_right = last_x > LEFT + 1_000
    available_label = Label(
        last_x - 90 if at_right else last_x + 90,
        last_y + 200 if last_y < TOP + 250 else last_y - 90,
        ends=at_right,
    )
    if forecast_label is not None and abs(forecast_label.y - pace_label.y) < NEAR:
        pace_label = Label(pace_label.x, pace_label.y - NEAR)
    return Drawing(
        available=_steps(points),
        pace=f"M{LEFT} {board.y(chart.allocated_units)}L{RIGHT} {board.y(0)}",
        forecast=forecast,
        sums=board.sums(),
        months=_months(chart, board),
        zero=board.y(0),
        today=board.x(chart.today) if chart.start <= chart.today <= chart.end else None,
        last=Label(last_x, last_y),
        available_label=available_label,
        pace_label=pace_label,
        forecast_label=forecast_label,
    )


class _Board:
    """Days and sums as places on the board."""

    def __init__(self, chart: BurnDown) -> None:
        self._chart = chart
        self._days = (chart.end - chart.start).days or 1
        shown = [point.units for point in chart.points]
        highest = max([*shown, chart.allocated_units, chart.forecast_units or 0, UNIT])
        lowest = min([*shown, chart.forecast_units or 0, 0])
        self._step = _step((highest - lowest) // MOST_TICKS)
        self._high = -(-highest // self._step) * self._step
        self._low = lowest // self._step * self._step

    def x(self, day: date) -> int:
        gone = min(max((day - self._chart.start).days, 0), self._days)
        return LEFT + (RIGHT - LEFT) * gone // self._days

    def y(self, units: int) -> int:
        return BOTTOM - (BOTTOM - TOP) * (units - self._low) // (self._high - self._low)

    def sums(self) -> tuple[Tick, ...]:
        digits = 0 if self._step % UNIT == 0 else minor_digits(self._chart.currency)
        return tuple(
            Tick(self.y(units), sum=Money(units, self._chart.currency, digits))
            for units in range(self._low, self._high + 1, self._step)
        )


def _step(units: int) -> int:
    """The next round number: 1, 2 or 5 with noughts behind."""
    step = 1
    while step * 10 < units:
        step *= 10
    return next(step * factor for factor in (1, 2, 5, 10) if step * factor >= units)


def _steps(points: list[tuple[int, int]]) -> str:
    """A line that stays until the day on which it changes."""
    (x, y), *rest = points
    return f"M{x} {y}" + "".join(f"H{x}V{y}" for x, y in rest)


def _months(chart: BurnDown, board: _Board) -> tuple[Tick, ...]:
    """The first day of each month, or of every n-th when the period is long."""
    firsts = []
    year, month = chart.start.year, chart.start.month
    if chart.start.day > 1:
        year, month = year + month // 12, month % 12 + 1
    while (first := date(year, month, 1)) <= chart.end:
        firsts.append(first)
        year, month = year + month // 12, month % 12 + 1
    every = -(-len(firsts) // 12) or 1
    return tuple(
        Tick(board.x(first), month=first, second=place % 2 == 1)
        for place, first in enumerate(firsts[::every])
    )
