"""Whatever is done with requests, in whatever order: records agree, nothing fails behind the scenes, and what
is refused is refused in words."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from openacq.kernel.clock import FixedClock
from openacq.kernel.refusal import Refusal
from openacq.ordering import service as ordering
from openacq.ordering.model import LineState
from openacq.ordering.service import Arrival, Cancellation
from openacq.requests import service as desk
from openacq.requests.model import Criteria, Request, RequestState
from openacq.vendors import service as vendors
from tests.ordering.buying import pack
from tests.requests.asking import DESK, FORM, HELD_ISBN, Library, a_book, a_title, ready

PEOPLE = ("ann", "ben", "cleo")
TITLES = (a_title(), a_title(isbn="", title="No number"), a_title(isbn=HELD_ISBN))
STEPS = 60


class Life:
    """Does something with requests, by chance."""

    def __init__(self, library: Library, clock: FixedClock, seed: int) -> None:
        self.library = library
        self.clock = clock
        self.chance = random.Random(seed)
        self.refused: list[str] = []

    def known(self) -> tuple[Request, ...]:
        page = self.library.read(lambda tx: desk.requests(tx, Criteria(), DESK, limit=100))
        found: tuple[Request, ...] = page.requests
        return found

    def some(self) -> list[Request]:
        known = self.known()
        return self.chance.sample(known, min(len(known), self.chance.choice((1, 1, 2, 3))))

    def step(self) -> None:
        act = self.chance.choice(
            (
                *[self.ask] * 4,
                *[self.decide] * 4,
                self.beside,
                self.change,
                self.question,
                self.cancel,
                self.delete,
                self.line,
                self.line,
                self.work,
            )
        )
        self.clock.advance(60)
        try:
            act()
        except Refusal as refusal:
            self.refused += [problem.slug for problem in refusal.problems]

    def ask(self) -> None:
        make = self.chance.choice((ready, ready, a_book))
        wish = make(metadata=self.chance.choice(TITLES), format=self.chance.choice("PPE"))
        self.library.ask(self.chance.choice(PEOPLE), wish)

    def decide(self) -> None:
        merged = self.chance.random() < 0.5
        chosen = self.some()
        if self.chance.random() < 0.6:
            self.library.approve(*chosen, merged=merged)
        else:
            self.library.reject(*chosen, merged=merged)

    def beside(self) -> None:
        ids = [request.id for request in self.some()]
        acts: tuple[Callable[[Any], object], ...] = (
            lambda tx: desk.defer(tx, ids, None, "", DESK),
            lambda tx: desk.resume(tx, ids, DESK),
            lambda tx: desk.reopen(tx, ids, DESK),
            lambda tx: desk.merge(tx, ids, DESK),
            lambda tx: desk.separate(tx, ids, DESK),
            lambda tx: desk.assign(tx, ids, self.chance.choice(("", "staff1")), DESK),
        )
        self.library.write(self.chance.choice(acts))

    def change(self) -> None:
        for request in self.some()[:1]:
            self.library.change(request, ready(metadata=self.chance.choice(TITLES)))

    def question(self) -> None:
        for request in self.some()[:1]:
            self.ask_or_answer(request)

    def ask_or_answer(self, request: Request) -> None:
        if not request.unanswered:
            self.library.write(lambda tx: desk.ask_back(tx, request.id, "Really?", DESK))
            return
        asked = self.library.read(lambda tx: desk.questions(tx, request.id, DESK))
        self.library.write(lambda tx: desk.answer(tx, request.id, asked[-1].id, "Yes", FORM))

    def cancel(self) -> None:
        for request in self.some()[:1]:
            self.library.cancel(request)

    def delete(self) -> None:
        ids = [request.id for request in self.some()[:1]]
        self.library.write(lambda tx: desk.delete(tx, ids, DESK))

    def line(self) -> None:
        numbers = sorted({request.po_line for request in self.known() if request.po_line})
        if not numbers:
            return
        number = self.chance.choice(numbers)
        line = self.library.world.line(number)
        if line.state is LineState.AUTO_PACKAGING:
            pack(self.library.world)
        elif self.chance.random() < 0.4:
            how = Cancellation("LIBRARY_CANCELLED")
            self.library.write(lambda tx: ordering.cancel(tx, [line.id], DESK, how))
        else:
            self.library.write(lambda tx: ordering.receive(tx, Arrival(line=number), DESK))

    def work(self) -> None:
        assert self.library.work() == 0


@pytest.mark.parametrize("seed", range(4))
def test_lives_stay_right(library: Library, clock: FixedClock, seed: int) -> None:
    library.world.load(
        vendors, "vendor_account", {"vendor": "GOBI", "code": "GOBI-MAIN", "send_orders": "none"}
    )
    life = Life(library, clock, seed)
    for _ in range(STEPS):
        life.step()
    life.work()
    assert library.differences() == []
    assert library.read(ordering.check) == []
    assert life.refused, "nothing was ever refused"
    for request in life.known():
        if request.state is RequestState.APPROVED:
            line = library.world.line(request.po_line)
            assert request.requester in {each.primary_id for each in line.interested}
            assert line.bib.mms_id == request.mms_id
        kinds = [letter.kind for letter in library.letters(request)]
        assert kinds.count("request_received") == 1
