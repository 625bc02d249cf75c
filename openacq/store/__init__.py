"""Where things are kept, and the one transaction in which they change.

`Store` opens SQLite or PostgreSQL and runs units of work: functions of a `Tx` that either happen
whole or not at all, and may be run again after a lost race. Inside a unit of work slices write
their tables, take numbers, emit news for others (outbox) and read registers through a cache that
is valid exactly as long as the institution's registers stand still.
"""

from openacq.store.store import Store
from openacq.store.tx import Tx

__all__ = ["Store", "Tx"]
