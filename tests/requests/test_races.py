"""Several who decide about one request at the same instant: one wins, the others are told, and nothing is
left half done."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from openacq.catalogue.model import Description
from openacq.kernel.refusal import Refusal
from openacq.ordering import service as ordering
from openacq.ordering.model import LineState
from openacq.ordering.service import Cancellation
from openacq.requests import service as desk
from openacq.requests.model import Request, RequestState
from openacq.store import Store
from tests.ordering import life
from tests.requests.asking import DESK, Library, make_library, ready

APPROVED = RequestState.APPROVED


def at_once(*works: Callable[[], object]) -> list[str]:
    """Do all of them at the same time; "done" or the slug of each."""
    gate = threading.Barrier(len(works))
    outcomes = [""] * len(works)

    def run(number: int, work: Callable[[], object]) -> None:
        gate.wait()
        try:
            work()
            outcomes[number] = "done"
        except Refusal as refused:
            outcomes[number] = refused.problems[0].slug

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def lines_of(library: Library, mms_id: str) -> list[str]:
    found = library.read(lambda tx: desk.already(tx, Description(mms_id=mms_id)))
    return [line.number for line in found.on_order]


@pytest.mark.parametrize("times", range(3))
def test_of_two_who_approve_at_once_one_wins(store: Store, institution: int, times: int) -> None:
    library = make_library(store, institution)
    request = library.ask(wish=ready())
    outcomes = at_once(*[lambda: library.approve(request)] * 4)
    assert sorted(outcomes) == ["done", *["request_decided"] * 3]
    assert len(lines_of(library, request.mms_id)) == 1
    assert library.world.balance("HIST").encumbered.text() == "35.00"
    assert library.differences() == []


@pytest.mark.parametrize("times", range(3))
def test_of_approving_and_rejecting_at_once_one_wins(store: Store, institution: int, times: int) -> None:
    library = make_library(store, institution)
    request = library.ask(wish=ready())
    outcomes = at_once(
        lambda: library.approve(request), lambda: library.reject(request), lambda: library.cancel(request)
    )
    assert outcomes.count("done") == 1
    assert set(outcomes) - {"done"} <= {"request_decided", "request_not_cancellable"}
    ordered = library.now(request).state is APPROVED
    assert len(lines_of(library, request.mms_id)) == int(ordered)
    assert library.differences() == []


@pytest.mark.parametrize("times", range(3))
def test_merged_requests_approved_at_once_become_one_line(store: Store, institution: int, times: int) -> None:
    library = make_library(store, institution)
    asked = [library.ask(who, ready()) for who in ("ann", "ben", "cleo")]
    outcomes = at_once(*[lambda each=each: library.approve(each, merged=False) for each in asked])
    assert outcomes == ["done"] * 3
    assert len({library.now(each).po_line for each in asked}) == 1
    assert {each.primary_id for each in library.world.line(library.now(asked[0]).po_line).interested} == {
        "ann",
        "ben",
        "cleo",
    }
    assert library.world.balance("HIST").encumbered.text() == "35.00"


@pytest.mark.parametrize("times", range(3))
def test_a_bib_is_not_taken_from_whoever_asks_at_that_moment(
    store: Store, institution: int, times: int
) -> None:
    library = make_library(store, institution)
    first = library.ask("ann")
    late: list[Request] = []
    outcomes = at_once(lambda: library.reject(first), lambda: late.append(library.ask("ben")))
    assert outcomes == ["done", "done"]
    assert library.bib(library.now(late[0]).mms_id) is not None
    assert library.differences() == []


RACES: dict[str, Callable[[Library, Request], object]] = {
    "approve": lambda library, request: library.approve(request),
    "reject": lambda library, request: library.reject(request),
    "cancel": lambda library, request: library.cancel(request),
    "delete": lambda library, request: library.write(lambda tx: desk.delete(tx, [request.id], DESK)),
    "change": lambda library, request: library.change(
        request, replace(desk.wish_of(request), fund="ART", requester_note="changed")
    ),
    "defer": lambda library, request: library.write(
        lambda tx: desk.defer(tx, [request.id], None, "later", DESK)
    ),
    "join": lambda library, _: library.ask("ben", ready()),
}
LATE = {
    "request_decided",
    "request_not_cancellable",
    "request_not_found",
    "request_not_deletable",
    "request_fixed",
    "request_move_refused",
}
"""What somebody is told who comes second."""


@pytest.mark.parametrize(
    "pair",
    [
        ("approve", "change"), ("approve", "delete"), ("approve", "defer"), ("approve", "join"),
        ("reject", "change"), ("reject", "delete"), ("reject", "join"), ("cancel", "delete"),
        ("change", "change"), ("change", "delete"), ("change", "join"), ("delete", "join"),
    ],
    ids="-".join,
)  # fmt: skip
def test_whatever_two_do_at_once_it_is_as_if_one_came_first(
    store: Store, institution: int, pair: tuple[str, str]
) -> None:
    library = make_library(store, institution)
    for _ in range(3):
        request = library.ask(wish=ready())
        outcomes = at_once(*[partial(RACES[name], library, request) for name in pair])
        assert "done" in outcomes
        assert set(outcomes) - {"done"} <= LATE
        assert library.differences() == []
        assert library.read(ordering.check) == []
        ordered = lines_of(library, request.mms_id)
        assert len(ordered) == int("approve" in pair and outcomes[0] == "done")
        spent = [library.world.balance(code).encumbered.text() for code in ("HIST", "ART")]
        assert sorted(spent) == (["0.00", "35.00"] if ordered else ["0.00", "0.00"])
        clear(library)


def clear(library: Library) -> None:
    """No line and no request is left."""
    for number in library.listed():
        request = library.read(lambda tx, number=number: desk.request(tx, number, DESK))
        if request.po_line and library.world.line(request.po_line).state.value != "CANCELLED":
            line_id = library.world.line(request.po_line).id
            library.write(
                lambda tx, line_id=line_id: ordering.cancel(
                    tx, [line_id], DESK, Cancellation("LIBRARY_CANCELLED")
                )
            )
            assert library.work() == 0
        if request.state is APPROVED:
            library.write(lambda tx, number=number: desk.reopen(tx, [number], DESK))
        library.write(lambda tx, number=number: desk.delete(tx, [number], DESK))


def test_no_copy_arrives_between_the_look_at_a_line_and_joining_it(
    store: Store, institution: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever joins a line found something of it still to come, and so it is until they have joined."""
    library = make_library(store, institution)
    ann = library.ask("ann", ready())
    library.approve(ann)
    line = library.world.line(library.now(ann).po_line)
    life.send(library.world, line)
    ben = library.ask("ben", ready())
    join = ordering.add_interested
    receiver = threading.Thread(target=lambda: life.arrive(library.world, line))
    waited: list[bool] = []

    def slowly(*args: Any) -> Any:
        if not waited:
            receiver.start()
            receiver.join(0.5)
            waited.append(receiver.is_alive())
        return join(*args)

    monkeypatch.setattr(ordering, "add_interested", slowly)
    library.approve(ben)
    receiver.join(30)
    assert waited == [True]
    assert library.now(ben).po_line == line.number
    assert library.world.line(line.number).state is LineState.WAITING_FOR_INVOICE
    assert library.differences() == []
