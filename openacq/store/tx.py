"""One unit of work in one institution, and what slices may do in it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sqlalchemy import (
    Connection,
    CursorResult,
    Delete,
    Executable,
    Insert,
    Result,
    Select,
    Update,
    bindparam,
    insert,
    select,
    update,
)

from openacq.kernel.clock import calendar_day
from openacq.store.schema import PART_OF
from openacq.store.scopes import COUNT_UP, VERSIONS, slot_of
from openacq.store.seals import Seals
from openacq.store.tables import outbox, register_versions

if TYPE_CHECKING:
    from openacq.store.numbering import Numbering
    from openacq.store.prepared import Statements
    from openacq.store.registers import RegisterCache
    from openacq.store.scopes import Kept

T = TypeVar("T")

_VERSION = select(register_versions.c.version).where(
    register_versions.c.institution == bindparam("institution")
)
_COUNT_UP = (
    update(register_versions)
    .where(register_versions.c.institution == bindparam("of"))
    .values(version=register_versions.c.version + 1)
)
_FIRST_VERSION = insert(register_versions)
_EMIT = insert(outbox)

COUNT_BYTES = 300
"""What a number that is kept takes, with its key."""

BY_COMMUNITY = 0
"""The reserved institution whose rows all institutions of the server may read."""


class Hindered(Exception):
    """A last step failed; the work runs again, carefully."""


class Tx:
    """A transaction of `institution`, at one instant.

    `now` is UTC, `today` the calendar day where the institution is; `seals` closes and opens secrets.
    Nothing here commits.
    """

    __slots__ = (
        "_beside",
        "_cache",
        "_changed",
        "_kept",
        "_last",
        "_later",
        "_news",
        "_numbering",
        "_scopes",
        "_statements",
        "_taken",
        "_touched",
        "_version",
        "careful",
        "conn",
        "institution",
        "now",
        "seals",
        "zone",
    )

    def __init__(
        self,
        conn: Connection,
        institution: int,
        now: datetime,
        zone: str,
        numbering: Numbering,
        cache: RegisterCache,
        statements: Statements,
        *,
        careful: bool = False,
        kept: Kept | None = None,
        seals: Seals | None = None,
    ) -> None:
        self.conn = conn
        self.institution = institution
        self.now = now
        self.zone = zone
        self._numbering = numbering
        self._cache = cache
        self._statements = statements
        self._later: list[tuple[Insert | Update, Sequence[Mapping[str, Any]]]] = []
        self._news: list[dict[str, Any]] = []
        self._version: int | None = None
        self._touched = False
        self._beside: list[Tx] = []
        self._last: dict[int, Callable[[], bool]] = {}
        self._taken: list[tuple[str, int]] = []
        self.careful = careful
        self._kept = kept
        self.seals = seals or Seals()
        self._scopes: dict[str, tuple[Any, ...]] = {}
        self._changed: set[str] = set()

    @property
    def today(self) -> date:
        return calendar_day(self.now, self.zone)

    def execute(
        self, statement: Executable, params: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> CursorResult[*tuple[Any, ...]]:
        """Run a statement with its parameters; a list of parameters runs it for each (one batch).

        Of a change without results only `rowcount` can be asked.
        """
        if self._later:
            self._flush()
        if isinstance(statement, (Insert, Update, Delete)):
            self.changes(statement.table)
            changed = self._statements.run(self.conn, statement, params)
            if changed is not None:
                return cast("CursorResult[*tuple[Any, ...]]", changed)
        elif isinstance(statement, Select) and not isinstance(params, Sequence):
            found = self._statements.read(self.conn, statement, params)
            if found is not None:
                return cast("CursorResult[*tuple[Any, ...]]", found)
        result: CursorResult[*tuple[Any, ...]] = self.conn.execute(statement, params)
        return result

    def gather(self, queries: Sequence[tuple[Select[Any], Mapping[str, Any]]]) -> list[Result[Any]]:
        """Run several queries that do not depend on each other; their rows in the same order."""
        if self._later:
            self._flush()
        return self._statements.read_all(self.conn, queries)

    def later(self, statement: Insert | Update, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run a change of which nothing is asked, before the next statement or the end of the work.

        Changes that wait together go to the database together, in their order.
        """
        self.changes(statement.table)
        self._later.append((statement, rows))

    def at_last(self, key: int, step: Callable[[], bool]) -> bool:
        """Have `step` done as the very last thing before the commit, steps in the order of their keys.

        For what many works touch (a fund's balance): whoever waits for it waits for a commit only, not
        for the rest of the work. The work goes on as if the step went well. If it says False, everything
        is undone and the work runs again with `careful` set; then this returns False and the work does
        the step itself, at once, and deals with its failure.
        """
        if self.careful or key in self._last:
            return False
        self._last[key] = step
        return True

    def changes(self, table: Any) -> None:
        """Say that rows of a table are changed by other means than `execute` and `later`, which say so."""
        self._changed.update(table.info.get(PART_OF, ()))

    def _flush(self) -> None:
        waiting, self._later = self._later, []
        self._statements.run_all(self.conn, waiting)

    def new_id(self) -> int:
        """An id for a row, unique in the institution."""
        return self._numbering.take(self.institution, "ROW")

    def number(self, kind: str) -> int:
        """The next number of a series people see ("POL", "BIB", …); gaps may stay, doubles never."""
        number = self._numbering.take(self.institution, kind)
        self._taken.append((kind, number))
        return number

    def numbers(self, kind: str, count: int) -> range:
        """`count` numbers of a series at once."""
        return self._numbering.take_several(self.institution, kind, count) if count else range(0)

    def emit(self, topic: str, subject: str, payload: Mapping[str, Any]) -> None:
        """Leave news of a change; it is written with the change and carried out after it."""
        self._news.append(
            {
                "institution": self.institution,
                "id": self.new_id(),
                "topic": topic,
                "subject": subject,
                "payload": dict(payload),
                "at": self.now,
                "due": self.now,
                "attempts": 0,
            }
        )

    def cached(self, name: str, key: Hashable, load: Callable[[], T]) -> T:
        """A register's record by `key`, loaded once per version of the institution's registers.

        What `load` returns must be immutable; None is remembered too.
        """
        if self._touched:
            return load()
        return self._cache.get((self.institution, self._register_version()), (name, key), load)

    def _register_version(self) -> int:
        if self._version is None:
            found = self.execute(_VERSION, {"institution": self.institution}).scalar_one_or_none()
            self._version = found or 0
        return self._version

    def kept(self, scope: str, key: Hashable, find: Callable[[], T], weigh: Callable[[T], int]) -> T:
        """What `find` finds in a scope, found once for each state of the scope and of the registers.

        `weigh` says how many bytes the finding takes. While a transaction may change things, nothing is
        kept: every call finds for itself.
        """
        if self._kept is None:
            return find()
        if scope not in self._scopes:
            given = {"institution": self.institution, "scope": scope}
            self._scopes[scope] = tuple(map(tuple, self.execute(VERSIONS, given)))
        state = (self.institution, self._register_version(), scope, self._scopes[scope])
        return self._kept.get((state, key), find, weigh)

    def kept_count(self, scope: str, key: Hashable, count: Callable[[], int]) -> int:
        """A number of things in a scope, kept as `kept` does."""
        return self.kept(scope, key, count, lambda _: COUNT_BYTES)

    def registers_changed(self) -> None:
        """Say that this transaction changes registers: every process reads them anew afterwards."""
        if self._touched:
            return
        self._touched = True
        if self.conn.execute(_COUNT_UP, {"of": self.institution}).rowcount == 0:
            self.conn.execute(_FIRST_VERSION, {"institution": self.institution, "version": 1})

    def beside(self, institution: int, zone: str) -> Tx:
        """The same transaction in another institution, for setting one up together with its registers."""
        other = Tx(
            self.conn,
            institution,
            self.now,
            zone,
            self._numbering,
            self._cache,
            self._statements,
            seals=self.seals,
        )
        self._beside.append(other)
        return other

    def undone(self) -> None:
        """Say that nothing of the work is left: its numbers are free again."""
        self._numbering.give_back(self.institution, self._taken)

    def finish(self) -> None:
        """Write what was collected; called once by the store when the work returned."""
        for other in self._beside:
            other.finish()
        if self._news:
            self.later(_EMIT, self._news)
            self._news = []
        if self._changed:
            self._count_up()
        if self._later:
            self._flush()
        for key in sorted(self._last):
            if not self._last[key]():
                raise Hindered

    def _count_up(self) -> None:
        """Change the state of the scopes; last, for the rows of a slot are locked until the commit."""
        slot = slot_of(self.conn)
        for scope in sorted(self._changed):
            row = {"institution": self.institution, "scope": scope, "slot": slot, "version": 1}
            self.later(COUNT_UP[self.conn.dialect.name], [row])
        self._changed.clear()
