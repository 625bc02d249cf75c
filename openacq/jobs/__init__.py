"""Work that no call waits for: batches of the order log, the daily counts, checkpoints, retention.

A job does a small step and says whether there is more to do; on SQLite no step holds the write lock
longer than about a tenth of a second. `verify` recomputes what is kept and tells the differences.
"""
