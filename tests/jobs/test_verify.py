"""`verify` asks every slice, in one snapshot."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest

import openacq
from openacq.jobs import verify as verifying
from openacq.kernel.clock import FixedClock
from openacq.ledger import service as ledger
from openacq.ledger.model import Difference
from openacq.store import Store, Tx


def test_every_slice_that_can_check_itself_is_asked() -> None:
    able = set()
    for module in pkgutil.iter_modules(openacq.__path__):
        if module.ispkg and importlib.util.find_spec(f"openacq.{module.name}.service"):
            check = getattr(importlib.import_module(f"openacq.{module.name}.service"), "check", None)
            if check is not None and list(inspect.signature(check).parameters) == ["tx"]:
                able.add(module.name)
    assert able == {name for name, _ in verifying.CHECKS}


def test_an_empty_institution_is_equal(store: Store, institution: int) -> None:
    assert all(checked.differences == () for checked in verifying.verify(store, institution))


def test_differences_are_told(store: Store, institution: int, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Difference("fund HIST", "encumbered", "10.00 USD", "12.00 USD")
    asked: list[int] = []

    def check(tx: Tx) -> list[Difference]:
        asked.append(tx.institution)
        return [wrong]

    monkeypatch.setattr(verifying, "CHECKS", (("ledger", check),))
    assert verifying.verify(store, institution) == (verifying.Checked("ledger", (wrong,)),)
    assert asked == [institution]


def test_what_was_found_is_kept(store: Store, institution: int, clock: FixedClock) -> None:
    verifying.prove(store, institution)
    proof = store.read(ledger.last_proof, institution=institution)
    assert proof is not None
    assert (proof.at, proof.agrees) == (clock.now(), True)
    assert {part.name for part in proof.parts} == {name for name, _ in verifying.CHECKS}


@pytest.mark.parametrize(
    ("hour", "due"), [(0, False), (2, False), (3, True), (5, True), (6, False), (12, False)]
)
def test_everything_is_recomputed_at_night_where_the_library_is(
    store: Store, institution: int, clock: FixedClock, hour: int, due: bool
) -> None:
    clock.advance(((hour - 1 - clock.now().hour) % 24) * 3600)  # Berlin is an hour ahead in winter

    def look() -> bool:
        return store.read(verifying.is_due, institution=institution, zone="Europe/Berlin")

    assert look() is due
    verifying.prove(store, institution, "Europe/Berlin")
    assert look() is False
