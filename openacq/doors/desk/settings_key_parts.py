"""What the pages of API keys and WSKeys have in common: a secret that is shown once, on the answer to the
form that made it, changes, and a last look before one is revoked for good."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from openacq.doors.desk.seen import changes_of, check_seen, hold
from openacq.doors.desk.settings_parts import last_look
from openacq.doors.hall import Rendered
from openacq.doors.pages.visit import Visit
from openacq.history import service as history
from openacq.history.model import Change
from openacq.kernel.refusal import Problem, Refusal
from openacq.store import Tx


class Key(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def revoked(self) -> datetime | None: ...
    @property
    def last_used(self) -> datetime | None: ...


AKey = TypeVar("AKey", bound=Key)
AKey_co = TypeVar("AKey_co", bound=Key, covariant=True)


class Made(Protocol[AKey_co]):
    """A key with its secret: the only time it can be read."""

    @property
    def key(self) -> AKey_co: ...
    @property
    def secret(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Keys(Generic[AKey]):
    """Keys of one kind, and what their pages do with each.

    `kind` is what the history calls them, `page` the address of all, `missing` the slug of a refusal for one
    that is not there; `cells` are a key as its form has it, `shown` what tells it from others on a last look;
    `means` says what becomes of who uses one that is revoked.
    """

    kind: str
    page: str
    missing: str
    means: str
    every: Callable[[Tx], Iterable[AKey]]
    cells: Callable[[AKey], Mapping[str, str]]
    shown: Callable[[Visit, AKey], Mapping[str, str]]
    end: Callable[[Tx, str], AKey]

    def listed(self, tx: Tx) -> list[AKey]:
        """All of them, those that are good first, by name."""
        return sorted(self.every(tx), key=lambda key: (key.revoked is not None, key.name))

    def of(self, tx: Tx, key_id: str, *, good: bool = False) -> AKey:
        """The key of an id; with `good` it may not be revoked. Raises Refusal `missing`."""
        found = next((key for key in self.every(tx) if str(key.id) == key_id), None)
        if found is None or (good and found.revoked is not None):
            raise Refusal(Problem(self.missing, "key", found.name if found else key_id))
        return found

    def make(
        self,
        visit: Visit,
        create: Callable[[Tx], Made[AKey]],
        page: Callable[[Tx, Made[AKey] | None], Rendered],
    ) -> Rendered:
        """`POST …`: make one. The page of all shows its secret; when the form comes again, no more."""
        made: list[Made[AKey]] = []

        def work(tx: Tx) -> str:
            new = create(tx)
            self._note(tx, visit, new.key, [Change("made", None, new.key.name)])
            made[:] = [new]
            return str(new.key.id)

        visit.create(work)
        return visit.read(lambda tx: page(tx, made[0] if made else None))

    def change(self, visit: Visit, write: Callable[[Tx, AKey], AKey]) -> Rendered:
        """`POST …/{id}`: change one that is good, unless somebody else did meanwhile."""

        def work(tx: Tx) -> AKey:
            hold(tx)
            old = self.of(tx, visit.path["id"], good=True)
            check_seen(visit, old.name, self.cells(old))
            new = write(tx, old)
            self._note(tx, visit, new, changes_of(self.cells(old), self.cells(new)))
            return new

        key = visit.write(work)
        return visit.go(f"{self.page}/{key.id}", visit.say("Saved."))

    def revoke(self, visit: Visit) -> Rendered:
        """`POST …/revoke`: first what it means; with `sure` it is done, for good."""
        key_id = visit.value("key")
        if not visit.value("sure"):
            return self._look(visit, visit.read(lambda tx: self.of(tx, key_id, good=True)))

        def work(tx: Tx) -> AKey:
            key = self.of(tx, key_id, good=True)
            self.end(tx, key_id)
            self._note(tx, visit, key, [Change("revoked", None, key.name)])
            return key

        key = visit.write(work)
        return visit.go(self.page, visit.say("Key “%(name)s” is revoked.", name=key.name))

    def _look(self, visit: Visit, key: AKey) -> Rendered:
        used = visit.language.moment(key.last_used, visit.place.zone) if key.last_used else visit.say("never")
        return last_look(
            visit,
            visit.say("Revoke “%(name)s”?", name=key.name),
            means=visit.say(self.means),
            facts={**self.shown(visit, key), visit.say("Last used"): used},
            path=f"{self.page}/revoke",
            fields={"key": str(key.id)},
            back=self.page,
            button=visit.say("Revoke it"),
        )

    def _note(self, tx: Tx, visit: Visit, key: AKey, changes: Iterable[Change]) -> None:
        history.record(tx, self.kind, key.id, changes, visit.user.primary_id)


def limit_of(visit: Visit) -> tuple[int | None, list[Problem]]:
    """The calls per second that were typed, None for nothing; and what is wrong with them."""
    limit = visit.value("rate_limit")
    if limit and not (limit.isascii() and limit.isdigit() and len(limit) < 8):
        expected = "a number of calls per second"
        return None, [Problem("value_wrong_type", "rate_limit", limit, expected=expected)]
    return int(limit) if limit else None, []
