"""Pages of lists: `limit` and `offset`."""

from __future__ import annotations

from openacq.doors.hall import Ask
from openacq.kernel.refusal import Problem, Refusal

DEFAULT_LIMIT = 50
MOST = 200


def page(ask: Ask) -> tuple[int, int]:
    """(limit, offset) as asked for. Raises Refusal parameter_invalid."""
    return min(number(ask, "limit", DEFAULT_LIMIT), MOST), number(ask, "offset", 0)


def number(ask: Ask, name: str, default: int) -> int:
    """A parameter that is a whole number from 0. Raises Refusal parameter_invalid."""
    text = ask.params.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Refusal(Problem("parameter_invalid", name, text, valid="a number from 0"))
    return int(text)


def words(ask: Ask, name: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """A parameter that is a comma list of known words, in any case; () when it is not given.

    Raises Refusal parameter_invalid.
    """
    given = [part.strip() for part in ask.params.get(name, "").split(",") if part.strip()]
    by_folded = {word.casefold(): word for word in known}
    for part in given:
        if part.casefold() not in by_folded:
            raise Refusal(Problem("parameter_invalid", name, part, valid=", ".join(known)))
    return tuple(by_folded[part.casefold()] for part in given)
