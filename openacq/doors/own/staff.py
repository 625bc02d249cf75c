"""What the staff calls of our own door share: who acts, which lines are meant, what became of them."""

from __future__ import annotations

from collections.abc import Sequence

from openacq.directory import service as directory
from openacq.doors.hall import Ask
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import service as ordering
from openacq.ordering.model import Actor, LineState
from openacq.store import Tx
from openacq.wire.model import UNSET, Maybe, Wire

MOST_LINES = 200
STAFF_HEADER = "x-openacq-user"


class Moved(Wire):
    """The state a line is in after the call. Of a line that was cancelled with `inform_vendor`: the letter
    to the vendor, or why there is none."""

    number: Maybe[str] = UNSET
    status: Maybe[str] = UNSET
    why_not: Maybe[str] = UNSET
    letter: Maybe[int] = UNSET
    not_informed: Maybe[str] = UNSET


class MovedLines(Wire):
    """`preview` true: what would be, nothing was changed."""

    preview: Maybe[bool] = UNSET
    lines: Maybe[list[Moved]] = UNSET


def acting(tx: Tx, ask: Ask, operator: Maybe[str] = UNSET) -> Actor:
    """The key, and the member of staff named in the header X-Openacq-User, else as `operator` in the body.

    Raises Refusal user_unknown when nobody of that primary id is known.
    """
    caller = ask.caller
    name = caller.name
    header = ask.headers.get(STAFF_HEADER, "").strip()
    person = header or (operator or "").strip()
    if person:
        if directory.user(tx, person) is None:
            raise Refusal(Problem("user_unknown", "X-Openacq-User" if header else "operator", person))
        name = f"{person} ({caller.name})"
    return Actor(name, caller.vendor, caller.funds, caller.libraries)


def line_ids(tx: Tx, numbers: Maybe[list[str]], actor: Actor) -> dict[str, int]:
    """Row ids by number of the lines a call names, those the actor may see.

    Raises Refusal: field_missing, list_too_long, line_not_found for each number without a line.
    """
    if not numbers:
        raise Refusal(Problem("field_missing", "numbers"))
    if len(numbers) > MOST_LINES:
        raise Refusal(Problem("list_too_long", "numbers", limit=MOST_LINES))
    known = ordering.line_ids(tx, numbers, actor)
    missing = [number for number in numbers if number not in known]
    if missing:
        raise Refusal([Problem("line_not_found", "numbers", number) for number in missing])
    return known


def moved(ids: dict[str, int], reached: dict[int, LineState]) -> MovedLines:
    return MovedLines(
        preview=False,
        lines=[Moved(number=number, status=reached[line_id].value) for number, line_id in ids.items()],
    )


def foreseen(effects: Sequence[ordering.Effect]) -> MovedLines:
    return MovedLines(
        preview=True,
        lines=[
            Moved(
                number=effect.number,
                status=effect.state.value if effect.state else UNSET,
                why_not=effect.why_not or UNSET,
            )
            for effect in effects
        ],
    )
