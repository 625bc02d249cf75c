"""Letters: what the library tells vendors and people, from template to delivery.

A desk that has something to say hands in the facts (`service.enqueue`) inside its own transaction.
The letter is worded at once, in the institution's own template, else the shipped one of the
language, else English, and queued; so it says what was true, and is written only if the change is.
Two letters for one occasion are impossible: the occasion is a unique key of the queue.

A job takes letters one by one under a lease, hands each to the mail server or drops it as a file in
a folder, and notes what became of it: sent, failed (tried again, later and later) or dead (given up,
to be looked at and sent again). Of a letter under way when its process dies the next one knows only
the lease: it sends it again, byte by byte the same, under the same Message-ID. So a letter is never
lost, and comes twice only if the process died between the server's "accepted" and the note of it.
News of the outcome goes to the outbox (`letter.sent`, `letter.failed`, `letter.dead`, `letter.cancelled`).

Templates are written by people who are trusted with words, not with the server: a small part of
Jinja, checked name by name against the facts of the kind of letter, run in a sandbox on a budget.
"""
