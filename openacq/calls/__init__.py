"""The order log: one row for every call through a door.

Who called, when, by which door, what was asked, what became of it, how long it took, which line it
is about, and the two bodies. Secrets are masked before anything is kept. Patron data (names,
addresses, ids of interested users and requesters) are folded: the text keeps a numbered mark and
the values lie apart, to be unfolded by who may, until the retention time erases them.

The row of a change is written in the change's own transaction (`OrderLog.record`), so a change and
its row stand or fall together. Reads and refusals are queued and written in batches by a job; a
crash may take the last second of them. When the queue is full rows are dropped and counted, never
silently.

The desk also keeps how many calls each key made each day, for the daily limit.
"""
