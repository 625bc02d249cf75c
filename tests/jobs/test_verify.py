"""`verify` asks every slice, in one snapshot."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest

import openacq
from openacq.jobs import verify as verifying
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
