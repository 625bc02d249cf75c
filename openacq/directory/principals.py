"""Whom WorldShare clients may act for, written one at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from openacq.directory import load_wskeys, store_wskeys
from openacq.directory.wskey_model import Principal
from openacq.kernel.refusal import Problem, Refusal
from openacq.store import Tx


def put(tx: Tx, cells: Mapping[str, object]) -> Principal:
    """Write a principal whole (columns of a principal in files): without a `user` it is nobody in particular.

    Raises Refusal with everything that is wrong.
    """
    wanted = dict(cells)
    named = (str(wanted.get("principal_id") or ""), str(wanted.get("principal_idns") or ""))
    held = _known(tx, *named)
    if held is not None and held.user and not wanted.get("user"):
        store_wskeys.save_principals(tx, [], [replace(held, user="")])
    (verdict,) = load_wskeys.load_principals(tx, [wanted])
    if verdict.problems:
        raise Refusal(verdict.problems)
    found = _known(tx, *named)
    if found is None:
        raise Refusal(Problem("record_missing", "principal_id", named[0], what="User"))
    return found


def _known(tx: Tx, name: str, namespace: str) -> Principal | None:
    everyone = store_wskeys.every_principal(tx)
    return next((one for one in everyone if (one.principal, one.namespace) == (name, namespace)), None)
